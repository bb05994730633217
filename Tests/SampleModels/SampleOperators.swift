import Workloads

/// Short ways to write operators in tests.
extension Operator {
  /// An operator by its shapes, each a list of dimensions.
  package static func make(
    _ name: String, _ inputs: [[Int64]], to outputs: [[Int64]] = [], types: [ElementType]? = nil,
    outputTypes: [ElementType]? = nil, _ attributes: [String: [Int64]] = [:], copies: [[Int64]] = []
  ) -> Operator {
    Operator(
      name: name, inputs: inputs.map { Shape($0) }, outputs: outputs.map { Shape($0) }, inputTypes: types,
      outputTypes: outputTypes, attributes: attributes.map { OperatorAttribute(name: $0.key, values: $0.value) },
      copies: copies.map { Shape($0) })
  }
}
