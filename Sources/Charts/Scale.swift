/// A mark on an axis: where, and what stands there.
package struct Tick: Sendable, Equatable {
  /// The value.
  package let value: Double
  /// What is written beside it.
  package let label: String

  /// A mark.
  package init(value: Double, label: String) {
    self.value = value
    self.label = label
  }
}

/// How values become positions along an axis.
///
/// Invariant: the domain is finite and not empty; that of a logarithmic scale lies above zero.
package struct Scale: Sendable, Equatable {
  /// The sort of scale.
  package enum Kind: Sendable, Equatable {
    /// Equal differences have equal lengths.
    case linear
    /// Equal ratios have equal lengths.
    case logarithmic
  }

  /// The sort of scale.
  package let kind: Kind
  /// The values at the ends of the axis.
  package let domain: ClosedRange<Double>

  /// A linear scale that shows zero and all of some values, its ends on ticks.
  package static func linear(covering values: [Double], includingZero: Bool = true) -> Scale {
    let finite = values.filter(\.isFinite) + (includingZero ? [0] : [])
    let low = finite.min() ?? 0
    let high = finite.max() ?? 1
    guard high > low else { return Scale(kind: .linear, domain: low...(low + max(1, abs(low)))) }
    let step = linearStep(for: high - low, atMost: 6)
    let first = (low / step).rounded(.down) * step
    let last = (high / step).rounded(.up) * step
    return Scale(kind: .linear, domain: first...max(last, first + step))
  }

  /// A linear scale from zero on that shows some values, but for one that would squeeze the others.
  ///
  /// That is one of more than three times the next; it goes on beyond the axis.
  package static func linear(coveringMost values: [Double]) -> Scale {
    let order = values.filter(\.isFinite).sorted()
    guard order.count > 2, let longest = order.last, longest > 3 * order[order.count - 2] else {
      return .linear(covering: values)
    }
    return .linear(covering: [order[order.count - 2] * 1.3])
  }

  /// A linear scale between two values.
  package static func linear(from low: Double, to high: Double) -> Scale {
    Scale(kind: .linear, domain: low...max(high, low.nextUp))
  }

  /// A logarithmic scale that shows all of some values, with some room at its ends; those not above zero do not count.
  package static func logarithmic(covering values: [Double], margin: Double = 1.25) -> Scale {
    let positive = values.filter { $0.isFinite && $0 > 0 }
    let low = positive.min() ?? 1
    let high = positive.max() ?? 10
    return Scale(kind: .logarithmic, domain: (low / margin)...max(high * margin, low * 1.01))
  }

  /// The position of a value: 0 at the lower end and 1 at the upper; values beyond an end stand on it.
  package func fraction(of value: Double) -> Double {
    let (low, high) = (domain.lowerBound, domain.upperBound)
    let position: Double
    switch kind {
    case .linear: position = (value - low) / (high - low)
    case .logarithmic:
      guard value > 0 else { return 0 }
      position =
        (decimalLogarithm(value) - decimalLogarithm(low)) / (decimalLogarithm(high) - decimalLogarithm(low))
    }
    return position.isFinite ? min(1, max(0, position)) : 0
  }

  /// Round values along the axis.
  ///
  /// - Parameter count: How many there are at most, at least 2.
  /// - Returns: The ticks, rising.
  package func ticks(atMost count: Int) -> [Tick] {
    kind == .linear ? linearTicks(count) : logarithmicTicks(count)
  }

  private func linearTicks(_ count: Int) -> [Tick] {
    let (mantissa, exponent) = Self.roundStep(for: domain.upperBound - domain.lowerBound, atMost: max(2, count))
    let step = Double(mantissa) * powerOfTen(exponent)
    let first = (domain.lowerBound / step - 1e-9).rounded(.up)
    let last = (domain.upperBound / step + 1e-9).rounded(.down)
    guard last - first < 1000, abs(first) < 1e12, abs(last) < 1e12 else { return [] }
    return (Int(first)...max(Int(first), Int(last))).map {
      Tick(value: Double($0) * step, label: decimalText(mantissa: $0 * mantissa, exponent: exponent))
    }
  }

  private func logarithmicTicks(_ count: Int) -> [Tick] {
    let low = Int(decimalLogarithm(domain.lowerBound).rounded(.down))
    let high = Int(decimalLogarithm(domain.upperBound).rounded(.up))
    func ticks(_ mantissas: [Int], everyDecades step: Int = 1) -> [Tick] {
      stride(from: low, through: high, by: step).flatMap { exponent in
        mantissas.map {
          Tick(value: Double($0) * powerOfTen(exponent), label: decimalText(mantissa: $0, exponent: exponent))
        }
      }.filter { domain.contains($0.value) }
    }
    for mantissas in [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]] {
      let found = ticks(mantissas)
      if found.count <= count { return found.count >= 2 ? found : linearTicks(count) }
    }
    return ticks([1], everyDecades: max(1, (high - low + count - 1) / max(1, count - 1)))
  }

  private static func linearStep(for span: Double, atMost count: Int) -> Double {
    let (mantissa, exponent) = roundStep(for: span, atMost: count)
    return Double(mantissa) * powerOfTen(exponent)
  }

  /// The smallest step of 1, 2 or 5 times a power of ten that makes no more than so many ticks.
  private static func roundStep(for span: Double, atMost count: Int) -> (mantissa: Int, exponent: Int) {
    let raw = span / Double(max(1, count - 1))
    guard raw > 0, raw.isFinite else { return (1, 0) }
    let exponent = Int(decimalLogarithm(raw).rounded(.down))
    for mantissa in [1, 2, 5] where Double(mantissa) * powerOfTen(exponent) >= raw * (1 - 1e-9) {
      return (mantissa, exponent)
    }
    return (1, exponent + 1)
  }
}
