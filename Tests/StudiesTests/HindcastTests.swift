import JSONText
import Profiles
import TestSupport
import Testing

@testable import Studies

@Suite("Hindcasts") struct HindcastTests {
  static let bandwidth = "accelerator.memory.bandwidth_gb_per_s"

  @Test("A history without scatter is recovered exactly, each line at its own pace, and covered")
  func noiseless() throws {
    let lines = try HistorySamples.noiseless()
    let outcomes = Hindcast(lines).outcomes
    #expect(outcomes.count > 30)
    for outcome in outcomes where outcome.cutoff >= 2012 {
      #expect(abs(outcome.error) < 1e-9, "\(outcome.line) from \(outcome.cutoff)")
    }
    for summary in HindcastSummary.all(outcomes, from: 2012) {
      #expect(summary.halfCoverage == 1 && summary.mostCoverage == 1 && summary.medianError < 1e-9)
      #expect((summary.skill[.lastValue] ?? 0) > 0.99 && (summary.skill[.doubling] ?? 0) > 0.99)
    }
    let trend = try #require(TrendSet(lines).trend(of: Self.bandwidth))
    let forecast = try #require(trend.forecast("fast", at: 2034 + 5.5 / 12))
    #expect(abs(forecast.logarithm - (100.0.logarithm + 26 * 1.5.logarithm)) < 1e-9 && forecast.deviation < 1e-9)
  }

  @Test("What came after a cut-off never changes what is forecast from it")
  func noLookAhead() throws {
    let shipped = try HistorySamples.shipped()
    let early = HardwareLines(
      accelerators: shipped.accelerators.filter { $0.year <= 2021 }, hosts: shipped.hosts.filter { $0.year <= 2021 },
      rules: shipped.rules)
    let wild = HardwareLines(
      accelerators: early.accelerators + [
        HistorySamples.part("nvidia-flagship", "flagship", 2023, 1e6),
        HistorySamples.part("a new line", "flagship", 2022, 3),
      ], hosts: early.hosts, rules: shipped.rules)
    func known(_ lines: HardwareLines) -> [Hindcast.Outcome] { Hindcast(lines).outcomes.filter { $0.year <= 2021 } }
    let (plain, other, all) = (known(early), known(wild), known(shipped))
    #expect(plain.count > 300 && plain.count == other.count && plain.count == all.count)
    for (one, two) in zip(plain, other) + zip(plain, all) {
      #expect(one.forecast == two.forecast && one.half == two.half && one.most == two.most)
    }
  }

  @Test("A line of one part takes the pace of its market, and a band that says so")
  func shortLine() throws {
    let lines = try HistorySamples.shipped()
    let alone = HardwareLines(
      accelerators: lines.accelerators + [HistorySamples.part("newcomer", "flagship", 2025, 1000)], hosts: lines.hosts,
      rules: lines.rules)
    let trend = try #require(TrendSet(alone).trend(of: Self.bandwidth))
    // Both four years beyond their newest part.
    let last = try #require(trend.history(of: "nvidia-flagship")).last.time
    let short = try #require(trend.forecast("newcomer", at: 2025 + 5.5 / 12 + 4))
    let long = try #require(trend.forecast("nvidia-flagship", at: last + 4))
    #expect(short.logarithm > 1500.0.logarithm && short.deviation > long.deviation)
    #expect(trend.forecast("nobody", at: 2029.5) == nil)
    #expect(trend.history(of: "newcomer").flatMap(NaiveForecasts.init) == nil, "two generations are needed to go on")
  }

