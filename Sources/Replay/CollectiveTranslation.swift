import JSONText
import Kernels
import Profiles
import Roofline

/// A recorded collective, as far as its time elsewhere depends on it.
struct LikeCollective: Hashable {
  var kind: CollectiveKind
  var ranks: Double
  /// Bytes that a rank gives; nil where they were not recorded.
  var bytes: Double?
  /// Whose kernel it is.
  var library: String
  /// Nanoseconds where it was recorded.
  var duration: Int64

  /// The ranks of a collective of which nothing says how many they are: those of a machine, mostly.
  static let usualRanks = 8.0

  /// - Parameters:
  ///   - reading: What the recording says.
  ///   - kernel: The kernel's name.
  ///   - duration: Nanoseconds.
  init(_ reading: CollectiveReading, kernel: String, duration: Int64) {
    kind = reading.kind ?? .allReduce
    // One sends and one receives, however many there are beside them.
    ranks = kind == .sendReceive ? 2 : reading.ranks ?? Self.usualRanks
    bytes = reading.bytes
    library = Self.library(of: kernel)
    self.duration = duration
  }

  /// Whose kernel a name is, among the libraries that interconnects have constants of.
  private static func library(of kernel: String) -> String {
    if kernel.contains("sglang") { return "sglang" }
    if kernel.contains("cross_device_reduce") { return "vllm" }
    if kernel.contains("tensorrt_llm") || kernel.contains("trtllm") { return "tensorrt-llm" }
    return kernel.contains("_shot_all_reduce") || kernel.contains("multimem_all_reduce")
      ? "pytorch" : CollectiveLibrary.usual
  }
}

/// Carries the times of collectives from one interconnect to another.
///
/// The recorded time is multiplied by the ratio of the modeled ones. Of a collective whose bytes were not recorded, they are
/// those with which the model takes as long as was recorded.
package struct CollectiveTranslation: Sendable {
  private let source: DeviceConnection
  private let target: DeviceConnection

  /// - Parameters:
  ///   - source: What connected the devices where the collectives were recorded.
  ///   - target: What is to connect them.
  package init(from source: DeviceConnection, to target: DeviceConnection) {
    self.source = source
    self.target = target
  }

  /// From one system's to another's; nil where nothing is known of one of them.
  init?(from source: System, to target: System) {
    guard let source = source.connection, let target = target.connection else { return nil }
    self.init(from: source, to: target)
  }

  /// Whether both join the ranks of a collective.
  func moves(_ like: LikeCollective) -> Bool {
    like.ranks > 1 && source.joins(like.ranks) && target.joins(like.ranks)
  }

  /// Seconds on the other interconnect; nil where one of both joins fewer, or nothing serves the collective.
  func seconds(of like: LikeCollective) -> Double? {
    guard moves(like) else { return nil }
    let seconds = Double(like.duration) * 1e-9
    let here = CollectiveModel(source, library: like.library)
    let shape = CollectiveShape(like.kind, ranks: like.ranks, bytes: like.bytes ?? bytes(of: like, seconds, by: here))
    let (before, after) = (here.seconds(of: shape), CollectiveModel(target, library: like.library).seconds(of: shape))
    guard before > 0, after > 0, (after / before).isFinite else { return nil }
    return seconds * (after / before)
  }

  /// The bytes with which a collective takes so long; the fewest, or the most, where none do.
  private func bytes(of like: LikeCollective, _ seconds: Double, by model: CollectiveModel) -> Double {
    // From one byte to 10^15, by halving the exponent's range.
    var (low, high) = (0.0, 50.0)
    for _ in 0..<48 {
      let middle = (low + high) / 2
      let shape = CollectiveShape(like.kind, ranks: like.ranks, bytes: .exp2(middle))
      if model.seconds(of: shape) < seconds { low = middle } else { high = middle }
    }
    return .exp2((low + high) / 2)
  }
}
