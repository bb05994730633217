import JSONText
import Studies

extension SweepNotes {
  /// What a reader of the rows must be told, a sentence each.
  package var warnings: [String] {
    var warnings: [String] = []
    if pointsBeyondMemory > 0 {
      warnings.append(
        "\(count(pointsBeyondMemory)) not fit the device's memory (column fits)")
    }
    if pointsWithoutRule > 0 {
      warnings.append(
        "no cost rule for \(operatorsWithoutRule.joined(separator: ", ")); treated as element-wise traffic, "
          + "up to \(NumberFormat.percent(largestWithoutRuleFraction)) of the bytes that a point moves")
    }
    return warnings
  }

  private func count(_ some: Int) -> String {
    "\(NumberFormat.integer(some)) of \(NumberFormat.integer(points)) points \(some == 1 ? "does" : "do")"
  }
}
