import JSONText
import Studies
import TestSupport
import Testing

/// RFC 4180, and where each fault stands.
@Suite("Comma-separated values") struct CSVTextTests {
  static func read(_ text: String) throws(CSVFault) -> CSVText {
    try CSVText(bytes: Array(text.utf8), file: "t.csv")
  }

  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]], "lines"),
    ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]], "CRLF"),
    ("a,b\n1,2", [["a", "b"], ["1", "2"]], "no line end at the last line"),
    ("a\n1\n", [["a"], ["1"]], "one column"),
    ("a,b\n,\n", [["a", "b"], ["", ""]], "empty fields"),
    ("a,b\n1,", [["a", "b"], ["1", ""]], "an empty field at the very end"),
    ("\"a\",\"b\"\n\"1\",2\n", [["a", "b"], ["1", "2"]], "quotes"),
    ("a,b\n\"x, y\",2\n", [["a", "b"], ["x, y", "2"]], "a comma in quotes"),
    ("a,b\n\"x\ny\",2\n", [["a", "b"], ["x\ny", "2"]], "a line end in quotes"),
    ("a,b\n\"x\r\ny\",2\n", [["a", "b"], ["x\r\ny", "2"]], "CRLF in quotes"),
    ("a,b\n\"say \"\"hi\"\"\",2\n", [["a", "b"], ["say \"hi\"", "2"]], "quotes in quotes"),
    ("a,b\n\"\"\"\",2\n", [["a", "b"], ["\"", "2"]], "nothing but a quote"),
    ("a,b\n\"\",2\n", [["a", "b"], ["", "2"]], "nothing in quotes"),
    ("a\n\"\"\n", [["a"], [""]], "an empty field in quotes is a line"),
    ("a,b\n\n1,2\n\n\n3,4\n\n", [["a", "b"], ["1", "2"], ["3", "4"]], "blank lines are skipped"),
    ("\u{FEFF}a,b\n1,2\n", [["a", "b"], ["1", "2"]], "a byte order mark"),
    ("a,b\n 1 , 2 \n", [["a", "b"], [" 1 ", " 2 "]], "spaces belong to fields"),
    ("a,b\nx\"y,2\n", [["a", "b"], ["x\"y", "2"]], "a quote inside a bare field"),
    ("ä,β\n日本,2\n", [["ä", "β"], ["日本", "2"]], "any script"),
    ("a,b\n", [["a", "b"]], "a header alone"),
  ])
  func `are read`(text: String, expected: [[String]], why: Comment) throws {
    let table = try Self.read(text)
    #expect([table.header.map(\.text)] + table.rows.map { $0.map(\.text) } == expected, why)
  }

  @Test(arguments: [
    ("¶", "the file is empty; its first line must name the columns"),
    ("¶\n\n", "the file is empty; its first line must name the columns"),
    ("a,b\n1,¶\"2\n3,4\n", "a quoted field does not end; close it with \""),
    ("a,b,¶a\n", "the column \"a\" is named twice"),
    ("a,b\n1,2\n¶1,2,3\n", "the line has 3 fields, the header 2"),
    ("a,b\n\n¶1\n", "the line has 1 fields, the header 2"),
    ("a,b\r\n1,2\r\n¶1\r\n", "the line has 1 fields, the header 2"),
    ("a,b\n\"x\ny\",2\n¶1\n", "the line has 1 fields, the header 2"),
  ])
  func `with a fault say where`(marked: String, words: String) throws {
    let text = Marked(marked)
    let fault = #expect(throws: CSVFault.self) { try Self.read(text.text) }
    #expect(fault?.description == "t.csv:\(text.line):\(text.column): error: \(words)")
  }

  @Test func `that are no text say so`() {
    let fault = #expect(throws: CSVFault.self) { try CSVText(bytes: [0x61, 0xFC, 0x0A], file: "t.csv") }
    #expect(fault?.description == "t.csv:1:1: error: the file is not UTF-8 text")
  }

  @Test func `keep the place of every field`() throws {
    let table = try Self.read("a,b\r\n\"x\"\"y\ny\",22\n3,\"4\"\n")
    #expect(table.header.map(\.position) == [.init(line: 1, column: 1), .init(line: 1, column: 3)])
    #expect(table.rows[0].map(\.position) == [.init(line: 2, column: 1), .init(line: 3, column: 4)])
    #expect(table.rows[1].map(\.position) == [.init(line: 4, column: 1), .init(line: 4, column: 3)])
    #expect(table.column("b") == 1 && table.column("c") == nil)
  }

  @Test func `keep texts and places of a wide row alike by each way to them`() throws {
    let table = try Self.read("a,b,c\n\"x\n\"\"y\",,ä\n")
    #expect(table.rows[0].fields == Array(table.rows[0]))
    #expect(table.rows[0].fields == table.rows[0].indices.map { table.rows[0][$0] })
    #expect(table.rows[0].indices.map(table.rows[0].text) == ["x\n\"y", "", "ä"])
  }

  @Test func `end somewhere`() throws {
    let long = String(repeating: "x", count: CSVText.lineLimit)
    #expect(try Self.read("a\n\(long)\n").rows[0].text(0) == long)
    let fault = #expect(throws: CSVFault.self) { try Self.read("a\n1\n\(long)x\n") }
    #expect(
      fault?.description
        == "t.csv:3:1: error: the line, with those that its quoted fields join, has more than 1 MiB; is a quote left open?"
    )
    let large = [UInt8](repeating: 0x0A, count: CSVText.fileSizeLimit + 1)
    let size = #expect(throws: CSVFault.self) { try CSVText(bytes: large, file: "t.csv") }
    #expect(size?.description == "t.csv:1:1: error: the file has more than 64 MiB; split it")
  }

  @Test func `never crash, whatever the bytes`() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<500 {
      var bytes = Array("a,b,c\n1,\"x,\"\"y\"\"\",3\r\n4,5,6\n".utf8)
      for _ in 0..<3 { damage(&bytes, inserting: ",\"\n\r", using: &random) }
      do { _ = try CSVText(bytes: bytes, file: "t.csv") } catch { #expect(error.position.line >= 1) }
    }
  }
}
