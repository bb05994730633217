import Dispatch
import JSONText
import Synchronization

/// Events of a text that follow one on another, found on several cores ahead of who takes them in their order.
///
/// The text is cut where an event seems to end, and each piece is read by whoever is free: what an event's fields are depends
/// on its own text alone. Where the events of one piece end tells whether the cut was one: if not, the pieces behind it are
/// given up. So what is taken is the same with any number of cores.
final class EventPieces: Sendable {
  /// How long a piece is at least: to read it takes far longer than to pass it on.
  static let leastLength = 1 << 16
  /// How many pieces a text has at most.
  private static let most = 16

  private let pieces: [Piece]
  private let helpers: Int

  /// - Parameter helpers: How many cores help the one that takes the events.
  init(helpers: Int) {
    self.helpers = helpers
    pieces = (0..<(helpers > 0 ? Self.most : 0)).map { _ in Piece() }
  }

  /// Whether a text is long enough for more than one core.
  func isWorthwhile(_ length: Int) -> Bool { helpers > 0 && length >= 4 * Self.leastLength }

  /// Reads the events behind one.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - start: The place behind an event.
  ///   - depth: How many objects and arrays the events stand in.
  ///   - body: Takes the events one at a time, each with the place behind it.
  /// - Returns: Whether every piece ended where the next one begins, so that nothing was read in vain.
  /// - Throws: What the body throws.
  func read(
    _ text: UnsafeRawBufferPointer, from start: Int, depth: Int, _ body: (RawEvent, Int) throws(TraceFault) -> Void
  ) throws(TraceFault) -> Bool {
    let cuts = Self.cuts(text, from: start)
    let work = Work(text: text, cuts: cuts, depth: depth, pieces: pieces)
    let helping = DispatchGroup()
    // Nobody looks at the text any more when this returns: the window moves on then.
    defer {
      work.giveUp()
      helping.wait()
    }
    for _ in 0..<min(helpers, work.count - 1) {
      DispatchQueue.global().async(group: helping) { while work.readNext() {} }
    }
    var place = start
    for index in 0..<work.count {
      guard place == cuts[index] else { return false }
      // Whoever would wait helps.
      while !work.isRead(index), work.readNext() {}
      work.wait(for: index)
      let found = pieces[index].take()
      defer { pieces[index].giveBack(found) }
      for event in found.events { try body(event, event.extent.range.upperBound) }
      place = found.end
    }
    return true
  }

  /// The places behind events at which pieces begin, and the end of the last.
  private static func cuts(_ text: UnsafeRawBufferPointer, from start: Int) -> [Int] {
    let length = max(leastLength, (text.count - start) / most + 1)
    var cuts = [start]
    while let last = cuts.last, last + 2 * length <= text.count, let cut = eventEnd(text, from: last + length) {
      cuts.append(cut)
    }
    return cuts + [text.count]
  }

  /// The place behind the first brace from a place on that seems to end an event, since another seems to follow.
  private static func eventEnd(_ text: UnsafeRawBufferPointer, from place: Int) -> Int? {
    var scanner = JSONScanner(text, from: place)
    while scanner.offset < text.count {
      if scanner.byte(at: scanner.offset) == UInt8(ascii: "}") {
        let end = scanner.offset + 1
        scanner.offset = end
        if scanner.take(UInt8(ascii: ",")), scanner.take(UInt8(ascii: "{")), scanner.next() == UInt8(ascii: "\"") {
          return end
        }
        scanner.offset = end
      } else {
        scanner.offset += 1
      }
    }
    return nil
  }
}

/// The pieces of one text, each of which somebody reads.
private final class Work: Sendable {
  // The memory is the window's, which stays as it is until all have left.
  private nonisolated(unsafe) let text: UnsafeRawBufferPointer
  private let cuts: [Int]
  private let depth: Int
  private let pieces: [Piece]
  private let next = Atomic(0)
  /// A bit for each piece that is read.
  private let read = Atomic<UInt64>(0)
  /// One for each piece, signaled when it is read.
  private let readings: [DispatchSemaphore]

  init(text: UnsafeRawBufferPointer, cuts: [Int], depth: Int, pieces: [Piece]) {
    self.text = text
    self.cuts = cuts
    self.depth = depth
    self.pieces = pieces
    readings = cuts.map { _ in DispatchSemaphore(value: 0) }
  }

  var count: Int { cuts.count - 1 }

  /// Reads the first piece that nobody has begun.
  ///
  /// - Returns: Whether there was one.
  func readNext() -> Bool {
    let index = next.add(1, ordering: .relaxed).oldValue
    guard index < count else { return false }
    pieces[index].read(text, from: cuts[index], to: cuts[index + 1], depth: depth)
    read.bitwiseOr(1 << UInt64(index), ordering: .releasing)
    readings[index].signal()
    return true
  }

  /// Whether a piece is read.
  func isRead(_ index: Int) -> Bool { read.load(ordering: .acquiring) & 1 << UInt64(index) != 0 }

  /// Waits until a piece that somebody has begun is read.
  func wait(for index: Int) { readings[index].wait() }

  /// Leaves what nobody has begun.
  func giveUp() { next.store(count, ordering: .relaxed) }
}

/// What was found in a piece.
private final class Piece: Sendable {
  struct Found {
    var events: [RawEvent] = []
    /// The place behind the last event.
    var end = 0
  }

  private let found = Mutex(Found())

  func read(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int, depth: Int) {
    found.withLock { found in
      found.events.removeAll(keepingCapacity: true)
      found.end = start
      var scanner = JSONScanner(text, from: start)
      while scanner.offset < end {
        var event = RawEvent()
        guard event.scanNext(&scanner, depth: depth) else { break }
        found.events.append(event)
        found.end = scanner.offset
      }
    }
  }

  func take() -> Found {
    found.withLock { found in
      defer { found = Found() }
      return found
    }
  }

  /// Keeps the memory for the next events.
  func giveBack(_ memory: Found) { found.withLock { $0 = memory } }
}
