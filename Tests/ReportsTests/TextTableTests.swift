import Reports
import Testing

@Suite("A table of texts")
struct TextTableTests {
  static let latencies: TextTable = {
    var table = TextTable(columns: [
      TextTable.Column("workload"),
      TextTable.Column("latency", unit: "ms", alignment: .number, key: "latency_ms"),
      TextTable.Column("tax", alignment: .number, key: "framework_tax_fraction"),
      TextTable.Column("bound"),
    ])
    let bound = TextTable.Cell("framework", style: .yellow)
    table.append(["resnet50", TextTable.Cell("7.25", data: "7.2512"), "42%", bound])
    table.append(["gpt2-large", TextTable.Cell("1,031.5", style: .bold), "5.5%", "memory"])
    table.append(["alexnet", "12", "n/a", ""])
    return table
  }()

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
    var table = TextTable(columns: [TextTable.Column("a"), TextTable.Column("b")])
    table.append(["e\u{301}é", "x"])
    table.append(["abc", "y"])
    #expect(table.text() == "a    b\n───  ─\ne\u{301}é   x\nabc  y\n")
  }

  @Test("A narrow terminal cuts the widest texts, never numbers")
  func narrow() {
    var table = TextTable(columns: [
      TextTable.Column("name"), TextTable.Column("where"), TextTable.Column("ms", alignment: .number),
    ])
    table.append(["bert-base-uncased", "nvidia-v100", "123456789.5"])
    // 17 + 2 + 11 + 2 + 11 = 43 columns; at 36 the longer text gives the seven that are too many.
    #expect(table.text(width: 36).split(separator: "\n").last == "bert-base…  nvidia-v100  123456789.5")
    #expect(table.text(width: 43) == table.text())
    // Texts keep eight characters, so the table stays at 8 + 2 + 8 + 2 + 11 = 31.
    #expect(table.text(width: 10).split(separator: "\n").last == "bert-ba…  nvidia-…  123456789.5")
  }

  @Test("A table without rows, and one without columns, still render")
  func empty() {
    #expect(TextTable(columns: [TextTable.Column("a", alignment: .number)]).text() == "a\n─\n")
    #expect(TextTable(columns: []).text() == "\n\n")
  }

  @Test("What cells and headings say is one line of characters that show themselves, also where styles are")
  func outsideText() {
    var table = TextTable(columns: [TextTable.Column("a\u{7}\nb", unit: "\u{9B}m")])
    table.append([TextTable.Cell("\u{1B}[31mred\r\n\u{2028}\u{202E}", style: .red)])
    let cell = "\\u001b[31mred\\r\\n\\u2028\\u202e"
    #expect(table.text() == "a\\u0007\\nb\n\\u009bm\n\(String(repeating: "─", count: cell.count))\n\(cell)\n")
    #expect(table.text(styled: true).contains("\u{1B}[31m\(cell)\u{1B}[0m"))
    #expect(table.rows[0][0].data.hasPrefix("\u{1B}"), "programs get the text as it is, each format in its own way")
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
    var table = TextTable(columns: [TextTable.Column("k")])
    table.append([TextTable.Cell(text)])
    #expect(table.markdown() == "| k |\n| --- |\n| \(escaped) |\n")
  }

  @Test("Markdown aligns numbers right, joins units to titles and escapes bars")
  func markdown() {
    var table = TextTable(columns: [
      TextTable.Column("a|b"), TextTable.Column("latency", unit: "ms", alignment: .number),
    ])
    table.append([TextTable.Cell("x\ny", style: .bold), "1.5"])
    #expect(table.markdown() == "| a\\|b | latency (ms) |\n| --- | ---: |\n| x\\\\ny | 1.5 |\n")
  }

  @Test("CSV has keys and exact data, unstyled")
  func csv() {
    #expect(
      Self.latencies.csv() == """
        workload,latency_ms,framework_tax_fraction,bound
        resnet50,7.2512,42%,framework
        gpt2-large,"1,031.5",5.5%,memory
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
    var table = TextTable(columns: [TextTable.Column("k"), TextTable.Column("l")])
    table.append([TextTable.Cell(text), "z"])
    #expect(table.csv() == "k,l\n\(field),z\n")
  }

  @Test("A row must have a cell for every column")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      var table = TextTable(columns: [TextTable.Column("a")])
      table.append([])
    }
  }
}
