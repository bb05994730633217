import Kernels
import Profiles
import Roofline
import SampleModels
import Testing
import Workloads

@testable import Simulation
@testable import Studies

@Suite("Which case a latency is, and how sure it is") struct LatencyAnswerTests {
  private static let text = """
    { "schema": "workload/1", "name": "two", "parameters": { "batch": 1 }, "program": [ { "repeat": 20, "program": [
      { "operator": "aten::linear", "inputs": [["batch", 256], [256, 256]], "outputs": [["batch", 256]] },
      { "operator": "aten::relu", "inputs": [["batch", 256]], "outputs": [["batch", 256]] } ] } ] }
    """

  private func scenario(
    batch: Int64, _ kind: LatencyKind = .steadyState, mode: FrameworkMode = .eager,
    change: (inout System) -> Void = { _ in }
  ) throws -> Scenario {
    var system = try Sample.system()
    system.framework.mode = mode
    change(&system)
    return Scenario(
      workload: try Workload(bytes: Array(Self.text.utf8), file: "two.json").bind(["batch": batch]), system: system,
      precision: .fp32, latencyKind: kind)
  }

  /// Host-bound from -10 to 20 %, device-bound half to double, near the knee a quarter off.
  private static let band = ErrorBand(
    quantileLevels: [0, 0.05, 0.95, 1],
    hostBound: ErrorBand.Errors(quantiles: [-1, 0.9.logarithm, 1.2.logarithm, 1], rows: 9),
    deviceBound: ErrorBand.Errors(quantiles: [-1, 0.5.logarithm, 2.0.logarithm, 1], rows: 9),
    nearKnee: ErrorBand.Errors(quantiles: [-1, 0.75.logarithm, 1.25.logarithm, 1], rows: 9), provenance: Provenance())

  private func answer(_ scenario: Scenario) throws -> LatencyAnswer {
    let plan = scenario.plan()
    let costs = scenario.price(plan)
    let result = try scenario.simulate(plan, costs)
    return LatencyAnswer(
      scenario, result, errors: Self.band, sensitivities: try scenario.influences(plan, costs, result.timing))
  }

  @Test("Where sources disagree on a number, the band holds the latencies of all its figures")
  func figures() throws {
    let exact = ErrorBand(
      quantileLevels: [0, 1], hostBound: ErrorBand.Errors(quantiles: [0, 0], rows: 1),
      deviceBound: ErrorBand.Errors(quantiles: [0, 0], rows: 1), provenance: Provenance())
    func spread(_ path: String, _ figures: ClosedRange<Double>, stated: Double) throws -> FigureSpread? {
      let scenario = Scenario(
        workload: try Samples.workload(elements: 1 << 30).bind(["batch": 1]),
        system: try {
          var system = try Sample.system()
          system.accelerator?.provenance.sources.append(
            Source(
              path: path, kind: .datasheet, from: "a sheet",
              range: SourceRange(figures, stated: stated, otherFrom: "another")))
          return system
        }(), precision: .fp32)
      return FigureSpread(scenario, scenario.plan())
    }
    let bandwidth = try #require(try spread("memory.bandwidth_gb_per_s", 250...500, stated: 500))
    // The middles of 32 parts from 250 to 500 GB/s: a pass takes 500 / 496.09 to 500 / 253.91 of the stated time.
    #expect(bandwidth.ratios.count == 32 && bandwidth.numberCount == 1)
    #expect(abs((bandwidth.ratios.first ?? 0) - 500 / 496.09375) < 2e-4)
    #expect(abs((bandwidth.ratios.last ?? 0) - 500 / 253.90625) < 2e-4)
    // Nine in ten: without the first and the last of twenty, which are one part and a half.
    let band = bandwidth.logarithms(0.9, exact, .deviceBound)
    #expect(abs(band.lowerBound - (500 / 488.28125).logarithm) < 2e-4, "\(band)")
    #expect(abs(band.upperBound - (500 / 261.71875).logarithm) < 2e-4, "\(band)")
    // With the model's own error, which is independent of the figures, it is wider than either.
    let both = bandwidth.logarithms(0.9, Self.band, .deviceBound)
    #expect(both.lowerBound > 0.5.logarithm && both.upperBound > 2.0.logarithm, "\(both)")
    #expect(try spread("memory.capacity_gb", 8...16, stated: 16) == nil, "a number that no latency depends on")
  }

  @Test("The band is the latency times the errors of its regime, and the strongest number is of its side")
  func regimes() throws {
    for (batch, regime, low, high) in [(1, LatencyRegime.hostBound, 0.9, 1.2), (1 << 20, .deviceBound, 0.5, 2.0)] {
      for kind in LatencyKind.allCases {
        let answer = try answer(scenario(batch: Int64(batch), kind))
        #expect(answer.regime == regime)
        let band = try #require(answer.band)
        #expect(abs(band.low.fraction(of: answer.summary.latency) - low) < 1e-6)
        #expect(abs(band.high.fraction(of: answer.summary.latency) - high) < 1e-6)
        let path = try #require(answer.strongest?.path)
        #expect(path.hasPrefix("accelerator.") == (regime == .deviceBound), "\(path)")
        #expect(!path.contains("efficiency"))
      }
    }
  }

