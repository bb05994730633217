import Profiles

/// A number of a profile as a machine has it, microseconds of that machine unless the path says otherwise.
package struct MeasuredNumber: Sendable, Equatable {
  /// The number's path in a system: `accelerator.launch.call_us`.
  package let path: String
  /// What was measured.
  package let value: Double
  /// Half the width of the middle of the measurement, relative to the value; nil for a single value.
  package let spread: Double?
  /// Of which component of the host it is a time; nil where a faster host does not shorten it.
  package let component: HostComponent?
  /// How it follows from the files.
  package let method: String

  /// The number in a profile: on the reference host.
  package func onReference(_ host: HostProfile) -> Double { component.map { value * host.speed(at: $0) } ?? value }

  /// What a profile's number comes to on a host.
  package func predicted(by system: System) -> Double? {
    system.number(at: path).map { number in component.map { number / system.host.speed(at: $0) } ?? number }
  }
}

/// Sorted numbers, and what is read off them.
struct Sample {
  private let sorted: [Double]

  /// Numbers; nil where there are none.
  init?(_ numbers: [Double]) {
    guard !numbers.isEmpty else { return nil }
    sorted = numbers.sorted()
  }

  var median: Double { ErrorSummary.quantile(sorted, 0.5) }

  /// Half the width of the middle half, relative to the median; nil for a single number.
  var spread: Double? {
    guard sorted.count > 1, median > 0 else { return nil }
    return (ErrorSummary.quantile(sorted, 0.75) - ErrorSummary.quantile(sorted, 0.25)) / 2 / median
  }

  /// The line through points that half of them may miss: the median of all slopes, and of what is left (Theil and Sen).
  ///
  /// - Returns: Nil for fewer than two different abscissas. The spread is of what is left, relative to the slope's part.
  static func line(_ points: [(x: Double, y: Double)]) -> (offset: Double, slope: Double)? {
    var slopes: [Double] = []
    for (index, one) in points.enumerated() {
      for other in points[(index + 1)...] where other.x != one.x {
        slopes.append((other.y - one.y) / (other.x - one.x))
      }
    }
    guard let slope = Sample(slopes)?.median, let offset = Sample(points.map { $0.y - slope * $0.x })?.median else {
      return nil
    }
    return (offset, slope)
  }
}
