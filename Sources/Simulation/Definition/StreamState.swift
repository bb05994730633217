import EventEngine
import Roofline

/// What waits in a stream, launched by the host.
struct StreamJob: BitwiseCopyable, Sendable {
  /// The index of the instruction that launched it.
  var instruction: Int32
  /// The first of its dependencies, or -1.
  var dependencies: Int32
  var correlation: Int
  /// What it begins later than it could, if it does.
  var delay: StartDelay
  /// Whether it had to wait for another stream's job when its turn had come.
  var hasWaited = false
  /// When the launch latency is over.
  var ready: Picoseconds
  /// The account of the host's clock at `ready`.
  var account: Account
}

/// What a job begins later than it could.
struct StartDelay: BitwiseCopyable, Sendable {
  /// When it counts.
  enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// Always.
    case always
    /// For a job that had to wait for another stream's.
    case afterWaiting
    /// In place of the usual gap behind the job before.
    case gap
  }

  /// The cost; -1 for none.
  var cost: Int32 = -1
  var kind = Kind.always
}

/// A stream of the device: an in-order resource and the clock of its last finished kernel.
struct StreamState: Sendable {
  var jobs: InOrderResource<StreamJob>
  /// When the last kernel ended; nil before the first.
  var lastEnd: Picoseconds?
  /// The account of that moment, and while a kernel runs, of its start.
  var account: Account = .zero
  /// How many jobs the host has launched, and how many of them are done.
  var launched = 0
  var finished = 0
  /// What its next launch waits for, or -1, and what that begins later than it could; only recordings have any of the latter.
  var pendingDependency: Int32 = -1
  var pendingDelay = StartDelay()
  /// What runs, or ran last.
  var kernel = RunningKernel.none
  /// Whether it runs.
  var isRunning = false
  /// Whether the job in service waits for another stream.
  var isStalled = false
  /// Whether the job in service is a graph, and how far it has come.
  var runsGraph = false
  var graph = GraphProgress(cursor: ProgramCursor(at: 0), end: 0)

  init(queueDepth: Int) {
    jobs = InOrderResource(bound: queueDepth)
  }

  /// Lets a job in that the host has launched.
  ///
  /// - Returns: Whether it is in service at once.
  @inline(__always)
  mutating func admit(
    _ instruction: Int, from clock: Picoseconds, _ account: Account, latency: Cost,
    correlation: Int
  ) -> Bool {
    let (dependencies, delay) = (pendingDependency, pendingDelay)
    pendingDependency = -1
    pendingDelay.cost = -1
    launched += 1
    return jobs.admit {
      StreamJob(
        instruction: Int32(truncatingIfNeeded: instruction), dependencies: dependencies, correlation: correlation,
        delay: delay, ready: clock + latency.duration, account: account &+ latency.account)
    }
  }

  /// Moves the account on to the earliest start of the job in service: its arrival, or a gap behind the job before, whichever
  /// is later.
  ///
  /// - Returns: That moment.
  @inline(__always)
  mutating func moveToStart(gap: Cost) -> Picoseconds {
    let ready = jobs.served.ready
    if let lastEnd, lastEnd + gap.duration > ready {
      account &+= gap.account
      return lastEnd + gap.duration
    }
    account = jobs.served.account
    return ready
  }

  /// Whether it runs a kernel now that shares the device.
  @inline(__always)
  var isSharing: Bool { isRunning && kernel.isActive && kernel.sharesDevice }

  /// A kernel or copy is decided on, which starts with the stream's account.
  @inline(__always)
  mutating func begin(_ kernel: RunningKernel) {
    self.kernel = kernel
    isRunning = true
  }

  /// What ran has ended, and adds its cost to the account, stretched if it shared the device.
  @inline(__always)
  mutating func end(now: Picoseconds, _ table: borrowing CostTable) {
    isRunning = false
    lastEnd = now
    // What ranks do together has the account of its end from the beginning.
    guard kernel.cost >= 0, kernel.latestStart == nil else { return }
    let (cost, actual) = (Int(kernel.cost), now - kernel.start)
    if actual == table.costs[cost].duration {
      account &+= table.costs[cost].account
    } else {
      account &+= table.costs[cost].account(stretchedTo: actual)
    }
  }

  /// A job is done.
  ///
  /// - Returns: Whether another is in service now.
  @inline(__always)
  mutating func finishJob() -> Bool {
    finished += 1
    jobs.endService()
    return jobs.count > 0
  }
}

/// A kernel that is on the device now.
struct RunningKernel: Sendable {
  var cost: Int32
  var start: Picoseconds
  var label: Int32
  var correlation: Int
  /// Exclusive device time that it needs; once it shares the device, where the device's ``SystemModel/sharedProgress`` is
  /// when it ends.
  var exclusive: Picoseconds
  /// Whether it has begun; only with several streams, and never of a copy.
  var isActive = false
  /// Whether it slows others down, and they it, while it is active.
  var sharesDevice = false
  /// Of what several ranks do together: when the last of them began; nil while it is not known.
  var latestStart: Picoseconds?

  /// Nothing that has ever run.
  static let none = RunningKernel(cost: -1, start: 0, label: -1, correlation: 0, exclusive: 0)
}

/// How far a launched graph has come.
struct GraphProgress: Sendable {
  var cursor: ProgramCursor
  var end: Int
}
