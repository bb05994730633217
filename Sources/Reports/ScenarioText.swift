import JSONText
import Simulation

extension Scenario {
  /// The workload in words: `bert-base-uncased (batch 1, sequence_length 128), fp16`.
  var workloadText: String {
    let parameters = workload.parameters.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    return "\(workload.name) (\(parameters)), \(precision.rawValue)"
  }

  /// The system in words.
  var systemText: String {
    let (host, framework) = (system.host.title, system.framework.title)
    guard let accelerator = system.accelerator else { return "on \(host) alone, through \(framework)" }
    return "on \(accelerator.title), fed by \(host) through \(framework)"
  }
}

extension JSONWriter {
  /// Writes what a scenario is made of as the object of a key: names and parameters.
  mutating func inputs(_ scenario: Scenario, key name: String = "inputs") {
    key(name)
    beginObject()
    key("workload")
    value(scenario.workload.name)
    key("parameters")
    beginObject(onOneLine: true)
    for parameter in scenario.workload.parameters {
      key(parameter.name)
      value(parameter.value)
    }
    end()
    for (name, text) in [
      ("accelerator", scenario.system.accelerator?.name ?? "none"), ("host", scenario.system.host.name),
      ("framework", scenario.system.framework.name), ("precision", scenario.precision.rawValue),
      ("latency_kind", scenario.latencyKind.rawValue), ("kernel_model", scenario.kernelModel.name),
    ] {
      key(name)
      value(text)
    }
    end()
  }
}
