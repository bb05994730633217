import Foundation
import Testing

/// `simulate serve`, as the installed program answers.
@Suite struct ServeCommandTests {
  private static let short = ["serve", "gpt2", "h100-sxm", "--prompt", "100", "--tokens", "10", "--duration-s", "4"]

  @Test func `JSON has what other tools rely on`() throws {
    let result = try Command.run(Self.short + ["--rate", "20", "--limit", "ttft_ms=50", "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try GenerateCommandTests.json(result.output)
    for key in ["ttft_ms", "tpot_ms", "itl_ms", "latency_ms"] {
      let times = json.object(key)
      let quantiles = ["p50", "p90", "p99"].map(times.number)
      #expect(quantiles == quantiles.sorted() && quantiles[0] > 0, "\(key)")
      #expect(times.number("mean") > 0)
    }
    #expect(json.number("requests") > 60)
    #expect(json.number("tokens_per_second") > 10 * json.number("request_rate_per_s") - 1e-6)
    for key in ["device_busy_fraction", "host_busy_fraction"] { #expect((0...1).contains(json.number(key)), "\(key)") }
    #expect(json.number("goodput_per_s") <= json.number("request_rate_per_s"))
    #expect(json["overloaded"] as? Bool == false)
    #expect(json.number("steps") >= json.number("requests"))
    #expect(json.object("inputs").number("rate") == 20)
  }

  @Test func `requests of a file, and each of them when it is finished`() throws {
    let folder = try Scratch()
    try folder.write("arrival_s,prompt_tokens,output_tokens\n2,50,3\n0,100,4\n0.5,70,1\n", to: "requests.csv")
    let requests = folder.path + "/requests.csv"
    let output = folder.path + "/finished.csv"
    let result = try Command.run([
      "serve", "gpt2", "h100-sxm", "--requests", requests, "--output", output, "--format", "csv",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let rows = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let head = "request,arrival_s,prompt_tokens,output_tokens,ttft_ms,tpot_ms,latency_ms,preemptions"
    #expect(rows[0].joined(separator: ",") == head)
    #expect(rows.dropFirst().map { $0.prefix(4).joined(separator: ",") } == ["0,0,100,4", "1,0.5,70,1", "2,2,50,3"])
    // One token has no time after it.
    #expect(rows[2][5].isEmpty && !rows[1][5].isEmpty)
  }

  @Test func `hosts side by side, and the page of several rates`() throws {
    let hosts = try Command.run(
      Self.short + ["--rate", "20", "--host", "intel-xeon-platinum-8480c,nvidia-grace", "--format", "csv"])
    #expect(hosts.status == 0, "\(hosts.errors)")
    #expect(hosts.output.split(separator: "\n").count == 3)
    let page = try Command.run(Self.short + ["--rate", "5,50", "--format", "html"])
    #expect(page.status == 0, "\(page.errors)")
    #expect(page.output.contains("Latency against rate") && page.output.contains("How long requests wait"))
    // The host's lanes beside the device's, of two.
    for rate in ["5", "50"] { #expect(page.output.contains("Host and device: \(rate)"), "\(rate)") }
    let one = try Command.run(Self.short + ["--rate", "20", "--window", "1:2", "--format", "html"])
    #expect(one.status == 0 && one.output.contains("Steps from 1"), "\(one.errors)")
    let useless = try Command.run(Self.short + ["--rate", "20", "--window", "1:1.01"])
    #expect(useless.status == 64 && useless.errors.contains("--window"))
  }

  @Test func `the largest rate is found, and an overload is told`() throws {
    let capacity = try Command.run([
      "serve", "gpt2", "h100-sxm", "--prompt", "900", "--tokens", "10", "--duration-s", "2", "--capacity", "--limit",
      "ttft_ms=40", "--limit", "tpot_ms=20", "--format", "json",
    ])
    #expect(capacity.status == 0, "\(capacity.errors)")
    let rate = try GenerateCommandTests.json(capacity.output).number("capacity_per_s")
    #expect(rate > 10)
    let overload = try Command.run(Self.short + ["--rate", "\(rate * 20)", "--format", "json"])
    #expect(overload.status == 0 && overload.errors.contains("the queue grows"))
    #expect(try GenerateCommandTests.json(overload.output)["overloaded"] as? Bool == true)
  }

  @Test func `nothing that arrives is told, and so is a request that is longer than the decoder was made for`() throws {
    let none = try Command.run(["serve", "gpt2", "h100-sxm", "--rate", "0.001", "--duration-s", "1"])
    #expect(none.status == 0 && none.output.contains("no request arrives"), "\(none.output)")
    let long = try Command.run([
      "serve", "gpt2", "h100-sxm", "--prompt", "1500", "--duration-s", "0.5", "--format", "csv",
    ])
    #expect(long.status == 0 && long.errors.contains("was made for 1,024 tokens, and a request may have"))
  }

  @Test(
    arguments: [
      (["serve"], 64, "a decoder is needed"), (["serve", "gpt2"], 64, "an accelerator is needed"),
      (["serve", "gpt2", "h100-sxm", "--rate", "0"], 64, "--rate must be a number above 0"),
      (["serve", "gpt2", "h100-sxm", "--rate", "x"], 64, "--rate must be a number above 0"),
      (["serve", "gpt2", "h100-sxm", "--rate", "1", "--concurrency", "2"], 64, "would change nothing"),
      (["serve", "gpt2", "h100-sxm", "--limit", "ttft=1"], 64, "knows ttft_ms and tpot_ms"),
      (["serve", "gpt2", "h100-sxm", "--limit", "ttft_ms"], 64, "must be a time in milliseconds"),
      (["serve", "gpt2", "h100-sxm", "--limit", "ttft_ms=1", "--limit", "ttft_ms=2"], 64, "twice"),
      (["serve", "gpt2", "h100-sxm", "--capacity", "--rate", "2"], 64, "--capacity varies the rate"),
      (["serve", "gpt2", "h100-sxm", "--prompt", "100", "--prompt-p90", "50"], 64, "at least the median"),
      (["serve", "gpt2", "h100-sxm", "--engine", "gpt-fast"], 2, "runs a batch to its end"),
      (["serve", "gpt2", "h100-sxm", "--devices", "data=2"], 2, "one replica is simulated"),
      (["serve", "llama-3.1-405b", "h100-sxm"], 2, "leaves no memory for a cache"),
      (
        ["serve", "gpt2", "h100-sxm", "--prompt", "9000000", "--duration-s", "2"], 2, "more than the whole cache holds"
      ),
      (["serve", "gpt2", "h100-sxm", "--requests", "no/such.csv"], 2, "no/such.csv"),
      (["serve", "gpt2", "h100-sxm", "--rate", "1,2", "--output", "x.csv"], 64, "it is of one run"),
    ] as [([String], Int32, String)])
  func `what is wrong is said once`(_ arguments: [String], _ status: Int32, _ wanted: String) throws {
    let result = try Command.run(arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(wanted), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func `what a system would have to be is found, and told how`() throws {
    let load = Self.short + ["--rate", "20", "--framework", "pytorch-eager-2"]
    let result = try Command.run(load + ["--limit", "tpot_ms=3.5", "--vary", "host,host.cores", "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    let answers = try #require(try GenerateCommandTests.json(result.output)["answers"] as? [[String: Any]])
    #expect(answers.map { $0["vary"] as? String } == ["host", "host.cores"])
    #expect(answers.map { $0["met"] as? Bool } == [true, false])
    let factor = try #require(answers[0]["factor"] as? Double)
    #expect(factor > 1 && factor < 8)
    let text = try Command.run(load + ["--limit", "tpot_ms=3.5", "--vary", "host"])
    #expect(text.output.contains("times as much") && text.output.contains("3.5 ms"))
    for (arguments, words) in [
      (["--vary", ""], "empty name"), (["--vary", "host,"], "empty name"),
      (["--vary", "host", "--rate", "0.001"], "no request arrives"),
      (["--vary", "host", "--capacity"], "--vary looks for a system"), (["--vary", "hots"], "host"),
      (["--vary", "host", "--host", "nvidia-grace,intel-xeon-platinum-8480c"], "--vary changes one system"),
    ] {
      let refused = try Command.run(Self.short + arguments)
      #expect(refused.status != 0 && refused.output.isEmpty && refused.errors.contains(words), "\(refused.errors)")
    }
  }
}
