import JSONText
import TestSupport
import Testing

/// `simulate trace` of recordings with collectives, and of several ranks, as a process.
@Suite("simulate trace of ranks", .tags(.process))
struct TraceRanksTests {
  /// A recording of an A100 with all-reduces from and to some times, microseconds.
  static func recording(
    rank: Int?, _ times: [(Int, Int)], device: String = "NVIDIA A100-SXM4-40GB"
  ) -> String {
    let events = times.enumerated().map { index, time in
      let (start, end) = time
      return
        #"{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":1,"tid":1,"ts":\#(start - 10),"dur":5,"args":{"correlation":\#(index)}},"#
        + #"{"ph":"X","cat":"kernel","name":"ncclDevKernel_AllReduce_Sum_f32_RING_LL","pid":0,"tid":20,"ts":\#(start),"dur":\#(end - start),"args":{"correlation":\#(index),"stream":20,"device":0}}"#
    }
    let info = rank.map { #""distributedInfo": {"rank": \#($0), "world_size": 2}, "# } ?? ""
    return #"{"deviceProperties": [{"id": 0, "name": "\#(device)", "totalGlobalMem": 42285268992, "numSms": 108}], "#
      + info + #""traceEvents": [\#(events.joined(separator: ","))]}"#
  }

  private func run(_ texts: [String], _ arguments: [String] = []) throws -> Command.Result {
    var directory = TemporaryDirectory()
    let paths = texts.enumerated().map { directory.write(Array($1.utf8), to: "rank\($0).json") }
    return try Command.run(["trace"] + paths + arguments)
  }

  private static let two = [
    recording(rank: 0, [(100, 150), (310, 330)]), recording(rank: 1, [(9130, 9150), (9300, 9330)]),
  ]

  @Test func `Two ranks wait for each other, in every format`() throws {
    let json = try run(Self.two, ["--format", "json"])
    #expect(json.status == 0 && json.errors == "", "\(json.errors)")
    let root = try RunJSON(json.output)
    #expect(try root.value("matched_collectives").number() == 2)
    #expect(try root.value("rank_count").number() == 2)
    #expect(
      json.output.contains(#""communication_us": { "transfer": 40, "waiting": 30, "unmatched": 0 }"#), "\(json.output)")
    #expect(
      json.output.contains(#""communication_us": { "transfer": 40, "waiting": 10, "unmatched": 0 }"#), "\(json.output)")
    #expect(json.output.contains(#""drift_us": { "mean": 15, "largest": 30 }"#), "\(json.output)")
    let csv = try run(Self.two, ["--format", "csv"]).output.split(separator: "\n")
    #expect(csv.count == 3 && csv[0].hasPrefix("rank,file,span_us,device_busy_us,collectives,"))
    #expect(csv[2].hasSuffix(",210,50,2,50,40,10,0,15,30,9000"), "\(csv[2])")
    let table = try run(Self.two)
    #expect(table.output.contains("2 collectives in common"), "\(table.output)")
  }

  @Test func `What makes no sense with several recordings is refused`() throws {
    for option in [
      ["--accelerator", "h100-sxm"], ["--device-speed", "2"], ["--timeline", "t.json"], ["--set", "a=1"],
    ] {
      let result = try run(Self.two, option)
      #expect(result.status == 64 && result.output == "")
      #expect(result.errors.contains("\(option[0]) is of one recording, and there are 2"), "\(result.errors)")
    }
    let twice = try Command.shell("simulate trace - - < /etc/hostname")
    #expect(twice.status == 64 && twice.errors.contains("is given twice"), "\(twice.errors)")
  }

  @Test func `Ranks that repeat, and collectives that one lacks, are said`() throws {
    let same = try run([Self.two[0], Self.two[0]])
    #expect(same.status == 0 && same.errors.contains("warning: is of rank 0, as "), "\(same.errors)")
    let less = try run([Self.two[0], Self.recording(rank: 1, [(9130, 9150)])])
    #expect(less.status == 0)
    #expect(
      less.errors.contains("different numbers of 'all_reduce' collectives (2 on rank 0, 1 on rank 1)"), "\(less.errors)"
    )
    let other = try run([Self.two[0], Self.two[1].replacing("world_size\": 2", with: "world_size\": 4")])
    #expect(other.errors.contains("runs of different numbers of ranks (2, 4)"), "\(other.errors)")
    let apart = try run([Self.two[0], Self.recording(rank: 1, [(9130, 9150), (9500, 9520)])])
    #expect(apart.errors.contains("of 2 collectives end on one rank before another begins"), "\(apart.errors)")
    let none = try run([Self.two[0], TraceCommandTests.recording])
    #expect(none.errors.contains("warning: has no collectives"), "\(none.errors)")
  }

  @Test func `Collectives move by the interconnect, and what is not known of it is said`() throws {
    let one = [Self.recording(rank: 0, [(100, 10_100)])]
    let moved = try run(one, ["--accelerator", "nvidia-h100-sxm"])
    #expect(moved.status == 0 && !moved.errors.contains("warning"), "\(moved.errors)")
    #expect(moved.output.contains("collectives by interconnect"))
    #expect(moved.output.contains("communication-bound on the target"))
    let slower = try RunJSON(run(one, ["--interconnect", "pcie-3", "--format", "json"]).output)
    var target = try slower.value("target").object()
    #expect(try target.required("device_busy_us").number() > 20_000)
    let halved = try RunJSON(run(one, ["--set", "interconnect.bandwidth_gb_per_s=150", "--format", "json"]).output)
    var slow = try halved.value("target").object()
    #expect(abs(try slow.required("device_busy_us").number() - 20_000) < 100)
    let unknown = try run(one, ["--accelerator", "google-tpu-v5e", "--format", "json"])
    #expect(unknown.errors.contains("1 of 1 collectives keep their recorded time"), "\(unknown.errors)")
  }

  @Test func `Another interconnect is refused where there are no collectives`() throws {
    for (arguments, option) in [
      (["--interconnect", "pcie-3"], "interconnect"),
      (["--set", "interconnect.bandwidth_gb_per_s=9"], "set interconnect.bandwidth_gb_per_s"),
    ] {
      let result = try run([TraceCommandTests.recording], arguments)
      #expect(result.status == 64)
      #expect(
        result.errors.contains("--\(option) would change nothing: the recording has no collectives"), "\(result.errors)"
      )
    }
  }
}
