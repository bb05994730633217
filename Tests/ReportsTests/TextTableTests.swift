import Reports
import Roofline
import Testing

@Suite("A table of texts")
struct TextTableTests {
  static let latencies = Table(
    fields: [
      Field("workload"), Field("latency", unit: "ms", key: "latency_ms", .plain),
      Field("tax", key: "framework_tax_fraction", .plain), Field("bound"),
    ],
    [
      ["resnet50", .number(7.2512, shown: "7.25"), "42%", .text("framework", .yellow)],
      ["gpt2-large", .number(1031.5, .bold, shown: "1,031.5"), "5.5%", "memory"],
      ["alexnet", .number(12), "n/a", ""],
    ])

  static func table(_ titles: [String], _ rows: [[Cell]]) -> Table { Table(fields: titles.map { Field($0) }, rows) }

  @Test("Texts stand left, numbers on their point, units under titles, and no space trails")
  func plainText() {
    // What is no number stands on the right.
    #expect(
      Self.latencies.text() == """
        workload     latency    tax  bound
                          ms
        ──────────  ────────  ─────  ─────────
        resnet50        7.25  42%    framework
        gpt2-large  1,031.5    5.5%  memory
        alexnet        12       n/a

        """)
  }

  @Test("Styles add escape sequences around texts and change no column")
  func styledText() {
    let styled = Self.latencies.text(styled: true)
    #expect(styled.contains("\u{1B}[1m1,031.5\u{1B}[0m"))
    #expect(styled.contains("\u{1B}[33mframework\u{1B}[0m\n"))
    #expect(styled.contains("\u{1B}[1mworkload\u{1B}[0m"))
    #expect(styled.contains("\u{1B}[2mms\u{1B}[0m"))
    var stripped = ""
    for (index, piece) in styled.split(separator: "\u{1B}[", omittingEmptySubsequences: false).enumerated() {
      stripped += index == 0 ? piece : piece.drop { $0 != "m" }.dropFirst()
    }
    #expect(stripped == Self.latencies.text())
  }

  @Test("No line trails a space, whatever is empty", arguments: [nil, 20, 30] as [Int?])
  func noTrailingSpaces(width: Int?) {
    for line in Self.latencies.text(width: width).split(separator: "\n") { #expect(line.last != " ") }
  }

  @Test("Characters count as people see them, not as bytes or scalars")
  func displayWidth() {
    let table = Self.table(["a", "b"], [["e\u{301}é", "x"], ["abc", "y"]])
    #expect(table.text() == "a    b\n───  ─\ne\u{301}é   x\nabc  y\n")
  }

  @Test("A narrow terminal cuts the texts of a table that may be cut, the first of a row last, never numbers")
  func narrow() {
    let table = Table(
      fields: [Field("name"), Field("where"), Field("ms", .plain)],
      [["bert-base-uncased-with-a-long-name-of-its-own", "nvidia-v100-sxm2-16gb-x", "123456789.5"]]
    ).cut
    // 45 + 2 + 23 + 2 + 11 = 83 columns; the text behind the first gives three, and the first five, before its 40.
    #expect(table.text(width: 83) == table.text())
    #expect(table.text(width: 81).split(separator: "\n").last?.contains("nvidia-v100-sxm2-16g…") == true)
    let line = table.text(width: 75).split(separator: "\n").last ?? ""
    #expect(line == "bert-base-uncased-with-a-long-name-of-i…  nvidia-v100-sxm2-16…  123456789.5")
    // The first keeps 24 characters, the other 20: 24 + 2 + 20 + 2 + 11 = 59. Below, each row is a block.
    #expect(table.text(width: 59).split(separator: "\n").last?.hasPrefix("bert-base-uncased-with-…  nvidia") == true)
    #expect(table.text(width: 58).hasPrefix("name   bert-base-uncased-with-a-long-name-of-its-own\nwhere  nvidia"))
  }

  @Test("A table without rows, and one without columns, still render")
  func empty() {
    #expect(Table(fields: [Field("a", .plain)], []).text() == "a\n─\n")
    #expect(Table(fields: [], []).text() == "\n\n")
  }

  @Test("What cells and headings say is one line of characters that show themselves, also where styles are")
  func outsideText() {
    let outside = "\u{1B}[31mred\r\n\u{2028}\u{202E}"
    let table = Table(fields: [Field("a\u{7}\nb", unit: "\u{9B}m")], [[.text(outside, .red)]])
    let cell = "\\u001b[31mred\\r\\n\\u2028\\u202e"
    #expect(table.text() == "a\\u0007\\nb\n\\u009bm\n\(String(repeating: "─", count: cell.count))\n\(cell)\n")
    #expect(table.text(styled: true).contains("\u{1B}[31m\(cell)\u{1B}[0m"))
    // Programs get the text as it is, each format in its own way.
    #expect(table.csv().hasSuffix("\n\"\\u001b[31mred\n\\u2028\\u202e\"\n"))
    #expect(table.jsonLines().hasSuffix(":\"\\u001b[31mred\\r\\n\\u2028\\u202e\"}\n"))
  }

  @Test("The last gate before a terminal lets line feeds, tabs and our own styles pass, and nothing else")
  func guarded() {
    let styled = TextStyle.bold.applied(to: "a\tb") + "\n"
    #expect(TextStyle.guarded(styled) == styled)
    #expect(TextStyle.guarded("\u{1B}]0;t\u{7}x\u{1B}[2J\r") == "\\u001b]0;t\\u0007x\\u001b[2J\\r")
    #expect(TextStyle.guarded("\u{1B}") == "\\u001b" && TextStyle.guarded("") == "")
  }

  @Test(
    "Markdown is never markup",
    arguments: [
      ("<script>a&b</script>", "&lt;script&gt;a&amp;b&lt;/script&gt;"), ("`x`", "\\`x\\`"), ("[a](b)", "\\[a\\](b)"),
      ("a|b\nc", "a\\|b\\\\nc"), ("sequence_length", "sequence_length"), ("_a_", "\\_a\\_"), ("*a*", "\\*a\\*"),
      ("~~a~~", "\\~\\~a\\~\\~"), ("aten::add.Tensor", "aten::add.Tensor"),
    ])
  func markdownMarkup(text: String, escaped: String) {
    let table = Self.table(["k"], [[.text(text)]])
    #expect(table.markdown() == "| k |\n| --- |\n| \(escaped) |\n")
  }

  @Test("Markdown aligns numbers right, joins units to titles and escapes bars")
  func markdown() {
    let table = Table(
      fields: [Field("a|b"), Field("latency", unit: "ms", .plain)], [[.text("x\ny", .bold), .number(1.5)]])
    #expect(table.markdown() == "| a\\|b | latency (ms) |\n| --- | ---: |\n| x\\\\ny | 1.5 |\n")
  }

  @Test("CSV has keys and exact data, unstyled")
  func csv() {
    #expect(
      Self.latencies.csv() == """
        workload,latency_ms,framework_tax_fraction,bound
        resnet50,7.2512,42%,framework
        gpt2-large,1031.5,5.5%,memory
        alexnet,12,n/a,

        """)
  }

  @Test(
    "A CSV field is quoted where it must be",
    arguments: [
      ("plain", "plain"), ("with space", "with space"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
      ("two\nlines", "\"two\nlines\""), ("two\r\nlines", "\"two\nlines\""), ("", ""),
      ("=1+1", "=1+1"), ("@x", "@x"), ("\u{1B}[31m\u{202E}x\ty", "\\u001b[31m\\u202ex\ty"),
    ])
  func csvQuoting(text: String, field: String) {
    let table = Self.table(["k", "l"], [[.text(text), "z"]])
    #expect(table.csv() == "k,l\n\(field),z\n")
  }

  @Test("A row must have a cell for every column")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      _ = Table(fields: [Field("a")], [[]])
    }
  }
}

@Suite("A number of a report")
struct ReportNumberTests {
  @Test("That is none is missing in every format for programs", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(_ number: Double) {
    let columns = [
      Column<Double>("full", .plain) { .number($0) }, Column("six", .plain) { Cell(.decimal($0)) },
    ]
    let table = Table([number], columns)
    #expect(table.csv() == "full,six\n,\n")
    #expect(table.jsonLines() == "{\"full\":null,\"six\":null}\n")
  }
}