  @Test("Forecasts run through the newest generation's time without a step, and bands widen with the years")
  func continuity() throws {
    let trend = try #require(TrendSet(try HistorySamples.shipped()).trend(of: Self.bandwidth))
    for line in ["nvidia-flagship", "google-tpu", "intel-consumer"] {
      let last = try #require(trend.history(of: line)).last.time
      let widths = try [0, 1, 3, 10, 50].map { try #require(trend.forecast(line, at: last + $0)).deviation }
      #expect(zip(widths, widths.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test(
    "An announcement moves what is expected towards it, the less the less sure it is, and without scatter not at all")
  func announcements() throws {
    let walk = Announcements.Walk(scatter: 0.04, rateVariance: 0.01, ownVariance: 0.02, expected: { $0 * 0.2 })
    let alone = Announcements([], deviation: 0.2).told(after: 4, walk)
    #expect(abs(alone.logarithm - 0.8) < 1e-12 && abs(alone.variance - (0.04 * 4 + 0.01 * 16 + 0.02)) < 1e-12)
    // After 2 years 0.9 is announced where 0.4 is expected, with a variance of 0.08 + 0.04 + 0.02 + 0.2 squared.
    let told = Announcements([(2, 0.9)], deviation: 0.2).told(after: 4, walk)
    let gain = (0.04 * 2 + 0.01 * 8) / (0.14 + 0.04)
    #expect(abs(told.logarithm - (0.8 + gain * 0.5)) < 1e-12)
    #expect(abs(told.variance - (alone.variance - gain * 0.16)) < 1e-12)
    let vague = Announcements([(2, 0.9)], deviation: 2).told(after: 4, walk)
    #expect(alone.logarithm < vague.logarithm && vague.logarithm < told.logarithm)
    #expect(Announcements([(2, 0.9)], deviation: nil).told(after: 4, walk) == alone)
    let still = Announcements.Walk(scatter: 0, rateVariance: 0, ownVariance: 0, expected: { $0 })
    #expect(Announcements([(2, 9)], deviation: 0.2).told(after: 4, still) == (4, 0))
    // Two announcements, whatever their order is worked through, are one after the other in time.
    let both = Announcements([(1, 0.5), (2, 0.9)], deviation: 0.2).told(after: 2, walk)
    #expect(both.variance < Announcements([(2, 0.9)], deviation: 0.2).told(after: 2, walk).variance)
  }

  @Test("Announced parts move a forecast of today and none of the past")
  func announcedParts() throws {
    let shipped = try HistorySamples.shipped()
    func part(_ bandwidth: Double) -> HistoryPart {
      HistoryPart(
        line: "nvidia-flagship", market: "flagship", name: "to come", released: "2027-06", isAnnounced: true,
        values: [Self.bandwidth: bandwidth])
    }
    let without = HardwareLines(
      accelerators: shipped.accelerators.filter { !$0.isAnnounced }, hosts: shipped.hosts, rules: shipped.rules)
    func lines(_ bandwidth: Double) -> HardwareLines {
      HardwareLines(accelerators: without.accelerators + [part(bandwidth)], hosts: shipped.hosts, rules: shipped.rules)
    }
    func forecast(_ lines: HardwareLines) throws -> PooledTrend.Forecast {
      try #require(TrendSet(lines).trend(of: Self.bandwidth)?.forecast("nvidia-flagship", at: 2028.5))
    }
    let (plain, slow, fast) = try (forecast(without), forecast(lines(5000)), forecast(lines(50_000)))
    #expect(slow.logarithm < plain.logarithm && plain.logarithm < fast.logarithm)
    #expect(slow.deviation < plain.deviation && abs(slow.deviation - fast.deviation) < 1e-12)
    let (one, other) = (Hindcast(without), Hindcast(lines(50_000)))
    #expect(one.scale == other.scale && one.outcomes.map(\.forecast) == other.outcomes.map(\.forecast))
  }

  @Test("Naive forecasters say what they say")
  func naive() throws {
    let parts = [HistorySamples.part("a", "m", 2010, 100), HistorySamples.part("a", "m", 2014, 400)]
    let history = try #require(LineHistory.lines(of: parts, Self.bandwidth).first)
    let said = try #require(NaiveForecasts(history)).all(at: 2018 + 5.5 / 12)
    #expect(abs(said[.lastValue, default: 0].exponential - 400) < 1e-9)
    #expect(abs(said[.doubling, default: 0].exponential - 1600) < 1e-6)
    #expect(abs(said[.lastTwo, default: 0].exponential - 1600) < 1e-6)
  }

  @Test("A summary is that of a hand computation")
  func summary() throws {
    func outcome(_ error: Double, _ naive: Double) -> Hindcast.Outcome {
      Hindcast.Outcome(
        quantity: "q", line: "l", cutoff: 2015, ahead: 2, forecast: error, half: 0.15, most: 0.35, actual: 0,
        naive: [.lastValue: naive])
    }
    let summary = try #require(
      HindcastSummary([outcome(0.1, 0.4), outcome(-0.2, 0.4), outcome(0.4, 0.4), outcome(0, 0.4)]))
    #expect(summary.count == 4 && summary.halfCoverage == 0.5 && summary.mostCoverage == 0.75)
    // Sizes 0, e^0.1 - 1, 1 - e^-0.2, e^0.4 - 1: between the second and the third.
    #expect(abs(summary.medianError - (0.105171 + 0.181269) / 2) < 1e-5)
    #expect(abs(summary.bias - (0.075.exponential - 1)) < 1e-12)
    #expect(abs((summary.skill[.lastValue] ?? 0) - (1 - 0.7 / 1.6)) < 1e-12)
    #expect(HindcastSummary([]) == nil)
  }

  @Test("Bands are scaled by what past errors justify, and by nothing without any")
  func scale() throws {
    let rules = try HistorySamples.rules()
    #expect(BandScale([], rules) == .none)
    let errors = (0..<60).map { _ in BandScale.Error(age: 0, half: 2, most: 2) }
    let scale = BandScale(errors, rules)
    let expected = (2.0.logarithm * 60 / (60 + rules.bandPriorErrors)).exponential
    #expect(abs(scale.half - expected) < 1e-9 && abs(scale.most - expected) < 1e-9)
    let old = BandScale(errors.map { BandScale.Error(age: 30, half: $0.half, most: $0.most) }, rules)
    #expect(old.half < 1.01, "what is long past counts for little")
    #expect(BandScale(half: 1, most: 2).factor(0.7) == 1.5 && BandScale(half: 1, most: 2).factor(0.99) == 2)
  }

  @Test(
    "The shipped history's bands hold what they promise, and its forecasts beat naive ones",
    arguments: [
      "accelerator.memory.bandwidth_gb_per_s", "accelerator.memory.capacity_gb", "accelerator.peak_tflops.fp16",
      "accelerator.peak_tflops.fp32", "host.single_thread_speed",
    ])
  func targets(quantity: String) throws {
    let outcomes = Hindcast(try HistorySamples.shipped()).outcomes.filter {
      $0.quantity == quantity && $0.cutoff >= 2014
    }
    let all = try #require(HindcastSummary(outcomes))
    #expect((0.40...0.62).contains(all.halfCoverage), "\(all.halfCoverage)")
    #expect((0.82...0.97).contains(all.mostCoverage), "\(all.mostCoverage)")
    let later = try #require(HindcastSummary(outcomes.filter { $0.ahead >= 2 }))
    for (naive, skill) in later.skill { #expect(skill > 0, "\(naive.rawValue): \(skill)") }
    if quantity == Self.bandwidth {
      let four = try #require(HindcastSummary(outcomes.filter { $0.ahead == 4 }))
      #expect(four.medianError <= 0.30)
    }
  }
}

private func + <Element>(
  left: Zip2Sequence<[Element], [Element]>, right: Zip2Sequence<[Element], [Element]>
) -> [(Element, Element)] { Array(left) + Array(right) }

@Suite("The history's files") struct HistoryFileTests {
  private static let head = "line,market,name,released,kind,source,memory.bandwidth_gb_per_s,status,announced\n"

  @Test(
    "What is wrong is said once, where it stands",
    arguments: [
      ("line,market,name,kind,source\n", "a column \"released\" is needed"),
      ("line,market,name,released,kind,source,¶memory.bandwith_gb_per_s\n", "memory.bandwidth_gb_per_s"),
      (head + "a,m,P,¶2017,datasheet,x,900,,\n", "released must be a year and a month, as 2017-06"),
      (head + "a,m,P,¶2017-13,datasheet,x,900,,\n", "a year and a month"),
      (head + "a,m,P,2017-06,¶hearsay,x,900,,\n", "kind must be one of measured, datasheet"),
      (head + "a,m,P,2017-06,datasheet,¶,900,,\n", "source must be given"),
      (head + "¶,m,P,2017-06,datasheet,x,900,,\n", "line must be given"),
      (head + "a,m,P,2017-06,datasheet,x,¶-1,,\n", "blank or a number greater than 0"),
      (head + "a,m,P,2017-06,datasheet,x,¶1e300,,\n", "memory.bandwidth_gb_per_s must be"),
      (head + "a,m,¶P,2017-06,datasheet,x,,,\n", "a part with a number of its own"),
      (head + "a,m,P,2017-06,datasheet,x,900,¶soon,\n", "status must be shipping or announced"),
      (head + "a,m,P,2017-06,datasheet,x,900,,¶then\n", "announced must be a year and a month"),
      (head + "a,m,P,2017-06,datasheet,x,900,,\na,m,¶P,2018-06,datasheet,x,900,,\n", "a name of its own"),
      (
        head + "a,m,P,2017-06,datasheet,x,900,,\na,¶n,Q,2018-06,datasheet,x,900,,\n",
        "that of the line's other parts, m"
      ),
    ])
  func faults(_ text: String, _ words: String) throws {
    let marked = Marked(text.contains("¶") ? text : "¶" + text)
    let fault = try #require(
      #expect(throws: CSVFault.self) {
        try HistoryPart.read(CSVText(bytes: marked.bytes, file: "parts.csv"), of: "accelerator")
      })
    #expect(fault.position == JSONPosition(line: marked.line, column: marked.column), "\(fault)")
    #expect(fault.description.contains(words), "\(fault)")
  }

