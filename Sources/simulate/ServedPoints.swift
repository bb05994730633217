import CommandSyntax
import JSONText

/// Runs side by side: every combination of some values.
struct ServedPoints: Sendable {
  /// The axes with their values; the first varies slowest.
  private(set) var axes: [(axis: ServedAxis, values: [String])] = []

  /// The most runs of one command.
  static let limit = 1_000_000

  /// The axes on which runs differ.
  var varied: [ServedAxis] { axes.filter { $0.values.count > 1 }.map(\.axis) }

  /// Adds an axis.
  ///
  /// - Throws: ``Failure`` for a value that is blank, there twice, or not of its sort.
  mutating func add(
    _ axis: ServedAxis, _ values: [String], of words: Message, _ command: ParsedCommand
  ) throws(Failure) {
    var seen: Set<String> = []
    for value in values {
      guard !value.isEmpty else {
        throw .usage(words + " has an empty value; leave out the comma\n" + command.helpHint)
      }
      guard seen.insert(value).inserted else {
        throw .usage(words + " has '\(value)' twice; leave one out\n" + command.helpHint)
      }
      if !axis.choices.isEmpty, !axis.choices.contains(value) {
        throw .usage(words + axis.refusal(of: value) + "\n" + command.helpHint)
      }
      if axis.isNumber {
        guard let number = Int64(value), (1...axis.limit).contains(number) else {
          throw .usage(
            words + " must be a whole number from 1 to \(axis.limit) (it is '\(value)')\n" + command.helpHint)
        }
      }
      if axis.isRate {
        guard let number = decimalNumber(value), number > 0, number <= Double(axis.limit) else {
          throw .usage(
            words + " must be a number above 0, at most \(axis.limit) (it is '\(value)')\n" + command.helpHint)
        }
      }
    }
    axes.removeAll { $0.axis == axis }
    axes.append((axis, values))
    let count = axes.reduce(1.0) { $0 * Double($1.values.count) }
    guard count <= Double(Self.limit) else {
      throw .usage("\(NumberFormat.integer(Int(count))) runs are too many; at most \(NumberFormat.integer(Self.limit))")
    }
  }

  /// Every combination, the last axis varying fastest.
  var points: [ServedPoint] {
    axes.reduce([ServedPoint()]) { points, axis in
      points.flatMap { point in
        axis.values.map { value in
          var next = point
          next[axis.axis] = value
          return next
        }
      }
    }
  }
}
