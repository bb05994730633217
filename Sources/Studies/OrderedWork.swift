import Dispatch
import Synchronization

/// Stretches of a range that are worked on by several cores and handed over in order.
///
/// Each core takes the next stretch whenever it is done with one, and runs ahead of whoever is given the results by a few
/// stretches: so all cores have something to do while results are written, and memory holds those few. Stretches grow until
/// one takes some milliseconds: long ones cost nothing between them, short ones lose little when the process is killed.
struct OrderedWork: Sendable {
  /// How many numbers a stretch has at most.
  let longest: Int
  /// How many cores work.
  let threads: Int

  /// The stretches each core may be ahead.
  private static let ahead = 3

  /// A stretch, and its place among all.
  private struct Stretch: Sendable {
    var place: Int
    var range: Range<Int>
  }

  /// What there is to do, and how long stretches are.
  private struct Source: Sendable {
    private var next: Int
    private let end: Int
    private var place = 0
    private var length = 16
    private let longest: Int
    var isStopped = false

    init(_ range: Range<Int>, longest: Int) {
      (next, end) = (range.lowerBound, range.upperBound)
      self.longest = longest
    }

    mutating func take() -> Stretch? {
      guard next < end, !isStopped else { return nil }
      let range = next..<min(end, next + min(length, longest))
      defer {
        next = range.upperBound
        place += 1
      }
      return Stretch(place: place, range: range)
    }

    /// Takes note of how long a stretch has taken.
    mutating func measured(_ range: Range<Int>, nanoseconds: UInt64) {
      if nanoseconds < 4_000_000, range.count >= length, length < longest { length *= 2 }
      if nanoseconds > 40_000_000, length > 1 { length = max(1, min(length, range.count / 2)) }
    }
  }

  /// Does the work.
  ///
  /// - Parameters:
  ///   - range: What is cut into stretches.
  ///   - worker: Makes what a core keeps from stretch to stretch.
  ///   - make: Works on a stretch; may run on any thread.
  ///   - take: Is given the results in order, on the caller's thread.
  /// - Throws: What `take` throws; no more results are made then.
  func run<Worker, Output: Sendable>(
    _ range: Range<Int>, worker: @escaping @Sendable () -> Worker,
    make: @escaping @Sendable (Range<Int>, inout Worker) -> Output, take: (Output) throws -> Void
  ) throws {
    if threads == 1 {
      var source = Source(range, longest: longest)
      var state = worker()
      while let stretch = source.take() {
        let begun = DispatchTime.now().uptimeNanoseconds
        let output = make(stretch.range, &state)
        source.measured(stretch.range, nanoseconds: DispatchTime.now().uptimeNanoseconds - begun)
        try take(output)
      }
      return
    }
    let board = Board<Output>(Source(range, longest: longest), places: threads * (1 + Self.ahead))
    for _ in 0..<threads {
      DispatchQueue.global().async(group: board.group) {
        var state = worker()
        while let stretch = board.take() {
          let begun = DispatchTime.now().uptimeNanoseconds
          board.put(make(stretch.range, &state), stretch, begun: begun)
        }
        board.finished.signal()
      }
    }
    defer {
      board.stop(threads)
      board.group.wait()
    }
    while let output = board.next(threads) { try take(output) }
  }

  /// Where stretches are taken from and results are put.
  private final class Board<Output: Sendable>: Sendable {
    private struct State: Sendable {
      var source: Source
      var outputs: [Int: Output] = [:]
      var given = 0
      /// Cores that have found nothing more to do.
      var idle = 0
    }
    private let state: Mutex<State>
    /// Results that may be made before one is given away.
    private let room = DispatchSemaphore(value: 0)
    /// Signaled for every result, and by every core that is done.
    let finished = DispatchSemaphore(value: 0)
    let group = DispatchGroup()

    init(_ source: Source, places: Int) {
      state = Mutex(State(source: source))
      for _ in 0..<places { room.signal() }
    }

    /// The next stretch, as soon as there is room for its result.
    func take() -> Stretch? {
      room.wait()
      return state.withLock { state in
        let stretch = state.source.take()
        if stretch == nil { state.idle += 1 }
        return stretch
      }
    }

    func put(_ output: Output, _ stretch: Stretch, begun: UInt64) {
      let elapsed = DispatchTime.now().uptimeNanoseconds - begun
      state.withLock { state in
        state.outputs[stretch.place] = output
        state.source.measured(stretch.range, nanoseconds: elapsed)
      }
      finished.signal()
    }

    /// The next result in order; nil when all have been given.
    func next(_ threads: Int) -> Output? {
      while true {
        let (output, isDone) = state.withLock { state in
          let output = state.outputs.removeValue(forKey: state.given)
          if output != nil { state.given += 1 }
          return (output, state.idle == threads && state.outputs.isEmpty)
        }
        if let output {
          room.signal()
          return output
        }
        if isDone { return nil }
        finished.wait()
      }
    }

    /// Lets every core end after its stretch.
    func stop(_ threads: Int) {
      state.withLock { $0.source.isStopped = true }
      for _ in 0..<threads { room.signal() }
    }
  }
}
