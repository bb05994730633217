import Charts
import Roofline
import Testing

@testable import Reports
@testable import Simulation

struct PageTests {
  @Test("A page holds hostile names as text only")
  func names() {
    let name = "</script></template><img src=x onerror=alert(1)>"
    let page = HTMLPage(
      finding: name, number: name, numberMeaning: name, introduction: "",
      sections: [.init(identifier: "a", heading: name, body: "")], data: ["name": .text(name)], command: name)
    #expect(!page.html.contains("<img"))
    #expect(page.html.split(separator: "</script>").count - 1 == 2, "the two scripts that are the page's own")
  }

  @Test("A table in HTML and as lines of JSON says what the table says")
  func tables() {
    let table = Table(
      fields: [Field("a<b"), Field("time", unit: "ms", key: "time_ms", .fixed(1))],
      [["x & \"y\"", .number(1.25)], ["z", .number(nil)]])
    let html = table.html(caption: "c")
    #expect(
      html.contains("a&lt;b") && html.contains("x &amp; &quot;y&quot;") && html.contains("<td class=\"n\">1.2</td>"))
    #expect(
      table.jsonLines() == """
        {"a<b":"x & \\"y\\"","time_ms":1.25}
        {"a<b":"z","time_ms":null}

        """)
  }

  @Test(
    "Base 64 is that of RFC 4648",
    arguments: zip(["", "f", "fo", "foo", "foob"], ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]))
  func base64(text: String, code: String) {
    #expect(TimelineCode.base64(Array(text.utf8)) == code)
  }
}

struct TerminalPictureTests {
  @Test("A bar is as long as its share, in eighths of a character")
  func bars() {
    #expect(TableBars.bar(0.5, width: 4) == "██")
    #expect(TableBars.bar(1, width: 3) == "███")
    #expect(TableBars.bar(0.125, width: 1) == "▏")
    #expect(TableBars.bar(0, width: 9).isEmpty && TableBars.bar(.nan, width: 9).isEmpty)
    #expect(TableBars.sparkline([0, 0.5, 1], most: 1) == "▁▅█")
  }

  @Test("Bars fill what the terminal leaves free, and leave no room, no bars")
  func width() {
    let table = Table(fields: [Field("name")], [["one"], ["two"]])
    let bars = TableBars(title: "share", values: [1, 0.5])
    #expect(table.text(width: 16, bars: bars) == "name  share\n────  ──────────\none   ██████████\ntwo   █████\n")
    #expect(table.text(width: 8, bars: bars) == table.text())
  }

  @Test("ASCII keeps every column where it is")
  func ascii() {
    let text = "─── ▁▅█ ██▌ 1.2 µs…"
    #expect(asciiText(text).count == text.count && asciiText(text).allSatisfy(\.isASCII))
    #expect(asciiText(text) == "--- _+# ##= 1.2 us~")
  }
}

struct ChromeTraceTests {
  /// Two launches, each followed by its kernel; times in picoseconds.
  private var timeline: Timeline {
    var timeline = Timeline()
    timeline.labels = ["k"]
    timeline.work = [KernelWork(flops: 2e6, bytes: 1e6)]
    func span(
      _ lane: TimelineLane, _ start: Picoseconds, _ end: Picoseconds, _ correlation: Int, _ category: CostCategory
    ) {
      timeline.spans.append(
        TimelineSpan(
          lane: lane, start: start, end: end, label: 0, correlation: correlation, category: category,
          cost: lane == .host ? -1 : 0))
    }
    span(.host, 0, 1_000_000, 1, .launch)
    span(.host, 1_000_000, 2_000_000, 2, .launch)
    span(.stream(0), 1_500_000, 3_500_000, 1, .compute)
    span(.stream(0), 3_500_000, 4_500_000, 2, .compute)
    return timeline
  }

  @Test("The Chrome trace has names, arrows both ways and counters")
  func trace() {
    var bytes: [UInt8] = []
    ChromeTrace(timeline: timeline).write { bytes += $0 }
    let json = String(decoding: bytes, as: UTF8.self)
    for part in [
      "\"process_name\"", "\"thread_name\"", "\"ph\":\"s\"", "\"ph\":\"f\"", "\"bp\":\"e\"", "\"queue depth\"",
      "\"TFLOP/s\":1", "\"GB/s\":1000",
    ] { #expect(json.contains(part), "\(part)") }
  }
}
