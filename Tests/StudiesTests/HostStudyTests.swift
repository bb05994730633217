import Profiles
import Roofline
import SampleModels
import Serving
import Testing

@testable import Studies

/// What served models owe their host, and what a system must be for a load.
@Suite struct HostStudyTests {
  private static let load = ServingLoad(
    arrivals: .concurrency(1), prompt: .fixed(64), tokens: .fixed(8), durationSeconds: 1)

  private static func study(threads: Int?) throws -> HostStudy {
    let forms = [
      HostStudy.Form("eager", try Shipped.served("gpt2", framework: "pytorch-eager-2")),
      HostStudy.Form("overlapped", try Shipped.served("gpt2", engine: "vllm-async")),
    ]
    var grid = HostStudy.Grid()
    grid.speeds = [0.5]
    grid.cores = [1]
    grid.widths = [1.1]
    return try HostStudy(
      [HostStudy.Subject("gpt2", forms, load, ServingLimits(ttftMS: 60, tpotMS: 12))], on: grid, threads: threads)
  }

  @Test func `a faster host, more cores and wider limits never hold less`() throws {
    let study = try Self.study(threads: nil)
    #expect(study.series.map(\.form) == ["eager", "overlapped"])
    for series in study.series {
      #expect(series.bySpeed.map(\.speed) == [0.5, 1, HostStudy.faster])
      #expect(series.byCores.map(\.cores) == series.byCores.map(\.cores).sorted() && series.byCores.count > 1)
      // Capacities are known to a hundredth.
      for points in [series.bySpeed, series.byCores] {
        for (slow, fast) in zip(points, points.dropFirst()) {
          #expect(fast.capacity >= slow.capacity * 0.98, "\(series.form), \(slow), \(fast)")
          #expect(fast.nextMS <= slow.nextMS && fast.firstMS <= slow.firstMS)
        }
      }
      for (narrow, wide) in zip(series.gains, series.gains.dropFirst()) {
        #expect(wide.before >= narrow.before * 0.98 && wide.after >= narrow.after * 0.98)
      }
    }
    // Operator by operator the host is the time of a token.
    let gains = study.series.map(\.latencyGain)
    #expect(gains[0] > 1.06 && gains.allSatisfy { $0 >= 1 && $0 <= HostStudy.faster * 1.000_001 })
  }

  @Test func `the number of threads shows nowhere`() throws {
    let (one, all) = (try Self.study(threads: 1), try Self.study(threads: nil))
    for (first, second) in zip(one.series, all.series) {
      #expect(first.bySpeed == second.bySpeed && first.byCores == second.byCores && first.gains == second.gains)
    }
  }

  @Test func `what a host must be for a rate keeps the limits, and a little less does not`() throws {
    let served = try Shipped.served("gpt2", framework: "pytorch-eager-2")
    var load = Self.load
    load.arrivals = .rate(perSecond: 20)
    var replica = try ServedReplica(served, longest: load.longest)
    let today = try #require(try replica.serve(load).timePerOutputToken.quantile(0.99))
    let limits = ServingLimits(tpotMS: today * 0.7)
    let target = try ServingTarget(of: try SystemDial(named: "host"), served, load, limits)
    guard case .met(let trial) = target.outcome else {
      Issue.record("\(target.outcome)")
      return
    }
    #expect(trial.factor > 1.2 && trial.factor < 4)
    #expect(ServingCapacity.keeps(trial.result, limits))
    var less = served
    for path in [\ServedDecoder.prefill, \.decode] {
      try less[keyPath: path].set("host.single_thread_speed", to: trial.factor * 0.98)
    }
    var weaker = try ServedReplica(less, longest: load.longest)
    #expect(!ServingCapacity.keeps(try weaker.serve(load, limits), limits))
    // A slower host than today's will do where limits are wide, and none where nothing can.
    let wide = try ServingTarget(
      of: try SystemDial(named: "host"), served, load, ServingLimits(tpotMS: today * 1.5))
    guard case .holds(upTo: let last?) = wide.outcome else {
      Issue.record("\(wide.outcome)")
      return
    }
    #expect(last.factor < 1 && last.factor > 0.3)
    let never = try ServingTarget(of: try SystemDial(named: "host"), served, load, ServingLimits(tpotMS: 1e-3))
    guard case .unreachable = never.outcome else {
      Issue.record("\(never.outcome)")
      return
    }
  }
}
