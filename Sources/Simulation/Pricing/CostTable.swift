/// The times of a program's instructions on one system.
public struct CostTable: Sendable, Equatable {
  /// The costs that instructions refer to by index.
  public var costs: [Cost] = []
  /// What launching, synchronizing and a pass itself take.
  public var launch = LaunchCosts()
  /// Launches into a stream that may be unfinished before the next one blocks the host.
  public var queueDepth = 1024
  /// Whether kernels that overlap on several streams slow one another down.
  ///
  /// A replay of measured durations says no: what was recorded had shared already.
  public var sharesDevice = true

  /// A table without costs.
  public init() {}

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
