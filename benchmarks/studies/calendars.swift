// What taking out the earliest event and scheduling another costs, in calendars of several kinds: see calendars.md.
//
// Built and run by calendars.py, together with the sources of EventEngine and the calendar of Simulation.
import EventEngine
import Roofline

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// What is common to all of them here.
protocol StudiedCalendar {
  static var name: String { get }
  init(pending: Int)
  mutating func schedule(_ source: Int, at time: Int64)
  mutating func next() -> (source: Int, time: Int64)
}

/// An event: by time, then in the order of scheduling.
struct Entry: BitwiseCopyable {
  var time: Int64
  var sequence: UInt64
  var source: Int32

  @inline(__always)
  func precedes(_ other: Entry) -> Bool {
    time < other.time || (time == other.time && sequence < other.sequence)
  }
}

/// A binary heap: `EventCalendar`, the library's.
struct BinaryHeap: StudiedCalendar {
  static let name = "binary heap (EventCalendar)"
  var calendar = EventCalendar<Int32>()
  init(pending: Int) {}
  mutating func schedule(_ source: Int, at time: Int64) { calendar.schedule(Int32(source), at: Picoseconds(time)) }
  mutating func next() -> (source: Int, time: Int64) {
    guard let (source, time) = calendar.next() else { fatalError("nothing is pending") }
    return (Int(source), time.count)
  }
}

/// A list in the order of time, the earliest at its end: `SourceCalendar`, the simulated system's.
struct SortedList: StudiedCalendar {
  static let name = "sorted list (SourceCalendar)"
  var calendar: SourceCalendar<Int32>
  init(pending: Int) { calendar = SourceCalendar(sources: pending, filler: 0) }
  mutating func schedule(_ source: Int, at time: Int64) {
    calendar.schedule(Int32(source), of: source, at: Picoseconds(time))
  }
  mutating func next() -> (source: Int, time: Int64) {
    guard let (source, time) = calendar.next() else { fatalError("nothing is pending") }
    return (Int(source), time.count)
  }
}

/// A heap of which every node has four children, side by side: half the levels, and three comparisons more in each.
struct QuaternaryHeap: StudiedCalendar {
  static let name = "heap of four children"
  var heap: ContiguousArray<Entry> = []
  var sequence: UInt64 = 0
  init(pending: Int) { heap.reserveCapacity(pending) }

  mutating func schedule(_ source: Int, at time: Int64) {
    let entry = Entry(time: time, sequence: sequence, source: Int32(source))
    sequence += 1
    heap.append(entry)
    heap.withUnsafeMutableBufferPointer { heap in
      var child = heap.count - 1
      while child > 0 {
        let parent = (child - 1) / 4
        guard entry.precedes(heap[parent]) else { break }
        heap[child] = heap[parent]
        child = parent
      }
      heap[child] = entry
    }
  }

  mutating func next() -> (source: Int, time: Int64) {
    let first = heap[0]
    let last = heap.removeLast()
    guard !heap.isEmpty else { return (Int(first.source), first.time) }
    heap.withUnsafeMutableBufferPointer { heap in
      var parent = 0
      while 4 * parent + 1 < heap.count {
        var least = 4 * parent + 1
        for child in least + 1..<max(least + 1, min(least + 4, heap.count)) where heap[child].precedes(heap[least]) {
          least = child
        }
        guard heap[least].precedes(last) else { break }
        heap[parent] = heap[least]
        parent = least
      }
      heap[parent] = last
    }
    return (Int(first.source), first.time)
  }
}

/// Brown's calendar queue (CACM 31(10), 1988): days of a year, each a sorted list; as many days as events, give or take two.
struct CalendarQueue: StudiedCalendar {
  static let name = "calendar queue"
  var days: ContiguousArray<ContiguousArray<Entry>> = [[], []]
  var width: Int64 = 1
  var count = 0
  var sequence: UInt64 = 0
  var now: Int64 = 0
  var day = 0
  /// The end of the day that is looked at.
  var end: Int64 = 1

  init(pending: Int) {}

  mutating func schedule(_ source: Int, at time: Int64) {
    insert(Entry(time: time, sequence: sequence, source: Int32(source)))
    sequence += 1
    count += 1
    if count > 2 * days.count { resize(to: 2 * days.count) }
  }

  @inline(__always)
  private mutating func insert(_ entry: Entry) {
    let index = Int(entry.time / width) & (days.count - 1)
    days[index].append(entry)
    var place = days[index].count - 1
    // The earliest last.
    while place > 0, days[index][place - 1].precedes(entry) {
      days[index][place] = days[index][place - 1]
      place -= 1
    }
    days[index][place] = entry
  }

  mutating func next() -> (source: Int, time: Int64) {
    for _ in 0..<days.count {
      if let last = days[day].last, last.time < end { return take(day) }
      day = (day + 1) & (days.count - 1)
      end += width
    }
    // A year without events: the earliest of all.
    var first = -1
    for index in days.indices {
      guard let last = days[index].last else { continue }
      if first < 0 || last.precedes(days[first][days[first].count - 1]) { first = index }
    }
    day = first
    end = (days[first][days[first].count - 1].time / width + 1) * width
    return take(first)
  }

  private mutating func take(_ index: Int) -> (source: Int, time: Int64) {
    let entry = days[index].removeLast()
    count -= 1
    now = entry.time
    if days.count > 2, count < days.count / 2 { resize(to: days.count / 2) }
    return (Int(entry.source), entry.time)
  }

