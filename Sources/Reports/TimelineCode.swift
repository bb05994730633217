import Charts

/// A timeline as a page's script reads it: lanes of spans, each three numbers of variable length in base 64.
///
/// Of each span: the nanoseconds between the end of the one before and its start, its duration, and its label times 16
/// plus its category. Seven bits a byte, the lowest first, the eighth set where more follow.
struct TimelineCode {
  let chart: TimelineChart

  /// What the script gets.
  var record: Record {
    let lanes = chart.lanes.map { lane -> Value in
      .record(["name": .text(lane.name), "count": .count(lane.spans.count), "spans": .text(Self.encoded(lane.spans))])
    }
    return ["length_ns": .count(chart.length), "labels": .texts(chart.labels), "lanes": .list(lanes)]
  }

  private static func encoded(_ spans: [TimelineChart.Span]) -> String {
    var bytes: [UInt8] = []
    var end: Int64 = 0
    func append(_ number: Int64) {
      var rest = UInt64(max(0, number))
      while rest >= 0x80 {
        bytes.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    for span in spans {
      append(span.start - end)
      append(span.duration)
      append(Int64(span.label) * 16 + Int64(span.category))
      end = max(end, span.start) + span.duration
    }
    return base64(bytes)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// RFC 4648.
  static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    let alphabet = alphabet
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var word = 0
      for offset in 0..<3 { word = word << 8 | (offset < count ? Int(bytes[start + offset]) : 0) }
      for position in 0..<4 {
        text.append(position > count ? UInt8(ascii: "=") : alphabet[word >> (18 - 6 * position) & 0x3F])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
