import Profiles
import Workloads

extension Operator {
  /// What the operator reads, bytes.
  func inputBytes(_ target: LoweringTarget) -> Double {
    Self.bytes(of: inputs, inputTypes, target)
  }

  /// What the operator writes, bytes.
  func outputBytes(_ target: LoweringTarget) -> Double {
    Self.bytes(of: outputs, outputTypes, target)
  }

  private static func bytes(of shapes: [Shape], _ types: [ElementType], _ target: LoweringTarget) -> Double {
    var bytes = 0.0
    for index in shapes.indices { bytes += Double(shapes[index].elementCount) * target.bytes(types[index]) }
    return bytes
  }

  /// What the operator writes, or the bytes of its largest operand where no results are given.
  func resultBytes(_ target: LoweringTarget) -> Double {
    guard outputs.isEmpty else { return outputBytes(target) }
    var largest = 0.0
    for index in inputs.indices {
      largest = max(largest, Double(inputs[index].elementCount) * target.bytes(inputTypes[index]))
    }
    return largest
  }

  /// Elements of all results.
  var outputElements: Double { outputs.reduce(0) { $0 + Double($1.elementCount) } }

  /// Elements of one operand, or zero when there is none.
  func inputElements(_ index: Int) -> Double {
    inputs.indices.contains(index) ? Double(inputs[index].elementCount) : 0
  }

  /// Elements of the largest operand.
  var largestInputElements: Double { inputs.reduce(0) { max($0, Double($1.elementCount)) } }
}
