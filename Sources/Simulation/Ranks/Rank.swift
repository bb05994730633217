import Roofline

/// One of several ranks: what its host issues, what that takes, and by what its host's costs scatter.
///
/// Which ranks do what together is a property of costs, see ``CostTable/channels``: the k-th time that a rank comes to
/// a cost of a channel meets the k-th time of every other rank whose table names the channel. A rank comes to the costs
/// of one channel in the order of one stream; with several, in the order in which it happens to come to them.
package struct Rank: Sendable {
  /// One pass.
  package var program: Program
  /// Its counts.
  package var counts: ProgramCounts
  /// Its costs, with their channels.
  package var table: CostTable
  /// By what the host's costs scatter, if they do; each rank's has a stream of draws of its own.
  package var jitter: JitterSource?

  /// A rank.
  ///
  /// - Parameters:
  ///   - program: One pass.
  ///   - table: Its costs, with their channels.
  ///   - jitter: By what the host's costs scatter, if they do.
  ///   - counts: The program's counts, where the caller keeps them.
  package init(_ program: Program, _ table: CostTable, jitter: JitterSource? = nil, counts: ProgramCounts? = nil) {
    self.program = program
    self.table = table
    self.jitter = jitter
    self.counts = counts ?? ProgramCounts(program)
  }

  /// A rank that runs a planned pass.
  ///
  /// - Parameters:
  ///   - plan: What the framework makes of the rank's workload.
  ///   - table: Its costs, with their channels.
  ///   - jitter: By what the host's costs scatter, if they do.
  package init(_ plan: ProgramPlan, _ table: CostTable, jitter: JitterSource? = nil) {
    self.init(plan.program, table, jitter: jitter, counts: plan.counts)
  }

  /// The same with one synchronization at the end of the pass.
  var synchronized: Rank { Rank(program.synchronized, table, jitter: jitter, counts: counts.synchronized) }

  /// What a pass spends on collectives if nobody waits.
  var transfer: Picoseconds {
    counts.kernelUses.indices.reduce(.zero) { sum, cost in
      guard table.channel(of: Int32(cost)) >= 0 else { return sum }
      return sum + table.costs[cost].duration * Int(counts.kernelUses[cost])
    }
  }
}

extension [Rank] {
  /// Whether one rank stands for all.
  ///
  /// If all do the same in the same time, and meet at the same costs whom they meet at all, then by induction over the
  /// events all are at the same place at any moment, come to every collective at once, and nobody waits.
  var areAlike: Bool {
    guard let first else { return true }
    var places: [Int32: [Int]] = [:]
    for rank in self {
      guard rank.jitter == nil, rank.program == first.program, rank.table.isSame(as: first.table) else { return false }
      for (channel, own) in rank.table.placesOfChannels {
        guard places[channel, default: own] == own else { return false }
        places[channel] = own
      }
    }
    return true
  }

  /// How many collectives a pass has, each counted once for all its ranks.
  var meetingsOfAPass: Int {
    var known: Set<Int32> = []
    return reduce(0) { sum, rank in
      let places = rank.table.placesOfChannels.filter { known.insert($0.key).inserted }.values.joined()
      return sum + places.reduce(0) { $0 + ($1 < rank.counts.kernelUses.count ? Int(rank.counts.kernelUses[$1]) : 0) }
    }
  }
}

extension CostTable {
  /// The indices of each channel's costs.
  fileprivate var placesOfChannels: [Int32: [Int]] {
    var places: [Int32: [Int]] = [:]
    for (cost, channel) in channels.enumerated() where channel >= 0 { places[channel, default: []].append(cost) }
    return places
  }

  /// Whether another table says the same of each cost, whatever the channels are called.
  fileprivate func isSame(as other: CostTable) -> Bool {
    var renamed = other
    renamed.channels = channels
    let count = Int32(Swift.max(channels.count, other.channels.count))
    return self == renamed && (0..<count).allSatisfy { (channel(of: $0) >= 0) == (other.channel(of: $0) >= 0) }
  }
}
