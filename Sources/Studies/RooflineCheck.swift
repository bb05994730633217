import JSONText
import Kernels
import Profiles
import Roofline
import Workloads

/// Claims held against the roofline of the data sheet, each tensor moved once.
package struct RooflineCheck: Sendable {
  /// What is right of an operator on an accelerator.
  package struct Expected: Sendable {
    /// Operations.
    package let flops: FLOPs
    /// Traffic.
    package let bytes: Bytes
    /// Operations for each byte.
    package let intensity: ArithmeticIntensity
    /// The rate that it can attain.
    package let attainable: FLOPsPerSecond
    /// The side of the ridge on which it lies.
    package let bound: RooflineBound
    /// The least time.
    package let time: Seconds

    /// What is right of some work.
    init(_ work: some Work, on roofline: Roofline) {
      flops = work.flops
      bytes = work.bytes
      intensity = flops / bytes
      attainable = roofline.attainable(at: intensity)
      bound = roofline.bound(at: intensity)
      time = roofline.timeLowerBound(flops: flops, bytes: bytes)
    }

    /// A number in the unit of its column.
    package func number(_ quantity: RooflineQuantity) -> Double {
      switch quantity {
      case .flops: flops.value
      case .bytes: bytes.value
      case .intensity: intensity.value
      case .attainable: attainable.teraflops
      case .time: time.microseconds
      }
    }
  }

  /// A claim that does not hold.
  package struct Difference: Sendable {
    /// The claim's row, from 0.
    package let row: Int
    /// The column.
    package let column: String
    /// What is claimed.
    package let claimed: String
    /// What is right.
    package let expected: String
    /// Claimed over expected; nil for what is no number, or zero.
    package let ratio: Double?
    /// Why.
    package let derivation: String
  }

  /// The claims, in the order of the table.
  package let claims: [RooflineClaim]
  /// What is right of each.
  package let expected: [Expected]
  /// Whether each row holds.
  package let holds: [Bool]
  /// All claims that do not hold, in order.
  package let differences: [Difference]

  /// How many numbers and bounds are claimed.
  package var claimCount: Int { claims.reduce(0) { $0 + $1.numbers.count + ($1.bound == nil ? 0 : 1) } }

  /// Checks claims.
  ///
  /// - Parameters:
  ///   - claims: The claims.
  ///   - rooflines: The roofline of each accelerator and format that they name.
  ///   - tolerance: The part by which a number may be off; nil for what ``ClaimedNumber`` says.
  package init(_ claims: [RooflineClaim], rooflines: [RooflineKey: Roofline], tolerance: Double? = nil) {
    self.claims = claims
    let size = 2048
    let stretches = stride(from: 0, to: claims.count, by: size).map { $0..<min($0 + size, claims.count) }
    let checked = parallelMap(stretches) { stretch in
      // Rows of one device mostly stand together.
      var (key, roofline): (RooflineKey?, Roofline?)
      return stretch.map { index in
        let claim = claims[index]
        if key?.isOf(claim) != true {
          key = RooflineKey(claim)
          roofline = key.flatMap { rooflines[$0] }
        }
        guard let roofline else { preconditionFailure("every accelerator was looked up") }
        return Self.check(claim, roofline, tolerance)
      }
    }
    let rows = checked.flatMap(\.self)
    expected = rows.map { $0.expected }
    holds = rows.map { $0.differences.isEmpty }
    differences = rows.flatMap { $0.differences }
  }

  private static func check(
    _ claim: RooflineClaim, _ roofline: Roofline, _ tolerance: Double?
  ) -> (expected: Expected, differences: [Difference]) {
    let work = OperatorWork(claim.operation, bytesPerElement: claim.precision.bytesPerElement)
    let expected = Expected(work, on: roofline)
    let wrong = RooflineQuantity.allCases.filter { quantity in
      claim.numbers[quantity].map {
        !$0.holds(of: expected.number(quantity), counts: quantity.counts, tolerance: tolerance)
      } ?? false
    }
    let bound = claim.bound.flatMap { $0 == expected.bound ? nil : $0 }
    if wrong.isEmpty, bound == nil { return (expected, []) }
    let derivation = RooflineDerivation(claim: claim, expected: expected, roofline: roofline)
    var differences = wrong.map { derivation.difference($0) }
    if let bound { differences.append(derivation.difference(bound)) }
    return (expected, differences)
  }
}

/// An accelerator and a format, which have one roofline.
package struct RooflineKey: Hashable, Sendable {
  /// The accelerator's name, as a table has it.
  package let accelerator: String
  /// The format.
  package let precision: Precision

  /// A claim's.
  package init(_ claim: RooflineClaim) {
    accelerator = claim.accelerator
    precision = claim.precision
  }

  /// Whether it is a claim's.
  package func isOf(_ claim: RooflineClaim) -> Bool { precision == claim.precision && accelerator == claim.accelerator }

  /// An accelerator and a format.
  package init(accelerator: String, precision: Precision) {
    self.accelerator = accelerator
    self.precision = precision
  }
}

extension RooflineBound {
  /// The word in tables of claims.
  package var word: String { self == .computeBound ? "compute" : "memory" }
}
