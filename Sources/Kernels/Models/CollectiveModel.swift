import Profiles
import Roofline

/// How long collectives take over an interconnect: the fastest of a library's algorithms that serve one.
///
/// Each takes a latency, its steps and its traffic; how many of both there are for N ranks that give S bytes each follows from
/// the algorithm (Thakur, Rabenseifner, Gropp, "Optimization of Collective Communication Operations in MPICH", IJHPCA 19(1),
/// 2005; `benchmarks/studies/interconnects.md`). Times are those of calls back to back, with what lies between two.
package struct CollectiveModel: Sendable {
  private let interconnect: InterconnectProfile
  /// The library, and those that it calls for what it does not serve.
  private let libraries: [CollectiveLibrary]
  /// The times between groups that the interconnect joins.
  private let beyond: [CollectiveModel]

  /// The times of a library's collectives, by its name, over what connects devices.
  package init(_ connection: DeviceConnection, library: String) {
    interconnect = connection.inner
    let own = interconnect.library(library)
    let others = [own?.otherwise ?? CollectiveLibrary.usual].compactMap(interconnect.library)
    libraries = (own.map { [$0] } ?? []) + others.filter { $0.name != own?.name }
    beyond = connection.outer.map { [CollectiveModel(DeviceConnection($0), library: library)] } ?? []
  }

  /// The times of a system's collectives, of its engine's library unless another is named; nil where nothing connects its
  /// devices.
  package init?(_ system: System, library: String? = nil) {
    guard let connection = system.connection else { return nil }
    self.init(connection, library: library ?? system.engine?.collectives ?? CollectiveLibrary.usual)
  }

  /// Seconds of a collective; none of one rank.
  package func seconds(of shape: CollectiveShape) -> Double { sum(shape) { $0.serving($1)?.seconds ?? 0 } }

  /// The least seconds that it can take: what a rank has to send by any of the algorithms, at the link's bandwidth.
  package func least(of shape: CollectiveShape) -> Double {
    sum(shape) { model, shape in
      let shape = shape.asServed
      let algorithms = model.libraries.flatMap(\.algorithms).filter { $0.serves(shape) }
      let interconnect = model.interconnect
      return algorithms.map { algorithm in
        let rate = interconnect.linkRate(ofRanks: shape.ranks) * max(1, algorithm.bandwidthFraction)
        return algorithm.form.traffic(of: shape) / min(rate, interconnect.sharedRate(ofRanks: shape.ranks))
      }.min() ?? 0
    }
  }

  /// What a collective takes within a group, or its parts within and between groups.
  private func sum(_ shape: CollectiveShape, _ seconds: (CollectiveModel, CollectiveShape) -> Double) -> Double {
    guard shape.ranks > 1 else { return 0 }
    guard shape.ranks > interconnect.ranks, let outer = beyond.first else { return seconds(self, shape) }
    return shape.parts(groupsOf: interconnect.ranks).reduce(0) { sum, part in
      guard part.shape.ranks > 1 else { return sum }
      return sum + seconds(part.isBetweenGroups ? outer : self, part.shape)
    }
  }

  /// The algorithm that serves a collective within a group: the fastest of the first library that has one.
  private func serving(_ shape: CollectiveShape) -> (seconds: Double, hostCallUS: Double)? {
    let shape = shape.asServed
    for library in libraries {
      let times = library.algorithms.filter { $0.serves(shape) }.map { (seconds(of: shape, by: $0), $0) }
      if let fastest = times.min(by: { $0.0 < $1.0 }) {
        return (fastest.0, fastest.1.hostCallUS ?? library.hostCallUS)
      }
    }
    return nil
  }

  /// Seconds of a collective that a program calls, over and over, rather than replays from a graph.
  ///
  /// The host makes the next call while the device is at this one; what lasts longer decides.
  ///
  /// - Parameters:
  ///   - shape: The collective.
  ///   - host: Whose calls.
  ///   - memory: What the device's memory carries, bytes a second.
  /// - Returns: The time from one to the next, and how much of it is the host's.
  package func eager(
    _ shape: CollectiveShape, host: HostProfile, memory: Double
  ) -> (seconds: Double, hostSeconds: Double) {
    guard shape.ranks > 1, let serving = serving(shape), let library = libraries.first else { return (0, 0) }
    let copies = library.eagerLatencyUS * 1e-6 + library.eagerCopies * 2 * shape.bytes / memory
    let call = serving.hostCallUS * 1e-6 / (host.singleThreadSpeed * host.speed[.native])
    return (max(call, seconds(of: shape) + copies), call)
  }

  private func seconds(of shape: CollectiveShape, by algorithm: CollectiveAlgorithm) -> Double {
    let rate = algorithm.bandwidthFraction * interconnect.linkRate(ofRanks: shape.ranks)
    let shared = interconnect.sharedRate(ofRanks: shape.ranks)
    let fixed = algorithm.latencyUS + algorithm.form.steps(of: shape) * algorithm.stepUS
    return fixed * 1e-6 + algorithm.form.traffic(of: shape) / min(rate, shared)
  }
}

