import JSONText
import Profiles
import Roofline
import SampleModels
import Simulation
import Synchronization
import TestSupport
import Testing
import Workloads

@testable import Studies

@Suite("A sweep", .tags(.slow)) struct SweepTests {
  /// Two workloads, two accelerators and none, two precisions and two batches, by numbers of all three profiles.
  static func plan(_ seed: UInt64 = 0, latencyKind: LatencyKind = .steadyState) throws -> SweepPlan {
    var random = RandomSource(seed: seed)
    func values(_ low: Double, _ high: Double) -> [SweepAxis.Value] {
      (0..<2).map { _ in .number(low + (high - low) * random.uniform()) }
    }
    var fast = try Sample.accelerator("Matrix")
    fast.name = "fast-gpu"
    var axes = [
      SweepAxis(.workload, [.name("first"), .name("second")]),
      SweepAxis(.accelerator, [.name("sample-gpu"), .name("fast-gpu")]),
      SweepAxis(.precision, [.name("fp32"), .name("fp16")]),
      SweepAxis(.parameter("batch"), [.number(1), .number(7)]),
      SweepAxis(.number("accelerator.memory.bandwidth_gb_per_s"), values(50, 2000)),
      SweepAxis(.number("accelerator.launch.queue_depth"), [.number(3), .number(1024)]),
      SweepAxis(.number("host.single_thread_speed"), values(0.2, 5)),
      SweepAxis(.number("framework.dispatch_us.pointwise"), values(0, 30)),
    ]
    axes.shuffle(using: &random)
    let choices = SweepPlan.Choices(
      workloads: [
        try Samples.workload("first", layers: 5, elements: 300_000),
        try Samples.workload("second", elements: 2_000_000),
      ], accelerators: [try Sample.accelerator(), fast], hosts: [try Sample.host()],
      frameworks: [try Sample.framework()], precisions: [.fp32, .fp16])
    return try SweepPlan(axes: axes, choices: choices, latencyKind: latencyKind)
  }

  /// A point simulated from nothing.
  static func single(_ plan: SweepPlan, _ point: Int) throws -> SweepResult {
    var system = System(
      accelerator: plan.choices.accelerators[0], host: plan.choices.hosts[0], framework: plan.choices.frameworks[0])
    var workload = plan.choices.workloads[0]
    var (precision, batch): (Precision, Int64) = (.fp32, 1)
    for (axis, value) in zip(plan.axes, plan.values(of: point)) {
      guard let place = axis.values.firstIndex(of: value) else { continue }
      switch axis.subject {
      case .workload: workload = plan.choices.workloads[place]
      case .accelerator: system.accelerator = plan.choices.accelerators[place]
      case .precision: precision = plan.choices.precisions[place] ?? .fp32
      case .parameter: if case .number(let number) = value { batch = Int64(number) }
      default: break
      }
    }
    for (axis, value) in zip(plan.axes, plan.values(of: point)) {
      if case .number(let path) = axis.subject, case .number(let number) = value { try system.set(path, to: number) }
    }
    let scenario = Scenario(
      workload: try workload.bind(["batch": batch]), system: system, precision: precision,
      latencyKind: plan.latencyKind)
    let result = try scenario.simulate(with: Simulator(method: .events))
    return SweepResult(result.summary)
  }

  @Test("Every point is what a simulation of its own gives by events, in any order of axes", arguments: 0..<6)
  func points(seed: UInt64) throws {
    let plan = try Self.plan(seed, latencyKind: seed.isMultiple(of: 2) ? .steadyState : .synchronized)
    #expect(plan.count == 256)
    var evaluator = SweepEvaluator(plan)
    let results = try evaluator.results(0..<plan.count)
    for point in stride(from: 0, to: plan.count, by: 3) {
      let expected = try Self.single(plan, point)
      #expect(results[point] == expected, "seed \(seed), \(plan.words(point))")
    }
  }

  @Test("The first axis varies slowest, and each combination comes once")
  func order() throws {
    let plan = try Self.plan()
    let all = (0..<plan.count).map { plan.values(of: $0).map(\.text) }
    #expect(Set(all).count == 256)
    let last = plan.axes.count - 1
    #expect(all[0][last] != all[1][last] && all[0].dropLast() == all[1].dropLast())
    #expect(Set(all[..<128].map { $0[0] }).count == 1 && all[127][0] != all[128][0])
  }

  static func text(_ plan: SweepPlan, _ format: SweepRows.Format, _ threads: Int, _ points: Range<Int>) throws
    -> [UInt8]
  {
    var bytes: [UInt8] = []
    try Sweep(plan, format: format, threads: threads).run(points) { rows, _ in bytes += rows }
    return bytes
  }

  @Test("The bytes are the same on any number of threads", arguments: SweepRows.Format.allCases)
  func threads(format: SweepRows.Format) throws {
    let plan = try Self.plan(1)
    let one = try Self.text(plan, format, 1, 0..<plan.count)
    for threads in [2, 3, 8, 33] {
      let many = try Self.text(plan, format, threads, 0..<plan.count)
      #expect(many == one, "\(threads) threads")
    }
    #expect(one.count { $0 == UInt8(ascii: "\n") } == plan.count)
  }

  @Test("Parts concatenate to the whole, however many there are")
  func shards() throws {
    let plan = try Self.plan(2)
    let whole = try Self.text(plan, .csv, 2, 0..<plan.count)
    for count in [1, 2, 3, 7, 255, 256, 300] {
      var parts: [UInt8] = []
      for shard in 1...count { parts += try Self.text(plan, .csv, 1, plan.points(ofShard: shard, of: count)) }
      #expect(parts == whole, "\(count) parts")
    }
    for (shard, count) in [(0, 3), (4, 3), (1, 0), (-1, 2)] {
      #expect(throws: SweepFault.noSuchShard(shard, of: count)) { try plan.points(ofShard: shard, of: count) }
    }
  }

  @Test("A row of JSON is an object with the axes and the results")
  func jsonLines() throws {
    let plan = try Self.plan(3)
    let text = String(decoding: try Self.text(plan, .jsonl, 1, 0..<4), as: UTF8.self)
    for (point, line) in text.split(separator: "\n").enumerated() {
      let root = try JSONDocument(bytes: Array(line.utf8), file: "row").cursor.object()
      #expect(root.keys == plan.axes.map(\.subject.column) + SweepRows.resultColumns + plan.constantKeys)
      var object = root
      let latency = try object.required("latency_us").number()
      #expect(abs(try Self.single(plan, point).latency.microseconds - latency) < 1e-9)
    }
  }

  @Test("A row is known as its point's, and with any byte changed as nobody's", arguments: SweepRows.Format.allCases)
  func reading(format: SweepRows.Format) throws {
    let plan = try Self.plan(5)
    let rows = SweepRows(plan, format)
    var scratch: [UInt8] = []
    for point in stride(from: 0, to: plan.count, by: 41) {
      let line = try Sweep(plan, format: format).text(point..<(point + 1))
      #expect(rows.mayBe(line[...], rowOf: point, scratch: &scratch))
      #expect(!rows.mayBe(line[...], rowOf: (point + 1) % plan.count, scratch: &scratch))
      for place in line.indices {
        for other in "07x,.\" {\n".utf8 where other != line[place] {
          var changed = line
          changed[place] = other
          // Asked some hundred thousand times: only what is wrong is worth the time of an expectation.
          guard rows.mayBe(changed[...], rowOf: point, scratch: &scratch) else { continue }
          Issue.record("\(String(decoding: changed, as: UTF8.self))")
        }
        if rows.mayBe(line[..<place], rowOf: point, scratch: &scratch) { Issue.record("cut off at \(place)") }
      }
    }
  }

  @Test("A row is known whatever its results are", arguments: SweepRows.Format.allCases)
  func readingResults(format: SweepRows.Format) throws {
    let rows = SweepRows(try Self.plan(5), format)
    var scratch: [UInt8] = []
    for bound in LatencyBound.allCases {
      for (latency, fits) in [(1_234_567, true), (2_000_000, false), (0, true)] {
        var account = Account.zero
        account[bound.categories[0].rawValue] = Int64(latency)
        var result = SweepResult(
          PassSummary(
            latency: Picoseconds(Int64(latency)), deviceBusy: Picoseconds(Int64(latency / 3)), hostBusy: 0,
            account: account))
        result.fits = fits
        var line: [UInt8] = []
        rows.append(3, result, to: &line)
        #expect(rows.mayBe(line[...], rowOf: 3, scratch: &scratch), "\(String(decoding: line, as: UTF8.self))")
      }
    }
  }

  @Test("Stretches are simulated in any order, until no more are wanted")
  func sampling() throws {
    let plan = try Self.plan(1)
    let sweep = Sweep(plan, format: .csv, threads: 2)
    let stretches = [200..<256, 3..<4, 0..<3, 40..<100, 90..<91]
    var seen: [Int] = []
    try sweep.sample(stretches) { stretch, rows in
      let expected = try sweep.text(stretches[stretch])
      #expect(rows == expected)
      seen.append(stretch)
      return stretch < 3
    }
    #expect(seen == [0, 1, 2, 3])
  }

  @Test(
    "Times are exact decimals of microseconds",
    arguments: [
      (0, "0"), (1, "0.000001"), (1_234_567, "1.234567"), (2_000_000, "2"), (1_500_000, "1.5"), (10_000_100, "10.0001"),
    ])
  func microseconds(picoseconds: Int64, text: String) {
    var bytes: [UInt8] = []
    NumberFormat.append(microsecondsOf: picoseconds, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  @Test("A summary has the extremes of all points")
  func summary() throws {
    let plan = try Self.plan(4)
    var evaluator = SweepEvaluator(plan)
    let results = try evaluator.results(0..<plan.count)
    for threads in [1, 3] {
      let summary = try SweepSummary(plan, 0..<plan.count, threads: threads)
      #expect(summary.count == plan.count)
      #expect(summary.shortest?.result.latency == results.map(\.latency).min())
      #expect(summary.longest?.result.latency == results.map(\.latency).max())
      #expect(summary.mostTax?.result.frameworkTaxFraction == results.map(\.frameworkTaxFraction).max())
      #expect(summary.leastTax?.result.frameworkTaxFraction == results.map(\.frameworkTaxFraction).min())
      #expect(summary.bounds.map(\.count).reduce(0, +) == plan.count)
    }
  }

  @Test("A plan that cannot be simulated is refused before it starts")
  func refusals() throws {
    let good = try Self.plan()
    func fault(_ axes: [SweepAxis], _ parameters: [String: Int64] = [:]) -> String {
      let fault = #expect(throws: SweepFault.self) {
        try SweepPlan(axes: axes, choices: good.choices, parameters: parameters)
      }
      return fault?.description ?? ""
    }
    #expect(fault([]).contains("nothing is varied"))
    #expect(fault([good.axes[0], good.axes[0]]).contains("is varied twice"))
    #expect(fault([SweepAxis(.parameter("bacth"), [.number(1)])]).contains("did you mean \"batch\""))
    #expect(fault([SweepAxis(.number("host.core"), [.number(1)])]).contains("did you mean 'host.cores'"))
    let long = SweepAxis(.parameter("batch"), (1...40_000).map { .number(Double($0)) })
    let numbers = ["host.cores", "host.threads", "host.clock_ghz", "host.boost_clock_ghz"].map { path in
      SweepAxis(.number(path), long.values)
    }
    #expect(fault(numbers).contains("more than 10^15 points"))
  }
}
