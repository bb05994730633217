import Profiles
import Studies
import TestSupport
import Testing

@Suite("simulate profiles", .tags(.process)) struct ProfilesCommandTests {
  @Test func `lists names, one to a line`() throws {
    let result = try Command.run(["profiles", "list", "frameworks", "--format", "names"])
    let names = result.output.split(separator: "\n").map(String.init)
    #expect(result.status == 0 && names == names.sorted())
    for name in ["cuda-graph", "onnxruntime", "pytorch-eager", "torchscript"] { #expect(names.contains(name)) }
  }

  @Test(arguments: ["accelerators", "hosts", "frameworks", "workloads"])
  func `lists each sort as a table and as CSV`(_ sort: String) throws {
    let names = try Command.run(["profiles", "list", sort, "--format", "names"]).output.split(separator: "\n")
    let csv = try CSVText(
      bytes: Array(try Command.run(["profiles", "list", sort, "--format", "csv"]).output.utf8), file: "list.csv")
    #expect(csv.header.first?.text == "name" && csv.rows.map { $0[0].text } == names.map(String.init))
    let table = try Command.run(["profiles", "list", sort]).output
    for name in names { #expect(table.contains("\n\(name) "), "\(name)") }
  }

  @Test func `lists everything without a sort`() throws {
    let text = try Command.run(["profiles", "list"]).output
    for sort in ["accelerators", "hosts", "frameworks", "workloads"] {
      #expect(text.hasPrefix(sort + "\n") || text.contains("\n\n\(sort)\n"), "\(sort)")
    }
  }

  @Test(arguments: [("v100", "accelerator"), ("reference", "host"), ("pytorch-eager", "framework")])
  func `shows every number with its path, its kind and its source`(name: String, word: String) throws {
    let result = try Command.run(["profiles", "show", name])
    #expect(result.status == 0 && !result.output.contains("no source given"))
    let lines = result.output.split(separator: "\n")
    let numbers = lines.filter { $0.contains("  [") }
    #expect(numbers.count > 12)
    #expect(result.output.contains("--set \(word)."), "how to change one")
    let notes = lines.filter { $0.hasPrefix("[") }
    for note in notes {
      #expect(SourceKind.allCases.contains { note.contains("] \($0.rawValue): ") }, "\(note)")
    }
    for number in numbers {
      let mark = try #require(number.split(separator: " ").first { $0.hasPrefix("[") && $0.hasSuffix("]") })
      #expect(notes.contains { $0.hasPrefix(mark + " ") }, "\(number)")
    }
  }

  /// They are one chip's, and the words of the host's name are in those of the accelerator's.
  @Test func `shows a host by its name where an accelerator is called after it`() throws {
    #expect(try Command.run(["profiles", "show", "apple-m4"]).output.contains("--set host."))
    #expect(try Command.run(["profiles", "show", "apple-m4-max"]).output.contains("--set accelerator."))
  }

  @Test func `finds the catalog right`() throws {
    let result = try Command.run(["profiles", "check"])
    #expect(result.status == 0 && result.output.hasPrefix("the catalog is right: "))
  }

  @Test func `refuses a name that means several things, and lists them`() throws {
    let result = try Command.run(["profiles", "show", "h100"])
    #expect(result.status == 2 && result.errors.contains("could mean"))
  }
}
