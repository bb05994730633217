import Profiles
import Roofline
import SampleModels
import Serving
import Simulation
import Testing

@testable import Studies

/// An engine's loop from a log of its steps.
@Suite struct LoopCalibrationTests {
  /// A log of steps as an engine with other numbers would write it.
  private static func log(_ served: ServedDecoder, prompts: Bool) throws -> [LoggedStep] {
    var steps: [LoggedStep] = []
    for requests: Int64 in [1, 4, 16] {
      let entries = try StepTimes(served).decode(requests: requests, contexts: [512, 2048])
      steps += entries.map {
        LoggedStep(
          requests: requests, tokens: requests, keys: $0.step.keys, seconds: $0.summary.latency.seconds)
      }
    }
    guard prompts else { return steps }
    for prompt: Int64 in [256, 1024] {
      let entry = try StepTimes(served).prefill(requests: 1, prompt: prompt)
      steps.append(
        LoggedStep(requests: 1, tokens: prompt, keys: prompt, seconds: entry.summary.latency.seconds))
    }
    return steps
  }

  @Test func `the numbers that made a log are found again`() throws {
    let usual = try Shipped.served("llama-3.2-1b")
    var other = usual
    for path in [\ServedDecoder.prefill, \.decode] {
      try other[keyPath: path].set("engine.schedule.step_us", to: 300)
      try other[keyPath: path].set("engine.process.request_us", to: 20)
      try other[keyPath: path].set("engine.prepare.token_us", to: 0.5)
    }
    let found = try LoopCalibration(try Self.log(other, prompts: true), usual)
    #expect(found.errorAfter < 1e-6 && found.errorBefore > 0.05)
    func sum(_ served: ServedDecoder, _ path: KeyPath<StageCost, Double>) -> Double {
      EngineStage.loop.reduce(0) { $0 + served.engine[$1][keyPath: path] }
    }
    for (part, path) in [
      (LoopCalibration.Part.step, \StageCost.stepUS), (.request, \.requestUS), (.token, \.tokenUS),
    ] {
      let numbers = found.numbers.filter { $0.path.hasSuffix(part.rawValue) }
      #expect(abs(numbers.reduce(0) { $0 + $1.after } / sum(other, path) - 1) < 1e-3, "\(part)")
      #expect(abs(numbers.reduce(0) { $0 + $1.before } - sum(usual, path)) < 1e-9)
    }
    // The stages share the loop as they did.
    let steps = found.numbers.filter { $0.path.hasSuffix("step_us") }
    for number in steps { #expect(abs(number.after / number.before - steps[0].after / steps[0].before) < 1e-9) }
  }

  @Test func `a log of one size tells a step's share only`() throws {
    let served = try Shipped.served("llama-3.2-1b")
    let log = try Self.log(served, prompts: false).filter { $0.requests == 4 }
    let found = try LoopCalibration(log, served)
    #expect(found.fits.map(\.part) == [.step])
    #expect(abs(found.fits[0].after / found.fits[0].before - 1) < 1e-3)
  }

  @Test func `a log is read, with what it leaves out`() throws {
    func read(_ text: String) throws -> [LoggedStep] {
      try LoggedStep.read(CSVText(bytes: Array(text.utf8), file: "log.csv"))
    }
    #expect(
      try read("requests,step_us\n8,5000\n") == [LoggedStep(requests: 8, tokens: 8, keys: 1024, seconds: 0.005)])
    #expect(
      try read("step_us,context,tokens,requests\n9000,,4096,2\n")
        == [LoggedStep(requests: 2, tokens: 4096, keys: 2048, seconds: 0.009)])
    for (text, words) in [
      ("requests,step_us\n0,5000\n", "log.csv:2:1"), ("requests,step_us\n8,0\n", "log.csv:2:3"),
      ("requests,tokens,step_us\n8,7,5000\n", "log.csv:2:3"), ("requests\n8\n", "step_us"),
      ("requests,step_us\n,5000\n", "log.csv:2:1"),
    ] {
      let fault = #expect(throws: (any Error).self) { try read(text) }
      #expect("\(try #require(fault))".contains(words), "\(text)")
    }
  }
}
