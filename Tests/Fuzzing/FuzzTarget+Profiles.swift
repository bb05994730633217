import JSONText
import Profiles
import Simulation
import Workloads

extension FuzzTarget {
  /// The readers of profiles; the first byte chooses which.
  ///
  /// What is read is priced: no number in its range may trap.
  static let profile = FuzzTarget("profile") { bytes throws(FuzzFinding) in
    var system = sampleSystem
    do throws(JSONFault) {
      let document = try JSONDocument(bytes: Array(bytes.dropFirst()), file: "fuzz.json")
      switch (bytes.first ?? 0) % 5 {
      case 0: system.accelerator = try ProfileReader.accelerator(from: document, families: catalog.families)
      case 1: system.host = try ProfileReader.host(from: document)
      case 2: system.framework = try ProfileReader.framework(from: document)
      case 3: system.accelerator?.efficiency = try ProfileReader.architecture(from: document).efficiency
      default: _ = try ErrorBand(from: document)
      }
    } catch {
      return try checkRefusal(error)
    }
    guard let bound = sampleWorkload else { return }
    try simulateFuzzed(bound, system)
    system.accelerator = nil
    try simulateFuzzed(bound, system)
  }

  static let sampleSystem: System = {
    do {
      return System(
        accelerator: try catalog.accelerator(named: "nvidia-t4"), host: try catalog.host(named: "reference"),
        framework: try catalog.framework(named: "pytorch-eager"))
    } catch {
      preconditionFailure("the shipped profiles: \(error)")
    }
  }()

  /// One operator of each sort.
  private static let sampleWorkload: BoundWorkload? = {
    let text = """
      {"schema": "workload/1", "name": "sample", "parameters": {"batch": 2}, "program": [
        {"operator": "memcpy_host_to_device", "inputs": [["batch", 64]]},
        {"operator": "aten::linear", "inputs": [["batch", 64], [32, 64], [32]], "outputs": [["batch", 32]]},
        {"operator": "aten::relu", "inputs": [["batch", 32]], "outputs": [["batch", 32]]},
        {"operator": "aten::conv2d", "inputs": [["batch", 8, 9, 9], [16, 8, 3, 3]], "outputs": [["batch", 16, 7, 7]]},
        {"operator": "aten::softmax", "inputs": [["batch", 32]], "outputs": [["batch", 32]]},
        {"operator": "aten::item", "inputs": [[]]}]}
      """
    return try? Workload(bytes: Array(text.utf8), file: "sample.json").bind()
  }()
}
