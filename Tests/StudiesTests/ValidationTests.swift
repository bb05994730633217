import Profiles
import Roofline
import SampleModels
import Simulation
import Studies
import TestSupport
import Testing
import Workloads

@Suite("Predictions beside measurements") struct ValidationTests {
  /// The samples by any name; what is called `nothing` does not exist.
  struct Source: ModelSource {
    func workload(_ name: String) throws -> Workload {
      if name == "nothing" { throw NameFault.unknown(what: "workload", name: name, suggestion: nil, known: []) }
      return try Samples.workload(name, elements: name == "large" ? 10_000_000 : 1000)
    }
    func accelerator(_ name: String) throws -> AcceleratorProfile? { name == "none" ? nil : try Sample.accelerator() }
    func host(_ name: String) throws -> HostProfile { try Sample.host() }
    func framework(_ name: String) throws -> FrameworkProfile { try Sample.framework() }
    func interconnect(_ name: String) throws -> InterconnectProfile { try Sample.interconnect() }
  }

  static func rows(_ lines: [String]) throws -> [Measurement] {
    let text =
      "testbed,accelerator,framework,precision,workload,batch,latency_ms,role\n" + lines.joined(separator: "\n")
    return try Measurement.read(CSVText(bytes: Array(text.utf8), file: "m.csv"))
  }

  /// Ten operators of the sample: 13 us each on the host at speed 1.
  static func latency(speed: Double) -> Double { 0.13 / speed }

  @Test func `keep the order of the rows, measured or not`() throws {
    let rows = try Self.rows([
      "b,gpu,f,fp32,small,4,,", "a,gpu,f,fp32,large,1,100,", "b,none,f,fp32,small,2,1,", "a,gpu,f,fp32,small,4,,",
    ])
    let validation = try Validation(rows, from: Source(), fitsHost: false)
    #expect(validation.predictions.map(\.measurement.row) == [0, 1, 2, 3])
    #expect(validation.predictions.map { $0.error == nil } == [true, false, false, true])
    #expect(validation.predictions[0].latency == validation.predictions[3].latency)
    #expect(validation.speeds.isEmpty)
    let error = try #require(validation.predictions[1].error)
    #expect(abs(error - (validation.predictions[1].latency / 0.1 - 1)) < 1e-12)
  }

  @Test func `are those of a simulation alone`() throws {
    let validation = try Validation(
      Self.rows(["a,gpu,f,fp16,large,3,,"]), from: Source(), fitsHost: false)
    let alone = try Scenario(
      workload: Source().workload("large").bind(["batch": 3]),
      system: System(accelerator: Sample.accelerator(), host: Sample.host(), framework: Sample.framework()),
      precision: .fp16
    ).simulate()
    let prediction = validation.predictions[0]
    #expect(prediction.latency == alone.latency.seconds)
    #expect(prediction.deviceBusy == alone.deviceBusy.seconds)
    #expect(prediction.bound == alone.bound)
    #expect(abs(prediction.taxFraction - alone.frameworkTaxFraction) < 1e-12)
  }

