import Profiles

extension Validation {
  /// The errors of all measured rows, of those of each regime, and of each accelerator, framework,
  /// precision, workload and testbed where there are several.
  package var errorsByAspect: [(name: String, errors: ErrorSummary)] {
    let measured = predictions.filter { $0.error != nil }
    var groups: [(name: String, rows: [Prediction])] = [("all", measured)]
    groups += LatencyRegime.allCases.map { regime in (regime.rawValue, measured.filter { $0.regime == regime }) }
    let aspects: [(Prediction) -> String] = [
      { $0.measurement.accelerator }, { $0.measurement.framework }, { $0.measurement.precision.rawValue },
      { $0.measurement.workload }, { $0.measurement.testbed },
    ]
    for aspect in aspects {
      let names = unique(measured.map(aspect))
      guard names.count > 1 else { continue }
      let rows = Dictionary(grouping: measured, by: aspect)
      groups += names.map { ($0, rows[$0] ?? []) }
    }
    return groups.compactMap { name, rows in
      ErrorSummary(rows.compactMap(\.error)).map { (name: name, errors: $0) }
    }
  }
}
