import JSONText
import Profiles
import Roofline
import SampleModels
import Simulation
import TestSupport
import Testing
import Workloads

@testable import Studies

@Suite("A projection", .tags(.slow)) struct ProjectionTests {
  /// A part of the sample's kind in a year, with so many times its peaks and bandwidth.
  static func part(_ year: Int, _ factor: Double, _ architecture: String? = nil) throws -> AcceleratorProfile {
    var part = try Sample.accelerator()
    part.name = "part-\(year)"
    part.released = "\(year)-06"
    part.architecture = architecture ?? "architecture of \(year)"
    part.peakTFLOPS[.fp32] = 10 * factor
    part.peakTFLOPS[.fp16] = 20 * factor
    part.memory.bandwidthGBPerS = 500 * factor
    return part
  }

  /// No line of the catalog's history, and how trends are fitted.
  static func lines() throws -> RoadmapLines { RoadmapLines(rules: try HistorySamples.rules()) }

  static func hosts() throws -> [HostProfile] {
    try [(2014, 0.8), (2016, 0.9), (2018, 1.0), (2020, 1.05), (2022, 1.2)].map { year, speed in
      var host = try Sample.host()
      host.name = "host-\(year)"
      host.released = "\(year)-01"
      host.singleThreadSpeed = speed
      return host
    }
  }

  /// Doubling every two years, with a residual or without.
  static func history(noisy: Bool) throws -> HardwareHistory {
    var parts = try [2014, 2016, 2018, 2020, 2022].enumerated().map { index, year in
      try part(year, Double(1 << index) * (noisy && index % 2 == 1 ? 1.3 : 1))
    }
    var next = try part(2026, 100)
    next.isAnnounced = true
    parts += [next, try part(2019, 1), try part(2021, 15, "architecture of 2020")]
    return HardwareHistory(accelerators: parts.shuffled(), hosts: try hosts())
  }

  static func projection(
    noisy: Bool, to year: Int = 2030, band: ErrorBand? = nil, samples: Int = 100, seed: UInt64 = 1, threads: Int? = nil,
    source: Source? = nil
  ) throws -> Projection {
    var history = try history(noisy: noisy)
    if let source {
      let parts = (history.accelerators + history.announced).map { part in
        var part = part
        if part.name == "part-2022" { part.provenance.sources.append(source) }
        return part
      }
      history = HardwareHistory(accelerators: parts, hosts: try hosts())
    }
    let base = System(
      accelerator: history.accelerators.last, host: try Sample.host(), framework: try Sample.framework())
    let scenario = Scenario(
      workload: try Samples.workload(elements: 2_000_000).bind(["batch": 8]), system: base, precision: .fp32)
    return try Projection(
      scenario, roadmap: try Roadmap(history: history, base: base, lines: try Self.lines()), upTo: year,
      errorBand: band, sampleCount: samples,
      seed: seed, threads: threads)
  }

  @Test("The history holds what set a record, the first of each architecture, and nothing announced")
  func generations() throws {
    let history = try Self.history(noisy: false)
    #expect(history.accelerators.map(\.name) == [2014, 2016, 2018, 2020, 2022].map { "part-\($0)" })
    #expect(history.announced.map(\.name) == ["part-2026"])
    var slow = try Sample.host()
    (slow.released, slow.singleThreadSpeed) = ("2023-01", 0.1)
    #expect(
      HardwareHistory(accelerators: [], hosts: try Self.hosts() + [slow]).hosts.map(\.name)
        == [2014, 2016, 2018, 2020, 2022].map { "host-\($0)" })
  }

  @Test("Without residuals the bands are a line, the system of a year is the trend's")
  func noResiduals() throws {
    let projection = try Self.projection(noisy: false)
    let year = try #require(projection.years.last)
    #expect(projection.years.map(\.year) == Array(2023...2030) && year.year == 2030)
    // From the middle of June 2014 to the middle of 2030 it doubles every two years.
    let doublings = (2030.5 - (2014 + 5.5 / 12)) / 2
    let bandwidth = try #require(year.system.accelerator?.memory.bandwidthGBPerS)
    #expect(abs(bandwidth / (500 * (doublings * 2.0.logarithm).exponential) - 1) < 1e-9)
    let peak = try #require(year.system.accelerator?.peakTFLOPS[.fp16])
    #expect(abs(peak / bandwidth - 20.0 / 500) < 1e-9)
    // Hosts have residuals, the device none: it is busy for one time in all samples.
    #expect(year.deviceBusy.ninety.upperBound / year.deviceBusy.ninety.lowerBound < 1 + 1e-6)
    #expect(abs(year.deviceBusy.median - year.onTrend.deviceBusy.seconds) < 1e-9)
  }

  @Test("Bands hold one another, widen with the years, and are those of their seed on any number of threads")
  func bands() throws {
    let projection = try Self.projection(noisy: true, threads: 1)
    for year in projection.years {
      for band in [year.latency, year.deviceBusy, year.taxFraction] {
        #expect(band.ninety.lowerBound <= band.fifty.lowerBound && band.fifty.lowerBound <= band.median)
        #expect(band.median <= band.fifty.upperBound && band.fifty.upperBound <= band.ninety.upperBound)
      }
    }
    let busy = try #require(projection.years.first).deviceBusy.ninety
    #expect(busy.upperBound / busy.lowerBound > 1.2)
    let trend = try #require(projection.roadmap.trend(of: "accelerator.memory.bandwidth_gb_per_s"))
    let widths = [2020.0, 2025, 2030, 2040].map { trend.interval(0.9, at: $0) }.map { $0.upperBound / $0.lowerBound }
    #expect(zip(widths, widths.dropFirst()).allSatisfy { $0 < $1 })
    let again = try Self.projection(noisy: true, threads: 3)
    #expect(again.years.map(\.latency) == projection.years.map(\.latency))
    let other = try Self.projection(noisy: true, seed: 2)
    #expect(other.years.map(\.latency) != projection.years.map(\.latency))
  }

  @Test("The samples of a quantity have the prediction interval of its trend")
  func coverage() throws {
    let history = try Self.history(noisy: true)
    let base = System(
      accelerator: history.accelerators.last, host: try Sample.host(), framework: try Sample.framework())
    let roadmap = try Roadmap(history: history, base: base, lines: try Self.lines())
    let trend = try #require(roadmap.trend(of: "accelerator.memory.bandwidth_gb_per_s"))
    let (half, most) = (trend.interval(0.5, at: 2030), trend.interval(0.9, at: 2030))
    var (inHalf, inMost) = (0, 0)
    let source = RoadmapDraw.Source(roadmap)
    let year = RoadmapYear(roadmap, at: 2030)
    for sample in 0..<4000 {
      var random = RandomSource(seed: 9, stream: UInt64(sample))
      let (numbers, isHeld) = year.values(RoadmapDraw(source, &random))
      let value = try #require(numbers.first { $0.number.path == "accelerator.memory.bandwidth_gb_per_s" }).value
      if half.contains(value) { inHalf += 1 }
      if most.contains(value) { inMost += 1 }
      let peak = try #require(numbers.first { $0.number.path == "accelerator.peak_tflops.fp32" }).value
      if !isHeld {
        #expect(abs(peak / value / (10.0 / 500) - 1) < 1e-9, "surprises of one generation go together")
      }
    }
    #expect(abs(Double(inHalf) / 4000 - 0.5) < 0.03 && abs(Double(inMost) / 4000 - 0.9) < 0.02, "\(inHalf), \(inMost)")
  }

  @Test("A question in time is answered from the past on, for the host's time over the device's as well")
  func questions() throws {
    let projection = try Self.projection(noisy: false)
    let ratios = projection.parts.filter(\.isFitted).map(\.trendPass.hostOverDevice)
    // Devices double every two years and hosts do not.
    #expect(ratios.count == 5 && zip(ratios, ratios.dropFirst()).allSatisfy { $0 < $1 })
    let value = (ratios[1] + ratios[2]) / 2
    let past = projection.answer(YearQuestion(.hostOverDevice, passes: value))
    #expect(past.rises && past.first?.year == 2014 && past.first?.value == ratios[0])
    #expect(past.year(of: 0.5) == 2018 && past.lastShare == 1)
    #expect(!projection.answer(YearQuestion(.hostOverDevice, passes: ratios[0] / 2)).rises)
    let never = projection.answer(YearQuestion(.taxFraction, passes: 1.5))
    #expect(never.rises && never.year(of: 0.05) == nil && never.lastShare == 0)
    // A host that is so much faster needs so much less.
    let year = try #require(projection.years.last)
    let speed = year.system.host.singleThreadSpeed
    #expect(abs(year.trendPass.neededHostSpeed / (speed * year.trendPass.hostOverDevice) - 1) < 1e-12)
    #expect(year.hostOverDevice.median > ratios[4] && year.neededHostSpeed.ninety.lowerBound > 0)
  }

  @Test("A workload grows: in operators, each as it was, and in the work of each")
  func growth() throws {
    func growing(_ operators: Double, _ work: Double) throws -> Projection {
      let text =
        #"{ "schema": "scenario/1", "name": "g", "reason": "r", "workload": { "operators_yearly_factor": "#
        + "\(operators), \"work_yearly_factor\": \(work) } }"
      let growth = try TrendScenario(from: JSONDocument(bytes: Array(text.utf8), file: "g.json")).growth
      let history = try Self.history(noisy: false)
      let base = System(
        accelerator: history.accelerators.last, host: try Sample.host(), framework: try Sample.framework())
      let scenario = Scenario(
        workload: try Samples.workload(elements: 2_000_000).bind(["batch": 8]), system: base, precision: .fp32)
      return try Projection(
        scenario, roadmap: try Roadmap(history: history, base: base, lines: try Self.lines()), upTo: 2028,
        workloads: ProjectedWorkload(growth), errorBand: nil, sampleCount: 30, seed: 1)
    }
    let plain = try #require(try growing(1, 1).years.last)
    let years = 2028.5 - (2022 + 5.5 / 12)
    let more = (1.5.logarithm * years).exponential
    // As many times as many operators, each of the old size: every time is as many times as long.
    let many = try #require(try growing(1.5, 1.5).years.last)
    #expect(abs(many.latency.median / plain.latency.median / more - 1) < 1e-9)
    #expect(abs(many.onTrend.latency.seconds / plain.onTrend.latency.seconds / more - 1) < 1e-6)
    #expect(abs(many.hostOverDevice.median / plain.hostOverDevice.median - 1) < 1e-9)
    let account = many.onTrend.summary.account
    #expect((0..<9).reduce(0) { $0 + account[$1] } == many.onTrend.latency.count)
    // More work in as many operators: the device alone takes longer.
    let large = try #require(try growing(1, 1.5).years.last)
    #expect(
      large.hostOverDevice.median < plain.hostOverDevice.median && large.deviceBusy.median > plain.deviceBusy.median)
    #expect(
      ProjectedWorkload.grown(100, by: 2, years: 3) == 800 && ProjectedWorkload.grown(1, by: 10, years: 90) == 1 << 40)
  }

  @Test("A number that sources disagree on is drawn from all its figures, but for one with a trend of its own")
  func contested() throws {
    // Kernels reach 0.8 of the bandwidth, or 0.4: nine in ten samples have 0.42 to 0.78.
    let source = Source(
      path: "efficiency.memory", kind: .datasheet, from: "a",
      range: SourceRange(0.4...0.8, stated: 0.8, otherFrom: "b"))
    let projection = try Self.projection(noisy: false, to: 2023, samples: 1000, source: source)
    let plain = try Self.projection(noisy: false, to: 2023, samples: 1000)
    let year = try #require(projection.years.last)
    let accelerator = try #require(year.system.accelerator)
    /// Ten passes over 128 MB, each of two microseconds beside the bytes.
    func busy(_ part: AcceleratorProfile, _ share: Double) -> Double {
      10 * (part.efficiency.kernelFixedUS * 1e-6 + 128e6 / (part.memory.bandwidthGBPerS * 1e9 * share))
    }
    #expect(abs(year.onTrend.deviceBusy.seconds / busy(accelerator, 0.8) - 1) < 1e-3)
    #expect(abs(year.deviceBusy.ninety.upperBound / busy(accelerator, 0.42) - 1) < 0.02)
    #expect(abs(year.deviceBusy.ninety.lowerBound / busy(accelerator, 0.78) - 1) < 0.02)
    #expect(abs(year.deviceBusy.median / busy(accelerator, 0.6) - 1) < 0.03)
    // So is that of the part itself, and of no other.
    let parts = projection.parts.filter(\.isFitted)
    let widths = parts.map { $0.latency.ninety.upperBound / $0.latency.ninety.lowerBound }
    #expect(widths.dropLast().allSatisfy { $0 == 1 } && (widths.last ?? 0) > 1.3, "\(widths)")
    let shares = try #require(projection.varianceShares())
    #expect((shares.latency[.sources] ?? 0) > 0.5, "\(shares.latency)")
    #expect(try #require(plain.varianceShares()).latency[.sources] == 0)
    // What the years have of the history is no figure of the part's.
    let bandwidth = Source(
      path: "memory.bandwidth_gb_per_s", kind: .datasheet, from: "a",
      range: SourceRange(4000...16000, stated: 8000, otherFrom: "b"))
    let fitted = try Self.projection(noisy: false, to: 2023, samples: 100, source: bandwidth)
    let ninety = try #require(fitted.years.last).deviceBusy.ninety
    #expect(ninety.upperBound / ninety.lowerBound < 1 + 1e-6)
    let own = try #require(fitted.parts.last { $0.isFitted }).latency.ninety
    #expect(own.upperBound / own.lowerBound > 1.3)
  }

  @Test("The model's own error widens the bands of the regime that it belongs to")
  func modelError() throws {
    let band = ErrorBand(
      quantileLevels: [0, 0.5, 1], hostBound: ErrorBand.Errors(quantiles: [0, 0, 0], rows: 9),
      deviceBound: ErrorBand.Errors(quantiles: [-0.5, 0, 0.5], rows: 9), provenance: Provenance())
    let plain = try #require(try Self.projection(noisy: false).years.last)
    let wide = try #require(try Self.projection(noisy: false, band: band, samples: 800).years.last)
    // Nine in ten of an error uniform from -0.5 to 0.5 lie within 0.45.
    let ratio = wide.deviceBusy.ninety.upperBound / plain.deviceBusy.median
    #expect(abs(ratio.logarithm - 0.45) < 0.05, "\(ratio)")
    #expect(band.error(0.25, .deviceBound) == -0.25 && band.error(1, .deviceBound) == 0.5)
  }

  @Test("A projection that cannot be made says why")
  func refusals() throws {
    let history = try Self.history(noisy: false)
    var base = try Sample.system()
    base.accelerator = nil
    #expect(throws: ProjectionFault.noAccelerator) {
      try Roadmap(history: history, base: base, lines: try Self.lines())
    }
    let few = HardwareHistory(accelerators: Array(history.accelerators.prefix(3)), hosts: try Self.hosts())
    let fault = #expect(throws: ProjectionFault.self) {
      try Roadmap(history: few, base: try Sample.system(), lines: try Self.lines())
    }
    #expect(fault?.description.contains("needs 4 generations, and the history has 3") == true)
    #expect(throws: ProjectionFault.yearOutOfRange(2020, 2022...2072)) {
      try Self.projection(noisy: false, to: 2020)
    }
  }

  @Test("A number that is held does not follow its trend")
  func held() throws {
    let history = try Self.history(noisy: false)
    let base = System(
      accelerator: history.accelerators.last, host: try Sample.host(), framework: try Sample.framework())
    let roadmap = try Roadmap(
      history: history, base: base, lines: try Self.lines(),
      held: ["host.single_thread_speed", "accelerator.memory.bandwidth_gb_per_s"])
    let system = roadmap.system(at: 2040)
    #expect(system.host.singleThreadSpeed == 1 && system.accelerator?.memory.bandwidthGBPerS == 8000)
    #expect(try #require(system.accelerator?.peakTFLOPS[.fp32]) > 10_000)
  }
}
