/// The known name that a misspelled one was most likely meant to be, or none that is near enough.
///
///     nearestName(to: "bandwith_gb_per_s", among: ["capacity_gb", "bandwidth_gb_per_s"])  // "bandwidth_gb_per_s"
///
/// Nearness is the optimal string alignment distance (insertions, deletions, replacements and swaps of neighbors; the
/// restricted Damerau distance), without regard to case. A name of the longer length n may differ in n / 3 places and at
/// most 4, so that names of one or two letters match in another case only. Of equally near names, the first wins.
///
/// - Parameters:
///   - name: What was written; a name of more than 64 characters has no nearest one.
///   - names: What may have been meant, in order of preference.
/// - Returns: The nearest of `names`, as it stands there, or nil.
/// - Complexity: O(`names.count`), each name taking at most 64 x 64 steps.
package func nearestName(to name: String, among names: [String]) -> String? {
  let longest = 64
  let target = Array(name.lowercased().unicodeScalars.prefix(longest + 1))
  guard target.count <= longest else { return nil }
  var nearest: (name: String, distance: Int)?
  for candidate in names {
    let scalars = Array(candidate.lowercased().unicodeScalars.prefix(longest + 1))
    let allowed = min(4, max(target.count, scalars.count) / 3)
    guard scalars.count <= longest, abs(scalars.count - target.count) <= allowed else { continue }
    let distance = alignmentDistance(target, scalars)
    if distance <= allowed, distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
  }
  return nearest?.name
}

/// The optimal string alignment distance, by dynamic programming over three rows.
private func alignmentDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
  var beforeLast = [Int](repeating: 0, count: second.count + 1)
  var last = Array(0...second.count)
  for row in 0..<first.count {
    var current = [row + 1]
    for column in 0..<second.count {
      let replaced = last[column] + (first[row] == second[column] ? 0 : 1)
      var best = min(replaced, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    (beforeLast, last) = (last, current)
  }
  return last[second.count]
}
