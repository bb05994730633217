/// A resource that serves jobs one after the other in the order of their arrival, with room for a bounded number.
///
/// The resource knows no time: its owner decides when a job begins and ends, and schedules the events. What it keeps is
/// the order and the bound: a job that arrives at a full resource must wait outside, and that is how a launch queue
/// holds back the host that fills it.
@frozen
public struct InOrderResource<Job: BitwiseCopyable & Sendable>: Sendable {
  /// The job in service is the first.
  @usableFromInline var jobs: BoundedQueue<Job>

  /// An idle resource.
  ///
  /// - Parameter bound: The largest number of jobs inside, the one in service included; at least 1.
  @inlinable
  public init(bound: Int) {
    jobs = BoundedQueue(bound: bound)
  }

  /// The number of jobs inside, the one in service included.
  @inlinable
  public var count: Int { jobs.count }

  /// Whether a further job has to wait outside.
  @inlinable
  public var isFull: Bool { jobs.isFull }

  /// The job in service, or nil when the resource is idle.
  @inlinable
  public var current: Job? { jobs.first }

  /// The number of jobs that wait behind the one in service.
  @inlinable
  public var waitingCount: Int { max(0, jobs.count - 1) }

  /// A job that waits, by its place: 0 is next.
  ///
  /// - Precondition: The place is below ``waitingCount``.
  @inlinable
  public subscript(waiting place: Int) -> Job {
    get { jobs[place + 1] }
    set { jobs[place + 1] = newValue }
  }

  /// Changes the job in service, for what its owner has learned since it came in.
  ///
  /// - Precondition: A job is in service.
  @inlinable
  public mutating func replaceCurrent(with job: Job) {
    precondition(count > 0, "an idle resource has no job to change")
    jobs[0] = job
  }

  /// Lets a job in.
  ///
  /// - Returns: Whether the job is in service at once, because the resource was idle; otherwise it waits its turn.
  /// - Precondition: The resource is not full.
  @inlinable
  public mutating func admit(_ job: Job) -> Bool { admit { job } }

  /// Lets a job in, which is made where it will lie.
  ///
  /// - Returns: Whether the job is in service at once.
  /// - Precondition: The resource is not full.
  @inlinable
  @inline(__always)
  package mutating func admit(_ make: () -> Job) -> Bool {
    precondition(!isFull, "a full resource admits no job")
    let isIdle = count == 0
    _ = jobs.append(make)
    return isIdle
  }

  /// Ends the job in service and takes the next one, if any waits.
  ///
  /// - Returns: The job that is in service now.
  /// - Precondition: A job is in service.
  @inlinable
  public mutating func finish() -> Job? {
    endService()
    return current
  }

  /// Ends the job in service; the next one, if any waits, is in service then.
  ///
  /// - Precondition: A job is in service.
  @inlinable
  @inline(__always)
  package mutating func endService() {
    precondition(count > 0, "an idle resource has nothing to finish")
    jobs.removeFirst()
  }

  /// The job in service, where it lies.
  ///
  /// - Precondition: A job is in service.
  @inlinable
  package var served: Job {
    @inline(__always)
    _read { yield jobs.ring[jobs.head] }
  }
}
