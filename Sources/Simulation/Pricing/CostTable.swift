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

  /// A table without costs.
  package init() {}

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