extension CollectiveAlgorithm {
  fileprivate func serves(_ shape: CollectiveShape) -> Bool {
    collectives.contains(shape.kind) && ranks.contains(shape.ranks)
      && (largestMB.map { shape.bytes <= $0 * 1e6 } ?? true)
  }
}

extension CollectiveShape {
  /// What algorithms serve in its place: of a broadcast the gathering of its parts, each on its way while others are.
  fileprivate var asServed: CollectiveShape {
    kind == .broadcast ? CollectiveShape(.allGather, ranks: ranks, bytes: bytes / ranks) : self
  }

  /// The collectives that make one of more ranks than a group has, one after the other.
  ///
  /// A sum is scattered within the group, summed between groups by the ranks that have the same part, and gathered again; the
  /// others go between groups first or last (Thakur and others, as above, section 4).
  fileprivate func parts(groupsOf size: Double) -> [(isBetweenGroups: Bool, shape: CollectiveShape)] {
    let groups = (ranks / size).rounded(.up)
    func within(_ kind: CollectiveKind, _ bytes: Double) -> (Bool, CollectiveShape) {
      (false, CollectiveShape(kind, ranks: size, bytes: bytes))
    }
    func between(_ kind: CollectiveKind, _ bytes: Double) -> (Bool, CollectiveShape) {
      (true, CollectiveShape(kind, ranks: groups, bytes: bytes))
    }
    switch kind {
    case .allReduce:
      return [within(.reduceScatter, bytes), between(.allReduce, bytes / size), within(.allGather, bytes / size)]
    case .allGather: return [between(.allGather, bytes), within(.allGather, bytes * groups)]
    case .reduceScatter: return [within(.reduceScatter, bytes), between(.reduceScatter, bytes / size)]
    case .allToAll: return [between(.allToAll, bytes), within(.allToAll, bytes)]
    case .broadcast: return [between(.broadcast, bytes), within(.broadcast, bytes)]
    case .sendReceive: return [between(.sendReceive, bytes)]
    }
  }
}

extension CollectiveAlgorithm.Form {
  /// Exchanges, one after the other.
  func steps(of shape: CollectiveShape) -> Double {
    switch self {
    case .ring: (shape.kind == .allReduce ? 2 : 1) * (shape.ranks - 1)
    case .tree: 2 * shape.ranks.binaryLogarithm.rounded(.up)
    // A flag of every other rank; a message to every other one.
    case .oneShot, .pairwise: shape.ranks - 1
    case .twoShot: 2 * (shape.ranks - 1)
    // One pass sums, one distributes.
    case .inSwitch: 2
    case .direct: 1
    }
  }

  /// Bytes that pass a rank's link in one direction.
  func traffic(of shape: CollectiveShape) -> Double {
    switch (self, shape.kind) {
    case (.oneShot, .allReduce): (shape.ranks - 1) * shape.bytes
    case (.inSwitch, .allReduce): shape.bytes * (1 + 1 / shape.ranks)
    case (.tree, .allReduce): 2 * shape.bytes
    // All others send no more than they have to.
    default: Collective.bytesSent(shape.kind, ranks: shape.ranks, given: shape.bytes)
    }
  }
}
