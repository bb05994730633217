import Profiles
import Workloads

extension Operator {
  /// What the operator reads, bytes.
  func inputBytes(_ target: LoweringTarget) -> Double {
    zip(inputs, inputTypes).reduce(0) { $0 + Double($1.0.elementCount) * target.bytes($1.1) }
  }

  /// What the operator writes, bytes.
  func outputBytes(_ target: LoweringTarget) -> Double {
    zip(outputs, outputTypes).reduce(0) { $0 + Double($1.0.elementCount) * target.bytes($1.1) }
  }

  /// What the operator writes, or the bytes of its largest operand where no results are given.
  func resultBytes(_ target: LoweringTarget) -> Double {
    guard outputs.isEmpty else { return outputBytes(target) }
    return zip(inputs, inputTypes).map { Double($0.elementCount) * target.bytes($1) }.max() ?? 0
  }

  /// Elements of all results.
  var outputElements: Double { outputs.reduce(0) { $0 + Double($1.elementCount) } }

  /// Elements of one operand, or zero when there is none.
  func inputElements(_ index: Int) -> Double {
    inputs.indices.contains(index) ? Double(inputs[index].elementCount) : 0
  }

  /// Elements of the largest operand.
  var largestInputElements: Double { inputs.map { Double($0.elementCount) }.max() ?? 0 }
}
