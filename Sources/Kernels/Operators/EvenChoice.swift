/// Tokens that each choose some of a layer's experts, all experts equally often.
package enum EvenChoice {
  /// How many experts are chosen by at least one token: E (1 - (1 - a/E)^t), whose weights have to be read.
  ///
  /// - Parameters:
  ///   - experts: How many there are, E; at least 1.
  ///   - active: How many a token chooses, a; 1 to `experts`.
  ///   - tokens: How many tokens choose, t; at least 0, and need not be whole.
  /// - Returns: The number on average, 0 to `experts`, which need not be whole.
  /// - Complexity: O(log t).
  package static func touched(of experts: Double, active: Double, tokens: Double) -> Double {
    experts * (1 - power(1 - active / experts, tokens))
  }

  /// A number of 0 to 1 to a power of at least 0, by squaring for the whole part and linearly in between.
  private static func power(_ base: Double, _ exponent: Double) -> Double {
    var (result, square, rest) = (1.0, base, exponent.rounded(.down))
    let fraction = exponent - rest
    while rest >= 1, result > 0 {
      if rest.truncatingRemainder(dividingBy: 2) == 1 { result *= square }
      square *= square
      rest = (rest / 2).rounded(.down)
    }
    return result * (1 - fraction * (1 - base))
  }
}
