/// What the rows of a sweep do not say by themselves: how many points are not what they look like.
public struct SweepNotes: Sendable, Equatable {
  /// How many points there are.
  package private(set) var points = 0
  /// How many of them have tensors that do not fit the device's memory.
  package private(set) var pointsBeyondMemory = 0
  /// How many have operators without a cost rule.
  package private(set) var pointsWithoutRule = 0
  /// The largest share of a point's memory traffic that rests on no rule.
  package private(set) var largestWithoutRuleFraction = 0.0
  /// Those operators, by name.
  package private(set) var operatorsWithoutRule: [String] = []

  /// Notes of no points.
  package init() {}

  /// The notes of several parts together.
  package init(_ parts: [SweepNotes]) {
    for part in parts { add(part) }
  }

  /// Takes note of a point.
  mutating func add(_ result: SweepResult) {
    points += 1
    if !result.fits { pointsBeyondMemory += 1 }
    if result.withoutRuleFraction > 0 { pointsWithoutRule += 1 }
    largestWithoutRuleFraction = max(largestWithoutRuleFraction, result.withoutRuleFraction)
  }

  /// Takes note of operators without a cost rule.
  mutating func add(_ operators: [String]) {
    if operators.isEmpty { return }
    operatorsWithoutRule = Set(operatorsWithoutRule).union(operators).sorted()
  }

  /// Takes over the notes of further points.
  mutating func add(_ notes: SweepNotes) {
    points += notes.points
    pointsBeyondMemory += notes.pointsBeyondMemory
    pointsWithoutRule += notes.pointsWithoutRule
    largestWithoutRuleFraction = max(largestWithoutRuleFraction, notes.largestWithoutRuleFraction)
    add(notes.operatorsWithoutRule)
  }
}
