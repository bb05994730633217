import Roofline

/// The times of a program's instructions on one system.
package struct CostTable: Sendable, Equatable {
  /// The costs that instructions refer to by index.
  package var costs: [Cost] = []
  /// What launching, synchronizing and a pass itself take.
  package var launch = LaunchCosts()
  /// Launches into a stream that may be unfinished before the next one blocks the host.
  package var queueDepth = 1024
  /// Whether kernels that overlap on several streams slow one another down.
  ///
  /// A replay of measured durations says no: what was recorded had shared already.
  package var sharesDevice = true
  /// For each cost the channel of the ranks that spend it together, a number of the caller's own.
  ///
  /// It is -1, or nothing at the end of the table, for what a rank does alone; and read of kernels, nodes and
  /// collectives. A rank alone meets nobody, and such a cost leaves the arithmetic units to the kernels of other
  /// streams all the same.
  package var channels: [Int32] = []

  /// A table without costs.
  package init() {}

  /// The channel of a cost, or -1.
  @inline(__always)
  func channel(of cost: Int32) -> Int32 { Int(cost) < channels.count ? channels[Int(cost)] : -1 }

  /// Every cost, in one order.
  var allCosts: [Cost] { costs + launch.all }

  /// Gives every cost an account of another meaning, by its index in ``allCosts``.
  mutating func replaceAccounts(_ account: (Int) -> Account) {
    for index in costs.indices { costs[index].account = account(index) }
    var index = costs.count
    launch.forEach { cost in
      cost.account = account(index)
      index += 1
    }
  }
}
