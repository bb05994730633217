import JSONText
import TestSupport
import Testing

/// What lies in `../shared/traces/more`: small recordings with their right answers, and real ones.
enum RecordedCases {
  static let folder = sharedFolder + "/traces/more"

  /// Whether they are here; says so where they are not.
  static let arePresent: Bool = {
    let isPresent = (try? readFileBytes(folder + "/cases/summary.csv")) != nil
    if !isPresent { print("skipped: ../shared/traces/more is not here") }
    return isPresent
  }()

  /// A line of `summary.csv`; its README says what the columns are.
  struct Row: CustomTestStringConvertible {
    let fields: [String: String]
    subscript(_ column: String) -> String { fields[column] ?? "" }
    var testDescription: String { "\(self["file"]) \(self["arguments"]) \(self["quantity"])" }
  }

  static let rows: [Row] = {
    guard let bytes = try? readFileBytes(folder + "/cases/summary.csv") else { return [] }
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { fields(String($0)) }
    guard !lines.isEmpty else { return [] }
    let header = lines.removeFirst()
    return lines.map { Row(fields: Dictionary(zip(header, $0)) { $1 }) }
  }()

  /// The fields of a line, some of them in quotes.
  private static func fields(_ line: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  static let real = ((try? listFiles(in: folder + "/real", suffix: ".json.gz")) ?? []).map { "\(folder)/real/\($0)" }

  /// Those that a debug build reads in a few seconds; a release build reads all of them.
  static let quick = real.filter { path in
    #if DEBUG
      ((try? readFileBytes(path)) ?? []).count < 200_000
    #else
      true
    #endif
  }
}

/// The recordings of `../shared/traces/more`, through the command.
@Suite(
  "Recordings of every kind", .tags(.fidelity, .process, .slow),
  .enabled("needs ../shared/traces/more") { RecordedCases.arePresent })
struct RecordedCaseTests {
  @Test(arguments: RecordedCases.rows)
  func `give the right answers`(row: RecordedCases.Row) throws {
    let arguments = row["arguments"].split(separator: " ").map(String.init)
    let result = try Command.run(
      ["trace", "\(RecordedCases.folder)/cases/\(row["file"])", "--format", "json"] + arguments)
    #expect(result.status == 0 || result.status == 2, "\(result.errors)")
    if result.status == 2, row["note"].contains("or refuse") { return }
    try #require(result.status == 0, "\(result.errors)")
    guard let right = Double(row["right"]), let tolerance = Double(row["tolerance"]) else {
      #expect(row["file"] == "ort.json" || !result.errors.isEmpty, "where no number is right, something is said")
      return
    }
    let root = try RunJSON(result.output)
    let quantity = row["quantity"]
    let part =
      quantity.hasPrefix("recorded_") ? "recorded" : result.output.contains("\"target\"") ? "target" : "replayed"
    var times = try root.value(part).object()
    let found = try times.required(quantity.hasSuffix("busy_us") ? "device_busy_us" : "span_us").number()
    #expect(abs(found - right) <= tolerance * right, "\(found), not \(right)")
  }

  @Test(arguments: RecordedCases.quick)
  func `replay to what they were`(path: String) throws {
    let result = try Command.run(["trace", path, "--format", "json"])
    try #require(result.status == 0, "\(result.errors)")
    let root = try RunJSON(result.output)
    var (recorded, replayed) = (try root.value("recorded").object(), try root.value("replayed").object())
    let span = try replayed.required("span_us").number() / (try recorded.required("span_us").number())
    let busy = try recorded.required("device_busy_us").number()
    let replayedBusy = try replayed.required("device_busy_us").number()
    #expect(abs(span - 1) <= 0.01, "span x \(span)")
    #expect(abs(replayedBusy - busy) <= 0.005 * busy, "busy \(replayedBusy), not \(busy)")
    #expect(try root.value("replay_misses").boolean() == false)
  }

  @Test func `say that a replay misses, and then nothing of what bounds it`() throws {
    // Two kernels of one lane in an order that cannot be, so that the replay takes longer.
    var directory = TemporaryDirectory()
    let path = directory.write(Array(Self.impossible.utf8), to: "t.json")
    let json = try Command.run(["trace", path, "--format", "json"])
    #expect(json.status == 0 && json.errors.contains("warning: the replay misses the recording"), "\(json.errors)")
    #expect(json.output.contains("\"replay_misses\": true") && json.output.contains("\"bound\": null"))
    let text = try Command.run(["trace", path]).output
    #expect(text.contains("what bounds the run, and what would help, cannot be told"))
    #expect(!text.contains("-bound") && !text.contains("what would help most"))
  }

  @Test func `say that most of a run is waiting for nobody knows what`() throws {
    // Twenty kernels as usual, and one that begins 5 ms after its launch on an idle stream.
    var events: [String] = []
    for place in 0..<21 {
      let (call, kernel) = (place * 50, place == 20 ? 6000 : place * 50 + 8)
      events += [
        #"{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":1,"tid":1,"ts":\#(call),"dur":5,"args":{"correlation":\#(place + 1)}}"#,
        #"{"ph":"X","cat":"kernel","name":"k","pid":0,"tid":7,"ts":\#(kernel),"dur":10,"args":{"correlation":\#(place + 1),"stream":7,"device":0}}"#,
      ]
    }
    var directory = TemporaryDirectory()
    let text = "{\"traceEvents\": [" + events.joined(separator: ",") + "]}"
    let path = directory.write(Array(text.utf8), to: "t.json")
    let json = try Command.run(["trace", path, "--format", "json"])
    #expect(json.status == 0 && json.errors.contains("later than anything recorded tells"), "\(json.errors)")
    #expect(json.errors.contains("what bounds the run cannot be told") && json.output.contains("\"bound\": null"))
    let root = try RunJSON(json.output)
    #expect((4900...5000).contains(try root.value("unexplained_wait_us").number()))
    #expect(try root.value("replay_misses").boolean() == false)
  }

  /// A kernel that begins long before the call that launched it.
  private static let impossible =
    #"{"traceEvents": [{"ph":"X","cat":"kernel","name":"k","pid":0,"tid":7,"ts":0,"dur":100,"args":{"correlation":1,"stream":7,"device":0}},"#
    + #"{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":1,"tid":1,"ts":1000,"dur":5,"args":{"correlation":1}}]}"#
}
