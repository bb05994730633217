import JSONText
import Roofline

/// What connects devices, and how long the collectives of communication libraries take over it.
///
/// A collective takes the time of the fastest of a library's algorithms that serve it: a latency, so many steps of one
/// exchange each, and the traffic of a rank at a share of the link's bandwidth. How many steps and how much traffic follow
/// from the algorithm (`CollectiveModel`).
package struct InterconnectProfile: Sendable, Equatable {
  /// Stable identifier.
  package var name = ""
  /// Further names for the same profile.
  package var aliases: [String] = []
  /// The name that people read.
  package var title = ""
  /// What a device sends at most, GB/s in one direction.
  package var bandwidthGBPerS = 0.0
  /// What passes between two devices, GB/s in one direction, where each has a link to every other one; nil where any two
  /// have all of their bandwidth.
  package var pairGBPerS: Double?
  /// The most devices that it connects.
  package var ranks = 8.0
  /// Whether a switch connects them, rather than links from device to device.
  package var isSwitched = false
  /// Whether devices read one another's memory; else all goes through that of the host.
  package var hasPeerAccess = true
  /// Paths that all devices share where more than so many take part, each GB/s.
  package var sharedPaths: [SharedPath] = []
  /// What connects such groups of devices to one another, by its name; nil where nothing is said.
  package var beyond: String?
  /// The libraries' algorithms.
  package var libraries: [CollectiveLibrary] = []
  /// Where the numbers come from.
  package var provenance = Provenance()

  /// An empty profile, to be filled field by field.
  package init() {}

  /// The library of a name, or else the one that everybody has.
  package func library(_ name: String) -> CollectiveLibrary? {
    libraries.first { $0.name == name } ?? libraries.first { $0.name == CollectiveLibrary.usual }
  }

  /// What a device sends at most in one direction while so many take part, bytes a second.
  package func linkRate(ofRanks ranks: Double) -> Double {
    min(bandwidthGBPerS, (ranks - 1) * (pairGBPerS ?? .infinity)) * 1e9
  }

  /// What a device has of the paths that all share while so many take part, bytes a second.
  package func sharedRate(ofRanks ranks: Double) -> Double {
    sharedPaths.filter { ranks > $0.beyondRanks }.reduce(.infinity) { min($0, $1.bandwidthGBPerS / ranks) } * 1e9
  }
}

/// A path that all devices share: the root of a tree of switches, or the memory of the host.
package struct SharedPath: Sendable, Equatable {
  /// It is shared where more ranks than these take part.
  package var beyondRanks: Double
  /// What it carries, GB/s.
  package var bandwidthGBPerS: Double
}

/// How a communication library carries out collectives over an interconnect.
package struct CollectiveLibrary: Sendable, Equatable {
  /// The library where none is named: that of frameworks.
  package static let usual = "nccl"
  /// All that have constants, by their names in files.
  package static let names = [usual, "pytorch", "vllm", "sglang", "tensorrt-llm"]

  /// Which.
  package var name = ""
  /// Host time of a call, microseconds on the reference host.
  package var hostCallUS = 0.0
  /// The library that is called for what none of its algorithms serves.
  package var otherwise: String?
  /// How often a rank's tensor is copied beside where the call is not replayed from a graph, and what that takes at least.
  package var eagerCopies = 0.0
  package var eagerLatencyUS = 0.0
  /// Its algorithms; the fastest that serves a collective is taken.
  package var algorithms: [CollectiveAlgorithm] = []

  /// None yet.
  package init() {}
}

/// One way to carry out some collectives.
package struct CollectiveAlgorithm: Sendable, Equatable {
  /// What decides steps and traffic.
  package enum Form: String, CaseIterable, Sendable {
    /// From neighbor to neighbor around a ring.
    case ring
    /// Up and down a binary tree.
    case tree
    /// Each reads what all others give, at once.
    case oneShot = "one_shot"
    /// Each sums its part, then reads the parts of the others.
    case twoShot = "two_shot"
    /// The switch sums what passes through it.
    case inSwitch = "in_switch"
    /// Each sends to every other one, one after the other.
    case pairwise
    /// One sends to one other.
    case direct
  }

  /// What people call it.
  package var name = ""
  /// What decides steps and traffic.
  package var form = Form.ring
  /// The collectives that it serves.
  package var collectives: [CollectiveKind] = []
  /// What it takes for nothing, microseconds.
  package var latencyUS = 0.0
  /// What each step takes beside, microseconds.
  package var stepUS = 0.0
  /// The share of the link's bandwidth that it reaches.
  package var bandwidthFraction = 1.0
  /// The most bytes that a rank gives for which it is taken; nil for any.
  package var largestMB: Double?
  /// The numbers of ranks for which it is taken.
  package var ranks: ClosedRange<Double> = 2 ... .infinity
  /// Host time of a call, microseconds on the reference host, where it is not the library's.
  package var hostCallUS: Double?

  /// None yet.
  package init() {}
}

/// What ranks do together.
package typealias CollectiveKind = Collective.Kind

extension InterconnectProfile: FieldDescribed {
  /// The word for such a profile in messages.
  package static let noun = "interconnect"

  /// Every number of the profile, with all that is known of it.
  package static let fields: [ProfileField<InterconnectProfile>] = [
    bandwidth,
    .init(
      "pair_gb_per_s", \.pairGBPerS, .gigabytesPerSecond, "what passes between two devices in one direction",
      note: "where each has a link to every other one; all of bandwidth_gb_per_s if left out", affects: .device,
      family: .link),
    .init(
      "ranks", \.ranks, .stepSize, "the most devices that it connects", affects: .plan),
  ]

  static let bandwidth = ProfileField<InterconnectProfile>(
    "bandwidth_gb_per_s", \.bandwidthGBPerS, .gigabytesPerSecond, "what a device sends in one direction",
    affects: .device, family: .link)

  static let sourcePaths = SourcePaths(
    fields.map(\.path) + ["shared"] + CollectiveLibrary.names.map { "libraries." + $0 })
}
