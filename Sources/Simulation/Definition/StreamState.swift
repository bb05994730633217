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

  /// A kernel or copy is decided on: it starts with an account.
  @inline(__always)
  mutating func begin(_ kernel: RunningKernel, _ account: Account) {
    self.account = account
    self.kernel = kernel
    isRunning = true
  }

  /// What ran has ended, and added to the account.
  @inline(__always)
  mutating func end(now: Picoseconds, adding account: Account) {
    isRunning = false
    lastEnd = now
    self.account &+= account
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
