/// Spearman's rank correlation of two lists: 1 where they rise and fall together, -1 where one falls as the other rises.
///
/// Equal values share their mean rank. Zero for fewer than two pairs, or a list of one value.
package func rankCorrelation(_ first: [Double], _ second: [Double]) -> Double {
  precondition(first.count == second.count, "pairs")
  let (left, right) = (ranks(first), ranks(second))
  let mean = Double(first.count + 1) / 2
  func product(_ one: [Double], _ other: [Double]) -> Double {
    zip(one, other).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
  }
  let scale = (product(left, left) * product(right, right)).squareRoot()
  return scale > 0 ? product(left, right) / scale : 0
}

private func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var below = 0
  while below < order.count {
    let equal = order[below...].prefix { values[$0] == values[order[below]] }.count
    // Not even equal to itself: a value that is no number has no rank.
    let count = max(1, equal)
    for index in order[below..<below + count] { ranks[index] = Double(below) + Double(equal + 1) / 2 }
    below += count
  }
  return ranks
}