  /// Brown's rule: a day is three times as long as the mean gap between the next events.
  private mutating func resize(to length: Int) {
    var all = ContiguousArray(days.joined())
    all.sort { $0.precedes($1) }
    let sample = all.prefix(25)
    if sample.count > 1 {
      let span = sample[sample.count - 1].time - sample[0].time
      width = max(1, 3 * span / Int64(sample.count - 1))
    }
    days = ContiguousArray(repeating: [], count: length)
    for entry in all { insert(entry) }
    let start = all.first?.time ?? now
    day = Int(start / width) & (days.count - 1)
    end = (start / width + 1) * width
  }
}

/// The ladder queue (Tang, Goh and Thng, ACM TOMACS 15(3), 2005): an unsorted top, rungs of buckets, and a sorted bottom.
struct LadderQueue: StudiedCalendar {
  static let name = "ladder queue"
  struct Rung {
    var buckets: ContiguousArray<ContiguousArray<Entry>>
    var start: Int64
    var width: Int64
    var current = 0
  }

  /// More events than this in a bucket become a rung of their own.
  static let threshold = 50
  var top: ContiguousArray<Entry> = []
  var topStart: Int64 = 0
  var (topLeast, topMost) = (Int64.max, Int64.min)
  var rungs: [Rung] = []
  var bottom: ContiguousArray<Entry> = []
  var sequence: UInt64 = 0

  init(pending: Int) {}

  mutating func schedule(_ source: Int, at time: Int64) {
    let entry = Entry(time: time, sequence: sequence, source: Int32(source))
    sequence += 1
    if time >= topStart {
      top.append(entry)
      topLeast = min(topLeast, time)
      topMost = max(topMost, time)
      return
    }
    for index in rungs.indices {
      let current = rungs[index].start + Int64(rungs[index].current) * rungs[index].width
      guard time >= current else { continue }
      rungs[index].buckets[Int((time - rungs[index].start) / rungs[index].width)].append(entry)
      return
    }
    insertIntoBottom(entry)
  }

  private mutating func insertIntoBottom(_ entry: Entry) {
    bottom.append(entry)
    var place = bottom.count - 1
    while place > 0, bottom[place - 1].precedes(entry) {
      bottom[place] = bottom[place - 1]
      place -= 1
    }
    bottom[place] = entry
  }

  mutating func next() -> (source: Int, time: Int64) {
    while bottom.isEmpty { refill() }
    let entry = bottom.removeLast()
    return (Int(entry.source), entry.time)
  }

  private mutating func refill() {
    while let rung = rungs.last, rung.current == rung.buckets.count { rungs.removeLast() }
    guard !rungs.isEmpty else {
      let events = top
      top.removeAll(keepingCapacity: true)
      topStart = topMost + 1
      spawn(events, from: topLeast, to: topMost)
      (topLeast, topMost) = (.max, .min)
      return
    }
    let last = rungs.count - 1
    let place = rungs[last].current
    rungs[last].current += 1
    guard !rungs[last].buckets[place].isEmpty else { return }
    let events = rungs[last].buckets[place]
    rungs[last].buckets[place] = []
    if events.count > Self.threshold, rungs[last].width > 1, rungs.count < 8 {
      let start = rungs[last].start + Int64(place) * rungs[last].width
      spawn(events, from: start, to: start + rungs[last].width - 1)
    } else {
      bottom = events
      bottom.sort { $1.precedes($0) }
    }
  }

  private mutating func spawn(_ events: ContiguousArray<Entry>, from start: Int64, to end: Int64) {
    if events.count <= Self.threshold {
      bottom = events
      bottom.sort { $1.precedes($0) }
      return
    }
    let width = max(1, (end - start) / Int64(events.count) + 1)
    let count = Int((end - start) / width) + 1
    var rung = Rung(buckets: ContiguousArray(repeating: [], count: count), start: start, width: width)
    for event in events { rung.buckets[Int((event.time - start) / width)].append(event) }
    rungs.append(rung)
  }
}

/// Numbers that a seed determines: xorshift, so cheap that they cost little beside a calendar.
struct Numbers {
  var state: UInt64
  @inline(__always)
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

@main struct Study {
  /// The hold model: the earliest event is taken out, and its source schedules another some time later.
  static func hold<Calendar: StudiedCalendar>(
    _: Calendar.Type, pending: Int, operations: Int, sum: inout UInt64
  ) -> Double {
    // The mean time between two events of a source is such that all events of one picosecond are few.
    var calendar = Calendar(pending: pending)
    var numbers = Numbers(state: 88_172_645_463_325_252)
    let longest = UInt64(2_000 * pending)
    for source in 0..<pending { calendar.schedule(source, at: Int64(numbers.next() % longest)) }
    func run(_ count: Int) {
      for _ in 0..<count {
        let (source, time) = calendar.next()
        sum = sum &* 31 &+ UInt64(bitPattern: time) &+ UInt64(source)
        calendar.schedule(source, at: time + Int64(numbers.next() % longest))
      }
    }
    run(operations / 4)
    let begin = clock()
    run(operations)
    return Double(clock() - begin) / Double(CLOCKS_PER_SEC) / Double(operations) * 1e9
  }

  static func main() {
    func measure<Calendar: StudiedCalendar>(_ type: Calendar.Type, _ sizes: [Int]) {
      for pending in sizes {
        var (sum, least): (UInt64, Double) = (0, .infinity)
        for _ in 0..<3 {
          sum = 0
          least = min(least, hold(type, pending: pending, operations: 1_000_000, sum: &sum))
        }
        print("\(Calendar.name)\t\(pending)\t\(least)\t\(sum)")
      }
    }
    let sizes = [4, 64, 4_096, 1_000_000]
    // A list is moved by half for every event: of a million there is no end.
    measure(SortedList.self, [4, 64, 4_096])
    measure(BinaryHeap.self, sizes)
    measure(QuaternaryHeap.self, sizes)
    measure(CalendarQueue.self, sizes)
    measure(LadderQueue.self, sizes)
  }
}
