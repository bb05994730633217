import Foundation
import TestSupport
import Testing

/// Pages that `--format html` prints: each begins with what was found, and shows it.
@Suite("Pages of results", .tags(.process))
struct PageTests {
  private func page(_ line: String) throws -> String {
    let words = line.split(separator: " ").map(String.init)
    return try Command.run(words + ["--format", "html"], in: packageRoot).output
  }

  private func heading(_ page: String) throws -> Substring {
    let head = try #require(page.range(of: "<h1>"))
    let rest = page[head.upperBound...]
    let end = try #require(rest.range(of: "</h1>"))
    return rest[..<end.lowerBound]
  }

  @Test("A pass says how long it takes and what sets that, and shows where the time goes")
  func pass() throws {
    let page = try page("run resnet18 t4")
    let heading = try heading(page)
    #expect(heading.hasPrefix("resnet18 at batch 1 takes "))
    #expect(heading.contains(" on NVIDIA T4, which "))
    #expect(page.contains("Where the time goes: "))
    #expect(try self.heading(self.page("run resnet18 none")).hasSuffix(" on Reference host alone."))
  }

  @Test("Passes side by side begin with the least and the most of them")
  func passes() throws {
    let page = try page("run resnet18 t4,v100 --batch 1,256")
    let heading = try heading(page)
    let words = "run resnet18 t4,v100 --batch 1,256 --format csv".split(separator: " ").map(String.init)
    let rows = try Command.run(words, in: packageRoot).output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let column = try #require(rows[0].firstIndex(of: "latency_us"))
    let latencies = rows.dropFirst().compactMap { Double($0[column]) }
    let ratio = try #require(latencies.max()) / (try #require(latencies.min()))
    // Two digits of the ratio that the rows have.
    let digits = heading.prefix { $0 != ";" }.split(separator: ", ").last?.split(separator: " ").first.flatMap {
      Double($0)
    }
    #expect(abs((try #require(digits)) / ratio - 1) < 0.06, "\(heading), \(ratio)")
    #expect(heading.hasPrefix("A pass takes ") && heading.contains("batch 1") && heading.contains("batch 256"))
    #expect(page.contains("Latency side by side"))
    // One host sets both: the same latency is no ratio of 1.0.
    let alike = try self.heading(self.page("run resnet18 a100,h100-sxm --host 8480c"))
    #expect(alike.contains("and about as much everywhere else") && !alike.contains("times as much"), "\(alike)")
  }

  @Test("A generation says what a step takes, and shows the prompt and a step as shares")
  func generation() throws {
    let page = try page("generate gpt2 h100-sxm --tokens 3")
    #expect(try heading(page).hasPrefix("A step of GPT-2"))
    #expect(page.contains(">the prompt<") && page.contains(">a next token<"))
    // Without a next token there is no step to speak of.
    let first = try self.page("generate gpt2 h100-sxm --tokens 1")
    #expect(try heading(first).hasPrefix("the first token after "))
    #expect(!first.contains(">a next token<"))
  }

  @Test("Generations side by side say how many do not fit, where some do not, and have a column for it")
  func generations() throws {
    let heading = try heading(page("generate llama-3-70b h100-sxm,b200 --tokens 3"))
    #expect(heading.hasPrefix("A step over next tokens takes ") && heading.hasSuffix("; 1 of 2 do not fit the memory."))
    let words = "generate llama-3-70b h100-sxm,b200 --tokens 3".split(separator: " ").map(String.init)
    let misfits = try Command.run(words, in: packageRoot)
    #expect(misfits.output.contains("  fits  ") && misfits.errors.contains("(column fits)"))
    let fits = try Command.run(["generate", "gpt2", "h100-sxm,b200", "--tokens", "3"], in: packageRoot)
    #expect(!fits.output.contains("fits") && fits.errors.isEmpty)
  }

  @Test("A format that only weights have is answered with the option for them")
  func weights() throws {
    let refused = try Command.run(["generate", "gpt2", "h100-sxm", "-p", "int4"], in: packageRoot)
    #expect(refused.status == 64 && refused.errors.contains("; --weights int4 keeps the weights in it"))
  }
}
