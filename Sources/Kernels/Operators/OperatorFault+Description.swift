import Workloads

/// The prose of every ``OperatorFault``.
extension OperatorFault {
  /// The fault of an operator in words: what is wrong, to follow the operator's name and "and", and what would be right.
  var words: (problem: String, advice: String) {
    switch self {
    case .tooFewOperands(let needed, let found):
      ("it has \(counted(found, "operand"))", "it needs at least \(needed)")
    case .wrongRank(let operand, let shape, let wanted):
      (
        "the shape of \(operand.words), \(shape), has \(counted(shape.rank, "dimension"))",
        "it needs \(rangeWords(wanted))"
      )
    case .unequal(let extent, let found, let wanted, let other):
      ("\(extent.words) is \(found)", "\(other.words) makes it \(wanted)")
    case .indivisible(let extent, let found, let groups):
      ("\(extent.words) is \(found)", "it must be a multiple of the \(groups) groups")
    case .indivisibleHeads(let queries, let keys):
      ("the queries have \(counted(queries, "head"))", "the number must be a multiple of the keys', which is \(keys)")
    case .emptyWindow(let shape): ("the weights, \(shape), have an empty window", "each side of it must be at least 1")
    case .windowTooLarge(let axis, let reach, let positions):
      (
        "its window reaches over \(whole(reach)) positions on axis \(axis) where the padded input has \(whole(positions))",
        "it must fit at least once"
      )
    case .wrongResult(let axis, let found, let wanted):
      (
        "the result has \(found) positions on axis \(axis)",
        "input, window, stride, padding and dilation make it \(whole(wanted))"
      )
    case .wrongAttributeCount(let name, let found, let axes):
      ("its attribute \(name) has \(counted(found, "value"))", "it needs one, or \(axes), one for each axis")
    case .attributeOutOfRange(let name, let value, let range):
      ("its attribute \(name) is \(value)", "it must be between \(range.lowerBound) and \(range.upperBound)")
    }
  }
}

extension OperatorFault.Operand {
  fileprivate var words: String {
    switch self {
    case .input: "the input"
    case .weights: "the weights"
    case .leftFactor: "the left factor"
    case .rightFactor: "the right factor"
    case .queries: "the queries"
    case .keys: "the keys"
    case .values: "the values"
    case .result: "the result"
    }
  }
}

extension OperatorFault.Extent {
  fileprivate var words: String {
    switch self {
    case .elements(let operand): "the number of elements of \(operand.words)"
    case .batch(let operand): "the batch of \(operand.words)"
    case .channels(let operand): "the number of channels of \(operand.words)"
    case .groupChannels(let operand): "the number of channels of a group of \(operand.words)"
    case .innerDimension(let operand): "the inner dimension of \(operand.words)"
    case .batchDimension(let operand, let place): "batch dimension -\(place + 2) of \(operand.words)"
    case .rows(let operand): "the number of rows of \(operand.words)"
    case .width(let operand): "the width of \(operand.words)"
    case .side(let operand, let axis): "side \(axis) of \(operand.words)"
    }
  }
}

private func counted(_ count: some BinaryInteger, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

private func rangeWords(_ range: ClosedRange<Int>) -> String {
  if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
  return range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
}

/// A whole number without the `.0` of a `Double`.
private func whole(_ number: Double) -> String { Int64(exactly: number).map { String($0) } ?? String(number) }
