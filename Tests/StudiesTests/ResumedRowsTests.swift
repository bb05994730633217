import Foundation
import JSONText
import Simulation
import Testing

@testable import Studies

@Suite("Rows of a file") struct ResumedRowsTests {
  /// What is found in a file that holds some bytes.
  private func resumed(_ bytes: [UInt8], _ sweep: Sweep, _ points: Range<Int>) throws -> (rows: Int, length: Int) {
    let path = NSTemporaryDirectory() + "/resumed-rows-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let file = try #require(FileHandle(forReadingAtPath: path))
    defer { try? file.close() }
    let reader = FileReader(path: "rows.csv.partial", descriptor: file.fileDescriptor)
    let header = points.lowerBound == 0 ? sweep.rows.header : []
    let rows = try ResumedRows(in: reader, length: bytes.count, of: sweep, points, header: header)
    return (rows.rowCount, rows.length)
  }

  @Test(arguments: [SweepRows.Format.csv, .jsonl], [0, 100])
  func `are this sweep's, whole or torn off`(format: SweepRows.Format, first: Int) throws {
    let sweep = Sweep(try SweepTests.plan(), format: format)
    let points = first..<(first + 70)
    let header = first == 0 ? sweep.rows.header : []
    let bytes = try header + sweep.text(points)
    let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    let headerLines = header.isEmpty ? 0 : 1
    for length in [0, header.count, ends[3], ends[3] + 5, ends[65], bytes.count] {
      let found = try resumed(Array(bytes[..<length]), sweep, points)
      let whole = ends.last { $0 <= length } ?? 0
      #expect(found.length == whole)
      #expect(found.rows == max(0, ends.count { $0 <= length } - headerLines), "of \(length) bytes")
    }
  }

  @Test func `of another sweep are told by their line`() throws {
    let sweep = Sweep(try SweepTests.plan(), format: .csv)
    let right = try sweep.rows.header + sweep.text(0..<10)
    var lines = right.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    lines.swapAt(4, 5)
    let swapped = Array(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
    let fault = ResumedRowsFault.otherRows(file: "rows.csv.partial", line: 5)
    #expect(throws: fault) { try resumed(swapped, sweep, 0..<10) }
    #expect(fault.description.hasPrefix("rows.csv.partial:5: error: these are not the first rows of this sweep"))
    #expect(throws: ResumedRowsFault.otherRows(file: "rows.csv.partial", line: 1)) {
      try resumed(Array("batch,wrong\n".utf8), sweep, 0..<10)
    }
    #expect(throws: ResumedRowsFault.otherRows(file: "rows.csv.partial", line: 11), "a row too many") {
      try resumed(right, sweep, 0..<9)
    }
  }

  @Test func `whose results were changed are simulated again and told`() throws {
    let sweep = Sweep(try SweepTests.plan(), format: .csv)
    let other = Sweep(try SweepTests.plan(0, latencyKind: .synchronized), format: .csv)
    let bytes = try other.rows.header + other.text(0..<10)
    #expect(throws: ResumedRowsFault.otherRows(file: "rows.csv.partial", line: 2)) {
      try resumed(bytes, sweep, 0..<10)
    }
  }
}
