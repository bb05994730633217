import JSONText
import Kernels
import Profiles
import Roofline
import Workloads

/// Why a number of an operator is what it is, in one line each.
struct RooflineDerivation {
  let claim: RooflineClaim
  let expected: RooflineCheck.Expected
  let roofline: Roofline

  /// The difference of a number.
  func difference(_ quantity: RooflineQuantity) -> RooflineCheck.Difference {
    let (claimed, right) = (claim.numbers[quantity]?.value ?? 0, expected.number(quantity))
    return RooflineCheck.Difference(
      row: claim.row, column: quantity.rawValue, claimed: NumberFormat.shortest(claimed),
      expected: NumberFormat.shortest(right), ratio: right > 0 ? claimed / right : nil, derivation: words(quantity))
  }

  /// The difference of a bound.
  func difference(_ bound: RooflineBound) -> RooflineCheck.Difference {
    let (intensity, ridge) = (short(expected.intensity.value), short(roofline.ridgePoint.value))
    let sign = expected.bound == .computeBound ? ">=" : "<"
    return RooflineCheck.Difference(
      row: claim.row, column: "bound", claimed: bound.word, expected: expected.bound.word, ratio: nil,
      derivation: "intensity \(intensity) \(sign) ridge point \(ridge) FLOP/B")
  }

  private func words(_ quantity: RooflineQuantity) -> String {
    switch quantity {
    case .flops: return OperatorDerivation.arithmetic(of: claim.operation)
    case .bytes:
      return OperatorDerivation.traffic(of: claim.operation, bytesPerElement: claim.precision.bytesPerElement)
    case .intensity: return "\(short(expected.flops.value)) FLOPs / \(short(expected.bytes.value)) B"
    case .attainable:
      let (peak, bandwidth) = (short(roofline.peak.teraflops), short(roofline.bandwidth.terabytesPerSecond))
      return "min(\(peak) TFLOP/s, \(short(expected.intensity.value)) FLOP/B x \(bandwidth) TB/s)"
    case .time:
      let (work, data) = (expected.flops / roofline.peak, expected.bytes / roofline.bandwidth)
      return "max(\(short(work.microseconds)) us of arithmetic, \(short(data.microseconds)) us of traffic)"
    }
  }

  /// Six digits, without zeros at the end of a fraction.
  private func short(_ number: Double) -> String {
    let text = NumberFormat.significant(number, digits: 6)
    guard text.contains("."), !text.contains("e") else { return text }
    let kept = text.reversed().drop { $0 == "0" }
    return String((kept.first == "." ? kept.dropFirst() : kept).reversed())
  }
}
