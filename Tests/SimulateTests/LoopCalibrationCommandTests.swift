import Foundation
import Testing

/// `simulate calibrate --steps`, as the installed program answers.
@Suite struct LoopCalibrationCommandTests {
  private static let system = ["--decoder", "gpt2", "--accelerator", "h100-sxm"]

  @Test func `a loop is read off a log, and served with`() throws {
    let folder = try Scratch()
    try folder.write(
      "requests,tokens,context,step_us\n1,1,512,3000\n8,8,512,3100\n32,32,512,3500\n1,1,512,3020\n",
      to: "steps.csv")
    let mine = folder.path + "/mine"
    let result = try Command.run(
      ["calibrate", "--steps", folder.path + "/steps.csv"] + Self.system + ["--output", mine, "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try GenerateCommandTests.json(result.output)
    #expect(json.number("error_after_fraction") < 0.02 && json.number("error_before_fraction") > 0.3)
    let loop = try #require(json["loop"] as? [[String: Any]])
    #expect(loop.map { $0["part"] as? String } == ["a step", "each request in it"])
    func step(_ arguments: [String]) throws -> Double {
      let result = try Command.run(
        ["generate", "gpt2", "h100-sxm", "--prompt", "511", "--tokens", "2", "--format", "json"] + arguments)
      return try GenerateCommandTests.json(result.output).object("decode").number("latency_us")
    }
    #expect(abs(try step(["--catalog", mine]) / 3010 - 1) < 0.02)
    #expect(try step([]) < 2000)
  }

  @Test func `what is no log, or tells nothing, is said where it stands`() throws {
    let folder = try Scratch()
    let log = folder.path + "/steps.csv"
    for (text, status, words) in [
      ("requests,step_us\n8,-3\n", 2, "steps.csv:2:3: error: step_us must be a number"),
      ("requests,step_us\n", 2, "has no step"),
      ("requests\n8\n", 2, "step_us"),
    ] {
      try folder.write(text, to: "steps.csv")
      let result = try Command.run(["calibrate", "--steps", log] + Self.system + ["--output", folder.path + "/mine"])
      #expect(result.status == status && result.output.isEmpty && result.errors.contains(words), "\(result.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/mine"))
    try folder.write("requests,step_us\n8,3000\n", to: "steps.csv")
    for (arguments, status, words) in [
      (["--decoder", "gpt2"], 64, "--accelerator"), (Self.system + ["--engine", "vllm-async"], 2, "hides"),
      (Self.system + ["--fit", "host.cores"], 64, "--fit"), (Self.system + ["--precision", "int8"], 64, "--precision"),
    ] as [([String], Int32, String)] {
      let result = try Command.run(["calibrate", "--steps", log] + arguments)
      #expect(result.status == status && result.output.isEmpty && result.errors.contains(words), "\(result.errors)")
    }
    try folder.write("requests,step_us\n8,30\n", to: "steps.csv")
    let short = try Command.run(["calibrate", "--steps", log] + Self.system)
    #expect(short.status == 0 && short.errors.contains("no longer than the device alone"), "\(short.errors)")
    let alone = try Command.run(["calibrate", "latency.csv", "--decoder", "gpt2"])
    #expect(alone.status == 64 && alone.errors.contains("--steps"))
  }
}
