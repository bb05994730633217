#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Student's t distribution with a whole number of degrees of freedom: how far a least-squares prediction may be off.
package struct StudentT: Sendable {
  /// Degrees of freedom, at least 1.
  package let degrees: Int

  /// A distribution.
  package init(degrees: Int) {
    precondition(degrees >= 1, "at least one degree of freedom")
    self.degrees = degrees
  }

  /// The probability of a value of magnitude at most `t`, by the finite series of Abramowitz and Stegun, 26.7.3 and 26.7.4.
  ///
  /// - Complexity: O(degrees of freedom).
  package func probability(within t: Double) -> Double {
    let angle = atan(abs(t) / Double(degrees).squareRoot())
    let (sine, cosine) = (sin(angle), cos(angle))
    let square = cosine * cosine
    var term = degrees.isMultiple(of: 2) ? 1.0 : cosine
    var sum = degrees == 1 ? 0 : term
    var step = degrees.isMultiple(of: 2) ? 2 : 3
    while step <= degrees - 2 {
      term *= square * Double(step - 1) / Double(step)
      sum += term
      step += 2
    }
    return degrees.isMultiple(of: 2) ? sine * sum : 2 / Double.pi * (angle + sine * sum)
  }

  /// The magnitude that a share of values does not exceed: the half-width of a central interval in standard errors.
  ///
  /// - Parameter share: The share, from 0 up to but not including 1.
  /// - Returns: The magnitude.
  package func halfWidth(of share: Double) -> Double {
    precondition(share >= 0 && share < 1, "a share below 1")
    var (low, high) = (0.0, 1.0)
    while probability(within: high) < share { high *= 2 }
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if probability(within: middle) < share { low = middle } else { high = middle }
    }
    return high
  }
}
