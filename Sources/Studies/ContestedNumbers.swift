import JSONText
import Profiles
import Simulation

/// The numbers of a system whose sources contradict each other.
package struct ContestedNumbers: Sendable {
  /// One of them.
  package struct Number: Sendable {
    /// The number.
    package let number: SystemNumber
    /// Its figures.
    package let range: SourceRange
    /// What the system has; a factor of it is what another figure would make.
    package let value: Double

    /// The value with a factor, in the number's range.
    func scaled(_ own: Double, by factor: Double) -> Double {
      let wanted = number.range.isWhole ? max(1, (own * factor).rounded()) : own * factor
      return number.range.nearest(to: wanted) ?? own
    }
  }

  /// The numbers, in the order of the system's.
  package let numbers: [Number]

  /// Finds them.
  package init(_ system: System) {
    numbers = system.numbers.compactMap { number in
      guard let range = system.source(of: number.path)?.range, let value = number.value(in: system) else { return nil }
      return Number(number: number, range: range, value: value)
    }
  }

  private init(numbers: [Number]) { self.numbers = numbers }

  /// Those of them that are chosen.
  func filter(_ isChosen: (Number) -> Bool) -> ContestedNumbers { ContestedNumbers(numbers: numbers.filter(isChosen)) }

  /// Whether there are none.
  package var isEmpty: Bool { numbers.isEmpty }

  /// Gives a pricer other figures; what they affect it is told by the caller.
  ///
  /// - Parameters:
  ///   - factors: A factor for each number.
  ///   - pricer: Whose numbers change.
  func set(_ factors: [Double], in pricer: inout PassPricer) {
    for (number, factor) in zip(numbers, factors) {
      pricer.set(number.number, to: number.scaled(number.value, by: factor))
    }
  }
}