  @Test("Launches cost what they did: within a tenth each year, less than devices differ")
  func launches() throws {
    let file = packageRoot + "/hardware-profiles/history/launches.csv"
    let costs = try HistoryCost.read(CSVText(bytes: readFileBytes(file), file: file))
    let calls = costs.filter { $0.what == "launch_call" && $0.version.hasPrefix("CUDA") }
    let rate = try #require(HistoryCost.yearlyRate(calls))
    #expect(abs(rate) < 0.05, "\(rate)")
    #expect(HistoryCost.yearlyRate(Array(calls.prefix(2))) == nil)
  }

  @Test(
    "What is wrong with a cost is said where it stands",
    arguments: [
      ("l,A,CUDA,¶soon,2,,measured,x", "a year"), ("l,A,CUDA,2017,¶0,,measured,x", "greater than 0"),
      ("l,A,CUDA,2017,2,,¶heard,x", "kind must be one of"), ("l,A,CUDA,2017,2,,measured,¶", "source must be given"),
    ])
  func wrongCost(_ row: String, _ words: String) throws {
    let marked = Marked("what,name,version,year,cost_us,host,kind,source\n" + row + "\n")
    let fault = try #require(
      #expect(throws: CSVFault.self) { try HistoryCost.read(CSVText(bytes: marked.bytes, file: "costs.csv")) })
    #expect(fault.position == JSONPosition(line: marked.line, column: marked.column))
    #expect(fault.description.contains(words), "\(fault)")
  }

  @Test("The shipped files are right: lines of one market each, from 2010 on, of five makers")
  func shipped() throws {
    let lines = try HistorySamples.shipped()
    let makers = Set(lines.accelerators.map { String($0.line.prefix { $0 != "-" }) })
    #expect(makers.isSuperset(of: ["nvidia", "amd", "intel", "google", "amazon"]))
    #expect(lines.years?.lowerBound == 2010 && lines.hosts.count > 40)
    #expect(
      lines.accelerators.contains { $0.isAnnounced }
        && lines.known(at: 2030).accelerators.allSatisfy { !$0.isAnnounced })
  }
}