  @Test func `fit one speed to each testbed`() throws {
    let rows = try Self.rows([
      "slow,gpu,f,fp32,small,1,\(Self.latency(speed: 0.5)),", "fast,gpu,f,fp32,small,1,\(Self.latency(speed: 2)),",
      "slow,gpu,f,fp32,small,2,\(Self.latency(speed: 0.5)),", "fast,gpu,f,fp32,small,8,,",
    ])
    let validation = try Validation(rows, from: Source(), fitsHost: true)
    #expect(validation.speeds.map(\.testbed) == ["slow", "fast"], "in the order of their first rows")
    #expect(abs(validation.speeds[0].fit.speed - 0.5) < 1e-9 && abs(validation.speeds[1].fit.speed - 2) < 1e-9)
    for prediction in validation.predictions {
      if let error = prediction.error { #expect(abs(error) < 1e-6) }
    }
    let last = validation.predictions[3].latency
    #expect(abs(last - Self.latency(speed: 2) / 1e3) < 1e-9, "predicted with the testbed's speed")
  }

  @Test func `fit to anchors alone where some are marked`() throws {
    let rows = try Self.rows([
      "lab,gpu,f,fp32,small,1,\(Self.latency(speed: 2)),anchor", "lab,gpu,f,fp32,small,1,99,test",
      "lab,gpu,f,fp32,small,1,98,", "lab,gpu,f,fp32,small,1,97,",
    ])
    let fit = try #require(try Validation(rows, from: Source(), fitsHost: true).speeds.first?.fit)
    #expect(abs(fit.speed - 2) < 1e-9 && fit.total == 1)
  }

  @Test func `change with the system that is adjusted`() throws {
    let rows = try Self.rows(["a,gpu,f,fp32,small,1,,"])
    let plain = try Validation(rows, from: Source(), fitsHost: false)
    let slowed = try Validation(rows, from: Source(), fitsHost: false) { $0.host.singleThreadSpeed = 0.25 }
    #expect(abs(slowed.predictions[0].latency / plain.predictions[0].latency - 4) < 1e-9)
  }

  @Test func `pass on what the source throws`() throws {
    let rows = try Self.rows(["a,gpu,f,fp32,nothing,1,,"])
    #expect(throws: NameFault.self) { try Validation(rows, from: Source(), fitsHost: false) }
  }

  @Test func `have errors by every aspect in which they differ`() throws {
    let rows = try Self.rows([
      "a,gpu,f,fp32,small,1,0.26,", "b,gpu,f,fp32,small,1,0.065,", "a,gpu,f,fp32,large,4,1,", "a,gpu,f,fp16,small,1,,",
    ])
    let groups = try Validation(rows, from: Source(), fitsHost: false).errorsByAspect
    #expect(groups.map(\.name) == ["all", "host-bound", "device-bound", "small", "large", "a", "b"], "one precision")
    #expect(groups.map(\.errors.count) == [3, 2, 1, 2, 1, 2, 1])
    // Half of what was measured, and twice of it.
    #expect(abs(groups[1].errors.bias - 0.25) < 1e-12 && abs(groups[6].errors.median - 1) < 1e-12)
  }

  // MARK: Knees

  static func knees(measured: [Double?]) throws -> [RiseComparison] {
    let lines = measured.enumerated().map {
      "lab,gpu,f,fp32,small,\(1 << $0.offset),\($0.element.map { "\($0)" } ?? ""),"
    }
    let validation = try Validation(Self.rows(lines), from: Source(), fitsHost: false)
    return RiseComparison.compare(validation.predictions)
  }

  @Test func `have the knee where a series leaves its floor for good`() throws {
    #expect(try Self.knees(measured: [1, 1.1, 1, 2, 4]).map(\.measured) == [8])
    #expect(try Self.knees(measured: [1, 1.5, 1, 1.19, 4]).map(\.measured) == [16], "a bump is no knee")
    #expect(try Self.knees(measured: [1, 1, 1.2, 1.1]).map(\.measured) == [nil], "a fifth is not above a fifth")
    #expect(try Self.knees(measured: [1, 2, 4, 8]).map(\.measured) == [2])
    #expect(try Self.knees(measured: [1, 1.15, 1.15, 1.3, 2]).map(\.measured) == [16], "one lucky row is no floor")
    let comparison = try #require(try Self.knees(measured: [1, 1, 1, 1]).first)
    #expect(comparison.testbed == "lab" && comparison.workload == "small" && comparison.predicted == nil)
  }

  @Test func `have a knee only in series of four measured batches`() throws {
    #expect(try Self.knees(measured: [1, 2, 4]).isEmpty)
    #expect(try Self.knees(measured: [1, 2, 4, nil, nil]).isEmpty)
    #expect(try Self.knees(measured: [1, nil, 1, 4, 8]).map(\.measured) == [8])
  }

  @Test func `stand in the order of how far their knees are apart`() throws {
    let one = try #require(try Self.knees(measured: [1, 2, 4, 8]).first)
    let other = try #require(try Self.knees(measured: [1, 1, 1, 4, 8]).first)
    let equal = try #require(try Self.knees(measured: [1, 1, 1, 1]).first)
    #expect(one.predicted == nil && other.predicted == nil && equal.predicted == nil)
    // No knee counts as twice the largest, 16: eight times 2, and twice 8.
    #expect(RiseComparison.farthestFirst([equal, other, one]) == [one, other, equal])
  }
}
