import Dispatch
import JSONText

/// Why a file cannot be gone on with.
package enum ResumedRowsFault: Fault, Equatable {
  /// A line that is not this sweep's.
  case otherRows(file: String, line: Int)
  /// The file cannot be read.
  case file(FileFault)
  /// A row cannot be simulated again.
  case sweep(SweepFault)

  /// The file, with the line where it is one.
  package var place: String? {
    switch self {
    case .otherRows(let file, let line): "\(file):\(line)"
    case .file(let fault): fault.place
    case .sweep(let fault): fault.place
    }
  }

  /// What is wrong, and what would be right.
  package var words: FaultWords {
    switch self {
    case .otherRows:
      "these are not the first rows of this sweep, as this line shows; resume it with the options that it was begun "
        + "with, or remove the file"
    case .file(let fault): fault.words
    case .sweep(let fault): fault.words
    }
  }
}

/// What an interrupted sweep left, once it is known to be the first rows of a sweep; nothing is changed to find out.
///
/// Every line's inputs are compared with its point's, and its results with each other. As many rows as a second allows
/// are simulated again: mostly all of them, and at least 64 that are spread over the file.
package struct ResumedRows {
  /// Whole rows.
  package private(set) var rowCount = 0
  /// The bytes of the header and the whole rows.
  package private(set) var length = 0

  private let sweep: Sweep
  private let points: Range<Int>
  private let header: [UInt8]
  private let reader: FileReader
  /// Where every 64th row begins.
  private var marks: [Int] = []

  fileprivate static let markDistance = 64
  private static let blockSize = 1 << 22
  /// Nanoseconds in which rows are simulated again.
  private static let budget: UInt64 = 1_000_000_000

  /// Reads and compares a file.
  ///
  /// - Parameters:
  ///   - reader: The file.
  ///   - fileLength: Its bytes.
  ///   - sweep: Whose rows they should be.
  ///   - points: Which of its points are to have rows.
  ///   - header: What stands above the rows.
  /// - Throws: ``ResumedRowsFault`` with the first line that is not as it should be.
  package init(
    in reader: FileReader, length fileLength: Int, of sweep: Sweep, _ points: Range<Int>, header: [UInt8]
  ) throws(ResumedRowsFault) {
    (self.sweep, self.points, self.header, self.reader) = (sweep, points, header, reader)
    guard fileLength > 0, try checkHeader() else { return }
    try checkLines()
    try checkTornRow(fileLength: fileLength)
    try checkResults()
  }

  private func mismatch(row: Int) -> ResumedRowsFault { mismatch(line: row + (header.isEmpty ? 1 : 2)) }

  private func mismatch(line: Int) -> ResumedRowsFault { .otherRows(file: reader.path, line: line) }

  private func bytes(from offset: Int, count: Int) throws(ResumedRowsFault) -> [UInt8] {
    do { return try reader.bytes(from: offset, count: count) } catch { throw .file(error) }
  }

  // MARK: Text

  /// Compares the header; whether it is there whole.
  private mutating func checkHeader() throws(ResumedRowsFault) -> Bool {
    let found = try bytes(from: 0, count: header.count)
    guard header.starts(with: found) else { throw mismatch(line: 1) }
    guard found.count == header.count else { return false }
    length = found.count
    return true
  }

  /// Compares the inputs of all whole rows, some megabytes at a time.
  private mutating func checkLines() throws(ResumedRowsFault) {
    while true {
      let block = try bytes(from: length, count: Self.blockSize * sweep.threads)
      guard let end = block.lastIndex(of: UInt8(ascii: "\n")) else {
        // A row is no megabytes long.
        if block.count >= Self.blockSize { throw mismatch(row: rowCount) }
        return
      }
      let pieces = pieces(of: block[...end])
      let (sweep, points, start) = (sweep, points, length)
      let checked = parallelMap(pieces, threads: sweep.threads) { piece in
        var check = LineCheck(row: piece.row)
        check.run(block[piece.bytes], at: start, sweep.rows, points)
        return check
      }
      for check in checked {
        marks += check.marks
        if check.isWrong { throw mismatch(row: check.row) }
      }
      rowCount = checked.last?.row ?? rowCount
      length += end + 1
    }
  }

  /// Cuts lines into a piece for each core.
  private func pieces(of lines: ArraySlice<UInt8>) -> [(bytes: Range<Int>, row: Int)] {
    var pieces: [(bytes: Range<Int>, row: Int)] = []
    var (start, row) = (lines.startIndex, rowCount)
    let size = max(1 << 16, lines.count / sweep.threads)
    while start < lines.endIndex {
      let near = min(start + size, lines.endIndex - 1)
      let end = (lines[near...].firstIndex(of: UInt8(ascii: "\n")) ?? near) + 1
      pieces.append((start..<end, row))
      for byte in lines[start..<end] where byte == UInt8(ascii: "\n") { row += 1 }
      start = end
    }
    return pieces
  }

  /// What a killed process left of a row must be the beginning of that row.
  private func checkTornRow(fileLength: Int) throws(ResumedRowsFault) {
    let torn = try bytes(from: length, count: fileLength - length)
    guard !torn.isEmpty else { return }
    let point = points.lowerBound + rowCount
    guard points.contains(point), let row = try? sweep.text(point..<(point + 1)), row.starts(with: torn)
    else { throw mismatch(row: rowCount) }
  }

  // MARK: Results

  /// Simulates rows again: some that are spread over the file, then stretches until time is over.
  private func checkResults() throws(ResumedRowsFault) {
    guard rowCount > 0 else { return }
    let begun = DispatchTime.now().uptimeNanoseconds
    let probes = Set((0..<64).map { rowCount * $0 / 64 } + [rowCount - 1]).sorted().map { $0..<($0 + 1) }
    try compare(probes, until: .max)
    let elapsed = DispatchTime.now().uptimeNanoseconds - begun
    guard elapsed < Self.budget else { return }
    // A stretch takes a tenth of a second at most, by what the probes took.
    let perRow = max(1, elapsed * UInt64(sweep.threads) / UInt64(probes.count))
    let length = min(8192, max(1, Int(Self.budget / 10 / perRow) / Self.markDistance)) * Self.markDistance
    let starts = Array(stride(from: 0, to: rowCount, by: length))
    try compare(scattered(starts).map { $0..<min($0 + length, rowCount) }, until: begun + Self.budget)
  }

  /// The same numbers in an order that is spread over all of them from the beginning.
  private func scattered(_ numbers: [Int]) -> [Int] {
    var step = max(1, Int(Double(numbers.count) * 0.618))
    while greatestCommonDivisor(step, numbers.count) != 1 { step += 1 }
    return numbers.indices.map { numbers[$0 * step % numbers.count] }
  }

  private func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
    other == 0 ? one : greatestCommonDivisor(other, one % other)
  }

  private func compare(_ stretches: [Range<Int>], until deadline: UInt64) throws(ResumedRowsFault) {
    let first = points.lowerBound
    do {
      try sweep.sample(stretches.map { (first + $0.lowerBound)..<(first + $0.upperBound) }) { index, rows in
        let found = try text(of: stretches[index])
        if rows != found { throw mismatch(row: stretches[index].lowerBound + commonLines(rows, found)) }
        return DispatchTime.now().uptimeNanoseconds < deadline
      }
    } catch let fault as ResumedRowsFault {
      throw fault
    } catch let fault as SweepFault {
      throw .sweep(fault)
    } catch { preconditionFailure("a sweep throws its faults, and what it is handed throws") }
  }

  /// The bytes of some rows.
  private func text(of rows: Range<Int>) throws(ResumedRowsFault) -> [UInt8] {
    let (first, last) = (rows.lowerBound / Self.markDistance, (rows.upperBound - 1) / Self.markDistance)
    let end = last + 1 < marks.count ? marks[last + 1] : length
    let bytes = try bytes(from: marks[first], count: end - marks[first])
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
    let (from, to) = (rows.lowerBound - first * Self.markDistance, rows.upperBound - first * Self.markDistance)
    // The file is as it was when its lines were counted, unless somebody writes who asks for no lock.
    guard to < starts.count else { throw mismatch(row: rows.lowerBound) }
    return Array(bytes[starts[from]..<starts[to]])
  }

  /// How many lines are the same from the beginning.
  private func commonLines(_ one: [UInt8], _ other: [UInt8]) -> Int {
    let same = zip(one, other).prefix { $0 == $1 }
    return same.reduce(0) { $1.0 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
  }
}

/// Lines of a file compared with points, as far as they are as they should be.
private struct LineCheck: Sendable {
  /// The row that comes next.
  var row: Int
  /// Where every 64th row begins in the file.
  var marks: [Int] = []
  /// Whether the row that comes next is not the point's.
  var isWrong = false

  init(row: Int) { self.row = row }

  /// Compares whole lines.
  ///
  /// - Parameters:
  ///   - lines: The lines; their indices are places behind `start`.
  ///   - start: Where index 0 stands in the file.
  ///   - rows: How rows are written.
  ///   - points: What they are the rows of.
  mutating func run(_ lines: ArraySlice<UInt8>, at start: Int, _ rows: SweepRows, _ points: Range<Int>) {
    var scratch: [UInt8] = []
    var rest = lines
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let point = points.lowerBound + row
      guard points.contains(point), rows.mayBe(rest[...end], rowOf: point, scratch: &scratch) else {
        isWrong = true
        return
      }
      if row % ResumedRows.markDistance == 0 { marks.append(start + rest.startIndex) }
      row += 1
      rest = rest[(end + 1)...]
    }
  }
}
