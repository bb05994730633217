import JSONText
import Replay
import Simulation
import TestSupport
import Traces

/// The recordings that lie beside a checkout, read once for all tests; a clone elsewhere has none.
enum Recordings {
  static let names = [
    "h100_bert_small", "mi300x_bert_small", "h100_qwen1.5_0.5b", "mi300x_vllm_decode_fullgraph",
    "v100_resnet50_train_kineto", "rtx2080ti_resnet_train_param",
  ]

  static func path(_ name: String) -> String { sharedFolder + "/traces/\(name).json.gz" }

  /// Whether they are here; says so where they are not.
  static let arePresent: Bool = {
    let present = ((try? listFiles(in: sharedFolder + "/traces", suffix: ".json.gz")) ?? []).count >= names.count
    if !present { print("skipped: ../shared/traces is not here") }
    return present
  }()

  static let runs: [String: RecordedRun] = {
    var runs: [String: RecordedRun] = [:]
    guard arePresent else { return runs }
    for name in names {
      guard let trace = try? TraceReader.read(path: path(name)) else { continue }
      runs[name] = try? RecordedRun(trace)
    }
    return runs
  }()

  static func replay(_ program: RecordedProgram, deviceSpeed: Double = 1) throws -> ReplayResult {
    var prices = ReplayPrices(program, categories: program.jobs.map { _ in .memory })
    prices.deviceSpeed = deviceSpeed
    return try ReplayPlan(program).replay(prices)
  }
}
