import Foundation
import Testing

/// `simulate generate`, as the installed program answers.
@Suite struct GenerateCommandTests {
  @Test func `JSON has what other tools rely on, and its parts add up`() throws {
    let result = try Command.run([
      "generate", "gpt2", "h100-sxm", "--prompt", "128", "--tokens", "5", "--format", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let json = try Self.json(result.output)
    let (first, next) = (json.number("time_to_first_token_us"), json.number("time_per_output_token_us"))
    #expect(abs(json.number("latency_us") - (first + 4 * next)) < 1e-6)
    #expect(abs(json.number("tokens_per_second") * json.number("latency_us") / 1e6 - 5) < 1e-9)
    for phase in ["prefill", "decode"] {
      let part = json.object(phase)
      let parts = part.object("breakdown_us").values.reduce(0) { $0 + (($1 as? NSNumber)?.doubleValue ?? .nan) }
      #expect(abs(parts - part.number("latency_us")) < 1e-6, "\(phase)")
      #expect(part.number("launches") > 0)
    }
    #expect(json.object("prefill").number("latency_us") == first)
    #expect(json.object("memory").number("required_gb") <= json.object("memory").number("capacity_gb"))
  }

  static func json(_ text: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  @Test func `a config.json will do`() throws {
    let folder = try Scratch()
    try folder.write(
      """
      { "model_type": "llama", "hidden_size": 512, "intermediate_size": 1024, "num_hidden_layers": 2,
        "num_attention_heads": 8, "vocab_size": 1000, "transformers_version": "5.0" }
      """, to: "config.json")
    let result = try Command.run([
      "generate", folder.path + "/config.json", "h100-sxm", "--tokens", "2", "--format", "csv",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 2)
  }

  @Test(
    arguments: [
      (["generate"], 64, "a decoder is needed"), (["generate", "gpt2"], 64, "an accelerator is needed"),
      (["generate", "gpt2", "h100-sxm", "x"], 64, "unexpected argument 'x'"),
      (["generate", "h100-sxm", "gpt2"], 2, "the decoder stands first"),
      (["generate", "gtp2", "h100-sxm"], 2, "did you mean 'gpt2'"),
      (["generate", "gpt2", "h100-sxm", "--engine", "vlm"], 2, "did you mean 'vllm'"),
      (["generate", "gpt2", "none"], 2, "name an accelerator"),
      (["generate", "gpt2", "h100-sxm", "--weights", "int3"], 64, "must be one of"),
      (["generate", "gpt2", "h100-sxm", "--batch", "0"], 64, "whole number from 1"),
      (["generate", "gpt2", "h100-sxm", "--batch", "1,,2"], 64, "empty value"),
      (["generate", "gpt2", "h100-sxm", "--acceptance", "0.5"], 64, "is of --draft"),
      (["generate", "gpt2", "h100-sxm", "--set", "engine.scedule.step_us=1"], 2, "did you mean"),
      (["run", "gpt2", "h100-sxm", "--set", "engine.schedule.step_us=1"], 2, "no engine runs here"),
      (["generate", "no/such.json", "h100-sxm"], 2, "no/such.json"),
    ] as [([String], Int32, String)])
  func `what is wrong is said once`(_ arguments: [String], _ status: Int32, _ wanted: String) throws {
    let result = try Command.run(arguments)
    #expect(result.status == status && result.errors.contains(wanted), "\(result.status) \(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func `requests have lengths of their own, and a wrong one is named`() throws {
    let folder = try Scratch()
    try folder.write("prompt_tokens,output_tokens\n100,4\n30,2\n", to: "r.csv")
    let result = try Command.run([
      "generate", "gpt2", "h100-sxm", "--requests", folder.path + "/r.csv", "--format", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Self.json(result.output).number("requests") == 2)
    try folder.write("prompt_tokens,output_tokens\n100,4\n30,0\n", to: "w.csv")
    let refused = try Command.run(["generate", "gpt2", "h100-sxm", "--requests", folder.path + "/w.csv"])
    #expect(refused.status == 2 && refused.errors.contains("w.csv:3:4"), "\(refused.errors)")
  }

  @Test func `lists stand side by side, with their ratio to the first`() throws {
    let result = try Command.run([
      "generate", "gpt2", "h100-sxm", "--batch", "1,4", "--tokens", "3", "--format", "csv",
    ])
    let lines = result.output.split(separator: "\n")
    #expect(result.status == 0 && lines.count == 3 && lines[1].hasSuffix(",1"), "\(result.errors)")
  }

  @Test func `steps are swept by batch and context`() throws {
    let result = try Command.run([
      "sweep", "gpt2", "h100-sxm", "--engine", "vllm", "--over", "batch=1,2", "--over", "context=10,20,30", "--format",
      "csv",
    ])
    let lines = result.output.split(separator: "\n")
    #expect(result.status == 0 && lines.count == 7, "\(result.errors)")
    #expect(lines[0].hasPrefix("decoder,accelerator,engine,host,framework,precision,weights,cache,batch,context,phase"))
  }
}

extension [String: Any] {
  func object(_ key: String) -> [String: Any] { self[key] as? [String: Any] ?? [:] }
  func number(_ key: String) -> Double { (self[key] as? NSNumber)?.doubleValue ?? .nan }
}
