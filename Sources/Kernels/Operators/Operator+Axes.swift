import Workloads

extension Operator {
  /// Whether a reduction leaves the innermost dimension of its operand in memory, so that it goes down columns.
  ///
  /// Dimensions of one element lie nowhere. Which are reduced is what `dims` or `dim` says, or where nothing does, what
  /// the result lacks: from the end on, as long as that can be.
  ///
  /// - Parameter isChannelsLast: Whether images lie with their channels innermost; an image is that of which all positions are
  ///   reduced and the channels stay.
  /// - Returns: Whether it stays.
  func keepsInnermost(isChannelsLast: Bool) -> Bool {
    guard let input = inputs.first else { return false }
    guard let named = attribute("dims") ?? attribute("dim") else {
      guard let result = outputs.first else { return false }
      let (kept, all) = (result.dimensions.filter { $0 != 1 }, input.dimensions.filter { $0 != 1 })
      return !all.starts(with: kept)
    }
    let reduced = Set(named.map { $0 < 0 ? Int($0) + input.rank : Int($0) })
    if isChannelsLast, input.rank >= 4, reduced == Set(2..<input.rank), input[1] > 1 { return true }
    guard !reduced.isEmpty, let innermost = input.dimensions.lastIndex(where: { $0 > 1 }) else { return false }
    return !reduced.contains(innermost)
  }
}

extension Shape {
  /// So many of the dimensions multiplied, from the outermost on; 1 for none.
  func product(ofFirst count: Int) -> Double {
    var product = 1.0
    for index in 0..<max(0, count) { product *= Double(self[index]) }
    return product
  }
}
