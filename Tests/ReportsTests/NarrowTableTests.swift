import Reports
import TestSupport
import Testing

/// What becomes of a table that a terminal is too narrow for.
@Suite("A table on a narrow terminal")
struct NarrowTableTests {
  private static let table = Table(
    fields: [
      Field("name"), Field("device busy", unit: "ms", .plain, rank: .supporting), Field("latency", unit: "ms", .plain),
      Field("year", .plain, rank: .incidental), Field("waits for", rank: .incidental),
    ],
    [
      ["bert-base", .number(1.5), .number(20.25), .count(2022), "framework"],
      ["resnet50", .number(10), .number(300), .count(2024), "memory"],
    ])

  @Test("breaks headings between words, before anything is left out")
  func headings() {
    // 9 + 11 + 7 + 4 + 9 and four gaps of two are 48 columns; "device busy" broken gives five.
    #expect(Self.table.text(width: 48) == Self.table.text())
    #expect(
      Self.table.text(width: 43) == """
                   device
        name         busy  latency  year  waits for
                       ms       ms
        ─────────  ──────  ───────  ────  ─────────
        bert-base     1.5    20.25  2022  framework
        resnet50     10     300     2024  memory

        """)
  }

  @Test("leaves the last of the highest rank out first, and says so; the essential never")
  func ranks() {
    func named(_ width: Int) -> String? {
      Self.table.text(width: width).split(separator: "\n").last { $0.hasPrefix("no room for: ") }.map(String.init)
    }
    #expect(named(43) == nil)
    #expect(named(42) == "no room for: waits for")
    #expect(named(31) == "no room for: year, waits for")
    #expect(named(25) == "no room for: device busy,", "and the rest on the next line")
    #expect(Self.table.text(width: 25).contains("bert-base    20.25\n"))
  }

  @Test("becomes a block for each row where the essential does not fit, and then has everything")
  func blocks() {
    // Name and latency are 9 + 2 + 7 columns.
    #expect(Self.table.text(width: 18).contains("name         latency\n") == false)
    #expect(Self.table.text(width: 18).hasPrefix("name       latency\n"))
    #expect(
      Self.table.text(width: 17).split(separator: "\n", omittingEmptySubsequences: false).prefix(8) == [
        "name", "  bert-base", "device busy (ms)", "  1.5", "latency (ms)", "  20.25", "year", "  2022",
      ])
    let wide = Table(
      fields: [Field("a long first heading"), Field("b", unit: "ms", .plain)],
      [["some words of text", .number(1)], ["x", .number(2)]])
    #expect(
      wide.text(width: 34).contains("─") == false
        || wide.text(width: 34).split(separator: "\n").allSatisfy { $0.count <= 34 })
  }

  @Test("States once what all rows have, where there are several, and says nothing of it else")
  func stated() {
    let fields = [
      Field("name"), Field("bound", isStatedOnce: true), Field("power", unit: "W", .plain, isStatedOnce: true),
    ]
    let two = Table(fields: fields, [["a", "memory", .number(5)], ["b", "memory", .number(6)]])
    #expect(two.text().hasPrefix("all: bound memory\nname  power\n          W\n"))
    let one = Table(fields: fields, [["a", "memory", .number(5)]])
    #expect(one.text().hasPrefix("name  bound   power\n"))
    // Programs, and Markdown, have every column.
    #expect(two.csv().hasPrefix("name,bound,power\n") && two.markdown().hasPrefix("| name | bound | power (W) |\n"))
  }

  @Test("shows bars where their whole heading has room")
  func bars() {
    let bars = TableBars(title: "tax, 0 to 100 %", values: [0.5, 1], most: 1)
    let own = Self.table.text().split(separator: "\n").map(\.count).max() ?? 0
    #expect(!Self.table.text(width: own + 16, bars: bars).contains("█"))
    #expect(Self.table.text(width: own + 17, bars: bars).contains("tax, 0 to 100 %"))
    #expect(Self.table.text(width: own + 17, bars: bars).contains("█"))
  }

  @Test("Whatever the table: no line is wider, no heading is cut, and no number is another's", arguments: 0..<60)
  func law(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    func text(_ longest: Int, _ generator: inout SeededGenerator) -> String {
      let words = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        String(
          repeating: "abcdefghij".randomElement(using: &generator) ?? "x",
          count: .random(in: 1...longest, using: &generator))
      }
      return words.joined(separator: " ")
    }
    let fields = (0..<Int.random(in: 1...9, using: &generator)).map { index in
      Field(
        text(8, &generator), unit: Bool.random(using: &generator) ? "ms, b1" : nil, key: "k\(index)",
        Bool.random(using: &generator) ? .text : .fixed(2),
        rank: [.essential, .supporting, .incidental].randomElement(using: &generator) ?? .essential)
    }
    let rows = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
      fields.map { field in
        field.display == .text
          ? Cell.text(text(12, &generator)) : .number(Double.random(in: 0...1e6, using: &generator))
      }
    }
    let table = Bool.random(using: &generator) ? Table(fields: fields, rows) : Table(fields: fields, rows).cut
    let whole = table.text()
    let numbers = Set(whole.split { " \n".contains($0) }.filter { $0.first?.isNumber == true && $0.contains(".") })
    for width in [30, 40, 60, 80, 100, 140] {
      let shown = table.text(width: width)
      let lines = shown.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= width }, "\(width)\n\(shown)")
      #expect(lines.allSatisfy { $0.last != " " })
      let found = Set(shown.split { " \n".contains($0) }.filter { $0.first?.isNumber == true && $0.contains(".") })
      #expect(found.isSubset(of: numbers))
      if !shown.contains("no room for: ") { #expect(found == numbers, "\(width)\n\(shown)") }
      // Every heading stands there in whole words: over its column, as a label, or among what has no room.
      for field in fields {
        for word in field.title.split(separator: " ") { #expect(shown.contains(word), "\(width): \(word)\n\(shown)") }
      }
    }
  }
}
