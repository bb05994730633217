import JSONText

/// How libraries' kernels go over rows, in waits of ``PassEfficiency``: sums, places of extrema, normalizations.
///
/// An architecture has all of it beside the waits, or none. What a kernel does by its code, as how many threads share a row,
/// is no number here.
package struct RowEfficiency: Sendable, Equatable {
  /// Waits of a sum over a short row, however short.
  package var sumWaits: Double?
  /// Elements of a short row that a sum gets with each wait more.
  package var sumElements: Double?
  /// The same of a long row.
  package var longSumWaits: Double?
  /// The same of a long row.
  package var longSumElements: Double?
  /// Waits of finding an extremum's place in a short row, where pairs of a value and its place are compared in turn.
  package var placeWaits: Double?
  /// Elements of a short row among which it gets on with each wait more.
  package var placeElements: Double?
  /// The same of a long row.
  package var longPlaceWaits: Double?
  /// The same of a long row.
  package var longPlaceElements: Double?
  /// Elements of a column that a thread, which has columns of its own, adds up with each wait.
  package var columnElements: Double?
  /// The most elements of a short row; of a longer one all threads of a block take their share.
  package var longRow: Double?
  /// Elements of a row that the threads of a framework's normalization take at once.
  package var normalizationStep: Double?
  /// Elements of a row that those of an engine's own normalization do.
  package var engineNormalizationStep: Double?

  /// None of them.
  package init() {}

  static let table: [OptionalConstant] = [
    waits("sum_waits", \.rows.sumWaits, "waits of a sum over a short row", "beside those for its elements"),
    elements("sum_elements", \.rows.sumElements, "elements of a short row summed in a wait"),
    waits("long_sum_waits", \.rows.longSumWaits, "waits of a sum over a long row", "beside those for its elements"),
    elements("long_sum_elements", \.rows.longSumElements, "elements of a long row summed in a wait"),
    waits("place_waits", \.rows.placeWaits, "waits of an argmax over a short row", "beside those for its elements"),
    elements("place_elements", \.rows.placeElements, "elements of a short row compared in a wait", "with their places"),
    waits(
      "long_place_waits", \.rows.longPlaceWaits, "waits of an argmax over a long row", "beside those for its elements"),
    elements(
      "long_place_elements", \.rows.longPlaceElements, "elements of a long row compared in a wait", "with their places"),
    elements(
      "column_elements", \.rows.columnElements, "elements of a column summed in a wait",
      "by one thread, where the reduced dimension is not the innermost"),
    step("long_row", \.rows.longRow, "the most elements of a short row", "of a sum or an extremum"),
    step(
      "normalization_step", \.rows.normalizationStep, "elements of a row normalized at once", "by a framework's kernels"
    ),
    step(
      "engine_normalization_step", \.rows.engineNormalizationStep, "elements of a row normalized at once, engines",
      "by their own kernels"),
  ]

  private typealias Place = any WritableKeyPath<DeviceEfficiency, Double?> & Sendable

  private static func waits(_ key: String, _ keyPath: Place, _ meaning: String, _ note: String) -> OptionalConstant {
    OptionalConstant(
      key: key, keyPath: keyPath, domain: NumberDomain(.count, .between(0, 1e6)), meaning: meaning, note: note)
  }

  private static func elements(
    _ key: String, _ keyPath: Place, _ meaning: String, _ note: String = ""
  ) -> OptionalConstant {
    OptionalConstant(
      key: key, keyPath: keyPath, domain: NumberDomain(.elements, .between(1e-3, 1e9)), meaning: meaning, note: note)
  }

  private static func step(_ key: String, _ keyPath: Place, _ meaning: String, _ note: String) -> OptionalConstant {
    OptionalConstant(
      key: key, keyPath: keyPath, domain: NumberDomain(.elements, .wholeBetween(1, 1e9), .threshold), meaning: meaning,
      note: note, affects: [.device, .plan])
  }
}

extension RowEfficiency {
  /// What decides how a row is gone over, before anything is timed.
  package struct Steps: Sendable, Hashable {
    /// The most elements of a short row.
    package let longRow: Double
    /// Elements that a framework's normalization takes at once.
    package let normalization: Double
    /// Elements that an engine's own does.
    package let engineNormalization: Double
  }

  /// These sizes; nil where one is missing.
  package var steps: Steps? {
    guard let longRow, let normalizationStep, let engineNormalizationStep else { return nil }
    return Steps(
      longRow: longRow, normalization: normalizationStep, engineNormalization: engineNormalizationStep)
  }

  /// How long looking at elements takes, in waits.
  package struct Look: Sendable, Equatable {
    /// Waits however few they are.
    package let waits: Double
    /// Elements that each wait more brings.
    package let elements: Double
  }

  /// The constants without which there is no such equation.
  package struct Fitted: Sendable, Equatable {
    /// Sums over short rows, and over long ones.
    package let sum, longSum: Look
    /// Places of extrema in short rows, and in long ones.
    package let place, longPlace: Look
    /// Sums over columns, and places of extrema in them, which are as many times slower there as in short rows.
    package let columnSum, columnPlace: Look
  }

  /// These constants; nil where one of them is missing.
  package var fitted: Fitted? {
    guard let sumWaits, let sumElements, let longSumWaits, let longSumElements, let placeWaits, let placeElements,
      let longPlaceWaits, let longPlaceElements, let columnElements
    else { return nil }
    return Fitted(
      sum: Look(waits: sumWaits, elements: sumElements), longSum: Look(waits: longSumWaits, elements: longSumElements),
      place: Look(waits: placeWaits, elements: placeElements),
      longPlace: Look(waits: longPlaceWaits, elements: longPlaceElements),
      columnSum: Look(waits: sumWaits, elements: columnElements),
      columnPlace: Look(waits: placeWaits, elements: columnElements * placeElements / sumElements))
  }
}
