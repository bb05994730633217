import JSONText
import Profiles

/// One run: a value for each axis that was given.
struct ServedPoint: Sendable, Hashable {
  private var values: [ServedAxis: String] = [:]

  /// The value on an axis; nil where none was given.
  subscript(axis: ServedAxis) -> String? {
    get { values[axis] }
    set { values[axis] = newValue }
  }

  /// The number on an axis, which has been checked.
  func length(_ axis: ServedAxis) -> Int64? { values[axis].flatMap { Int64($0) } }

  /// The number with decimals on an axis, which has been checked.
  func rate(_ axis: ServedAxis) -> Double? { values[axis].flatMap { decimalNumber($0) } }

  /// The same without its lengths: what is served, whatever the requests.
  var withoutLengths: ServedPoint {
    var point = self
    for axis in ServedAxis.allCases where axis.isNumber { point.values[axis] = nil }
    return point
  }

  /// The same without its lengths and its rate.
  var withoutLoad: ServedPoint {
    var point = withoutLengths
    point.values[.rate] = nil
    return point
  }

  /// The formats of tensors, and in which products with weights are computed.
  func formats(_ system: System) -> TensorFormats {
    func format(_ axis: ServedAxis) -> Precision? { values[axis].flatMap(Precision.init(rawValue:)) }
    let peaks = system.accelerator?.peakTFLOPS
    // What has no units for it computes in the format that it has.
    let wide: Precision = peaks?[.bf16] == nil && peaks?[.fp16] != nil ? .fp16 : .bf16
    let asked = format(.precision)
    var formats = TensorFormats(asked ?? wide)
    if asked == .fp8 {
      // Activations are kept wide between products: what is narrow is what products and attention read.
      formats = TensorFormats(wide)
      formats.cache = .fp8
    }
    if let cache = format(.cache) { formats.cache = cache }
    return formats.with(weights: format(.weights) ?? (asked == .fp8 ? .fp8 : formats.weights), of: system)
  }
}
