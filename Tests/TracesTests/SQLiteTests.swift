import JSONText
import TestSupport
import Testing

@testable import Traces

/// The reader of SQLite's pages against what Python's sqlite3 says of the same file.
///
/// `tools/trace_formats.py` writes both: pages of 512 bytes, so that rows of 3,500 bytes go over many of them and the tree
/// has two levels; a column that was added later; rows that were deleted.
@Suite("SQLite")
struct SQLiteTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    try readFileBytes(packageRoot + "/Tests/Recordings/" + name)
  }

  private func rows(_ bytes: [UInt8]) throws -> [[SQLiteValue]] {
    let database = try SQLiteDatabase(ByteSource(bytes, name: "values.sqlite"))
    var rows: [[SQLiteValue]] = []
    try database.readRows(of: "Numbers", ["id", "whole", "real", "text", "a blob"], optional: ["added", "missing"]) {
      row throws(TraceFault) in
      rows.append(row.values)
    }
    return rows
  }

  @Test("Every value of every row is what sqlite3 says")
  func values() throws {
    let rows = try rows(bytes("values.sqlite"))
    let expected = try bytes("values.jsonl").split(separator: UInt8(ascii: "\n")).map { line -> [JSONRecord] in
      var parser = JSONPullParser(Array(line), file: "values.jsonl")
      return try JSONRecord.read(&parser).elements
    }
    #expect(rows.count == 404 && rows.count == expected.count)
    for (row, expected) in zip(rows, expected) {
      #expect(row[0].integer == expected[0].integer)
      #expect(row[1].integer == expected[1].integer)
      if case .real(let value) = row[2] {
        switch expected[2] {
        case .real(let right): #expect(value == right)
        case .integer(let right): #expect(value == Double(right))
        default: Issue.record("no number")
        }
      } else {
        // SQLite keeps a whole number of a REAL column as an integer, where it is shorter.
        #expect(row[2].integer == expected[2].nanosecondsOfMicroseconds.map { $0 / 1000 })
      }
      #expect(row[3].text == expected[3].text)
      if case .blob(let bytes) = row[4] {
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
        #expect(digits.joined() == expected[4].text)
      } else {
        Issue.record("no bytes")
      }
      #expect(row[5] == .null && row[6] == .null)
    }
  }

  @Test("A damaged or cut file gives rows or one fault with its page, never a crash")
  func damage() throws {
    let whole = try bytes("values.sqlite")
    var pages = Set<Int>()
    func attempt(_ bytes: [UInt8]) {
      do { _ = try rows(bytes) } catch TraceFault.content(.damagedPage(let page, _), _) {
        pages.insert(page)
      } catch {}
    }
    for length in stride(from: 0, to: whole.count, by: 509) { attempt(Array(whole[..<length])) }
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<400 {
      var bytes = whole
      // What leads from page to page and within one is damaged as often as what it leads to.
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let page = Int.random(in: 0..<whole.count / 512, using: &generator) * 512
        let within =
          Bool.random(using: &generator)
          ? Int.random(in: 0..<16, using: &generator) : Int.random(in: 0..<512, using: &generator)
        bytes[page + within] = UInt8.random(in: 0...255, using: &generator)
      }
      attempt(bytes)
    }
    #expect(pages.count > 10, "\(pages.count) different pages are named")
  }

  @Test("A page that is its own child, or an overflow that leads back, is a fault and no endless loop")
  func cycles() throws {
    var bytes = try bytes("values.sqlite")
    let database = try SQLiteDatabase(ByteSource(bytes, name: "v"))
    let root = try #require(database.tables["Numbers"]).root
    #expect(bytes[(root - 1) * 512] == 5, "the root is an inner page")
    // The right-most child of an inner page stands in its header.
    for place in 0..<4 { bytes[(root - 1) * 512 + 8 + place] = UInt8(truncatingIfNeeded: root >> (8 * (3 - place))) }
    #expect(throws: TraceFault.content(.damagedPage(root, table: "Numbers"), file: "values.sqlite")) {
      try rows(bytes)
    }
  }

  @Test("Columns are told however they are quoted, and an INTEGER PRIMARY KEY is the number of its row")
  func statements() {
    let table = SQLiteTable(
      name: "t", root: 2,
      sql: """
        CREATE TABLE t ("a, (b)" TEXT DEFAULT ')', `c` INT CHECK (c IN (1, 2)), -- comment, with a comma
          [d e] INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, plain, FOREIGN KEY (c) REFERENCES `u` (id), UNIQUE (c, plain))
        """)
    #expect(table.columns == ["a, (b)", "c", "d e", "plain"])
    #expect(table.rowNumberColumn == 2 && !table.isWithoutRowNumbers)
    #expect(table.places(of: ["PLAIN", "none"]) == [3, -1])
    let other = SQLiteTable(name: "t", root: 2, sql: "CREATE TABLE t(k INTEGER, v, PRIMARY KEY(k)) WITHOUT ROWID")
    #expect(other.columns == ["k", "v"] && other.rowNumberColumn == 0 && other.isWithoutRowNumbers)
    let text = SQLiteTable(name: "t", root: 2, sql: "CREATE TABLE t(id INT PRIMARY KEY, v)")
    #expect(text.rowNumberColumn == -1, "an INT is no INTEGER")
  }
}