  @Test("A graph moves the host's side away; a processor alone has its kernels on the device's side")
  func otherSystems() throws {
    let graph = try answer(scenario(batch: 1 << 20, mode: .graph))
    #expect(graph.regime == .deviceBound && graph.load.host < graph.load.device)
    let alone = try answer(scenario(batch: 1 << 16) { $0.accelerator = nil })
    #expect(alone.regime == .deviceBound && alone.load.host + alone.load.device == alone.summary.latency)
  }

  @Test("Near the knee the sides differ by a quarter at most")
  func nearKnee() throws {
    let base = try answer(scenario(batch: 1))
    let ratio = base.load.ratio
    let near = try answer(scenario(batch: 1) { $0.host.singleThreadSpeed *= ratio })
    #expect(near.regime == .nearKnee && near.load.ratio < LatencyRegime.nearKneeRatio, "\(near.load)")
    let beyond = try answer(scenario(batch: 1) { $0.host.singleThreadSpeed *= ratio / 1.4 })
    #expect(beyond.regime == .hostBound)
  }

  @Test("Numbers that matter are counted, and those of them that are assumed")
  func assumed() throws {
    func source(_ kind: SourceKind) -> (inout System) -> Void {
      { system in
        var provenance = Provenance()
        provenance.sources = ["single_thread_speed"].map { Source(path: $0, kind: kind, from: "a test") }
        system.host.provenance = provenance
      }
    }
    let measured = try answer(scenario(batch: 1, change: source(.measured)))
    let assumed = try answer(scenario(batch: 1, change: source(.assumed)))
    let unsourced = try answer(scenario(batch: 1) { $0.host.provenance = Provenance() })
    let matter = try #require(measured.numbersThatMatter)
    #expect(matter > 1 && assumed.numbersThatMatter == matter)
    let known = try #require(measured.assumedNumbers)
    #expect(assumed.assumedNumbers == known + 1 && unsourced.assumedNumbers == known + 1)
    var changed = try scenario(batch: 1, change: source(.measured))
    try changed.system.set("host.single_thread_speed", to: 1)
    #expect(try answer(changed).assumedNumbers == known + 1, "what a user sets is assumed")
  }

  @Test("What a number is called to matter: a fiftieth of its change")
  func threshold() {
    func matters(_ more: Double, _ less: Double) -> Bool {
      Sensitivity(path: "host.cores", elasticity: more, elasticityOfLess: less).matters
    }
    #expect(matters(0.02, 0) && matters(0, -0.02) && !matters(0.0199, -0.0199))
  }

  @Test("Influences are the sensitivities of an increase, for random systems", arguments: 0..<4)
  func influences(part: UInt64) throws {
    for seed in part * 6..<(part + 1) * 6 {
      let scenario = try SensitivityTests.scenario(seed: seed)
      let plan = scenario.plan()
      let costs = scenario.price(plan)
      let timing = try scenario.simulate(plan, costs).timing
      let found = try #require(try scenario.influences(plan, costs, timing))
      let all = try scenario.sensitivities(plan)
      let expected = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0.elasticity) })
      for one in found { #expect(one.elasticity == expected[one.path], "seed \(seed), \(one.path)") }
      // Only what a tie brings in may be missing: numbers of a path that is as long and of which the critical one has none.
      let missing = all.filter { one in one.elasticity != 0 && !found.contains { $0.path == one.path } }
      #expect(missing.filter { !$0.isKink }.isEmpty, "seed \(seed): \(missing)")
    }
  }

  @Test("What would take a multiple of the pass's own simulation is left out")
  func tooLong() throws {
    var long = try scenario(batch: 1, .synchronized)
    let text = Self.text.replacing("\"repeat\": 20", with: "\"repeat\": 900000")
    long.workload = try Workload(bytes: Array(text.utf8), file: "long.json").bind()
    var wide = try scenario(batch: 1)
    let operators = (1...600).map {
      #"{ "operator": "aten::relu", "inputs": [["batch", \#($0)]], "outputs": [["batch", \#($0)]] }"#
    }
    let program = operators.joined(separator: ", ")
    let many = """
      { "schema": "workload/1", "name": "many", "parameters": { "batch": 1 }, "program": [ \(program) ] }
      """
    wide.workload = try Workload(bytes: Array(many.utf8), file: "many.json").bind()
    for scenario in [long, wide] {
      let answer = try answer(scenario)
      #expect(answer.strongest == nil && answer.assumedNumbers == nil && answer.band != nil)
    }
  }
}
