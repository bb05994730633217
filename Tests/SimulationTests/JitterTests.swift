import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Workloads

/// A host whose costs scatter, and one whose cores are shared.
@Suite("Jitter and shared cores")
struct JitterTests {
  private func scenario(_ kind: LatencyKind = .steadyState) throws -> Scenario {
    let text = #"""
      {"schema":"workload/1","name":"s","parameters":{"batch":1},"program":[{"repeat":50,"program":[
        {"operator":"aten::relu","inputs":[[8]],"outputs":[[8]]},
        {"operator":"aten::exp","inputs":[[8]],"outputs":[[8]]}]}]}
      """#
    var system = try Sample.system()
    for kind in OperatorKind.allCases { system.framework.dispatchUS[kind] = 100 }
    let workload = try Workload(bytes: Array(text.utf8), file: "s.json").bind()
    return Scenario(workload: workload, system: system, precision: .fp32, latencyKind: kind)
  }

  private func passes(_ scenario: Scenario, _ jitter: HostJitter, seed: UInt64, _ count: Int) throws -> [Picoseconds] {
    let plan = scenario.plan()
    let source = JitterSource(jitter, seed: seed)
    return try Simulator().scattered(plan, scenario.price(plan), scenario.latencyKind, by: source, passes: count)
  }

  private func jitter(_ deviation: Double, _ probability: Double = 0, _ mean: Double = 0) -> HostJitter {
    var jitter = HostJitter()
    (jitter.deviation, jitter.stallProbability, jitter.stallMean) = (deviation, probability, mean)
    return jitter
  }

  @Test("Costs that do not scatter give every pass the exact latency", arguments: LatencyKind.allCases)
  func none(kind: LatencyKind) throws {
    let scenario = try scenario(kind)
    let latency = try scenario.simulate().latency
    #expect(try passes(scenario, jitter(0), seed: 1, 20) == Array(repeating: latency, count: 20))
  }

  @Test("A seed gives its passes again, another seed others")
  func seeds() throws {
    let scenario = try scenario()
    let first = try passes(scenario, jitter(0.1, 0.03, 0.7), seed: 1, 50)
    #expect(try passes(scenario, jitter(0.1, 0.03, 0.7), seed: 1, 50) == first)
    #expect(try passes(scenario, jitter(0.1, 0.03, 0.7), seed: 2, 50) != first)
    #expect(Set(first.map(\.count)).count > 40)
  }

  /// A hundred operators of 100 us dispatch each, and their calls: the mean of exp(d N) is exp(d² / 2), and its standard
  /// deviation d to first order, so that of a pass of n is d / sqrt(n) of it.
  @Test("The passes' mean and deviation are those of the sum of their costs")
  func moments() throws {
    let scenario = try scenario()
    let exact = try scenario.simulate().latency.seconds
    let times = try passes(scenario, jitter(0.1), seed: 3, 2000).map(\.seconds)
    let mean = times.reduce(0, +) / 2000
    #expect(abs(mean / exact - 1.005) < 0.002)
    let variance = times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2000
    #expect(abs(variance.squareRoot() / exact - 0.01) < 0.002)
  }

  @Test("Stalls lengthen the mean by their probability times their mean")
  func stalls() throws {
    let scenario = try scenario()
    let exact = try scenario.simulate().latency.seconds
    let times = try passes(scenario, jitter(0, 0.05, 2), seed: 4, 2000).map(\.seconds)
    #expect(abs(times.reduce(0, +) / 2000 / exact - 1.1) < 0.01)
    #expect(times.allSatisfy { $0 >= exact })
  }

  @Test("Threads beyond the cores slow the host in their number, and keep one that wakes waiting for a slice each")
  func sharedCores() throws {
    var system = try Sample.system()
    system.host.cores = 2
    system.host.sliceUS = 1000
    for kind in OperatorKind.allCases { system.framework.dispatchUS[kind] = 100 }
    let base = try scenario()
    func latency(_ threads: Double, _ kind: LatencyKind) throws -> Int64 {
      system.host.busyThreads = threads
      return try Scenario(workload: base.workload, system: system, precision: .fp32, latencyKind: kind)
        .simulate().latency.count
    }
    let alone = try latency(0, .steadyState)
    #expect(try latency(1, .steadyState) == alone, "there is a core for each")
    #expect(try latency(3, .steadyState) == 2 * alone)
    #expect(try latency(7, .steadyState) == 4 * alone)
    // Twice the host's time and one slice of a millisecond; what the device takes at the end of a pass stays.
    let synchronized = try latency(0, .synchronized)
    let growth = try latency(3, .synchronized) - synchronized
    #expect(growth == alone + 1_000_000_000)
  }

  @Test("On a processor, what runs beside the pool shares its cores with the kernels as well")
  func sharedProcessor() throws {
    var system = try Sample.system()
    system.accelerator = nil
    (system.host.cores, system.host.threads) = (4, 4)
    let base = try scenario()
    func busy(_ threads: Double) throws -> Int64 {
      system.host.busyThreads = threads
      return try Scenario(workload: base.workload, system: system, precision: .fp32).simulate().deviceBusy.count
    }
    let alone = try busy(0)
    #expect(try abs(busy(4) - 2 * alone) <= 100, "to the rounding of each kernel")
    #expect(try abs(busy(12) - 4 * alone) <= 200)
  }
}
