import Profiles
import Roofline
import SampleModels
import Studies
import Testing
import Workloads

@Suite("A calibration") struct CalibrationTests {
  static let source = ValidationTests.Source()

  /// Rows that a system predicts which differs from the samples' in some numbers.
  static func rows(_ lines: [String], numbers: [String: Double]) throws -> [Measurement] {
    let rows = try ValidationTests.rows(lines.map { "lab,gpu,f,fp32,\($0),," })
    let truth = try Validation(rows, from: source, fitsHost: false) { system in
      for (path, value) in numbers { try system.set(path, to: value) }
    }
    return zip(rows, truth.predictions).map { row, prediction in
      var row = row
      row.latency = prediction.latency
      return row
    }
  }

  static let deviceBound = [1, 2, 4, 8, 16, 32].map { "large,\($0)" }

  @Test func `finds a constant again that the rows were made with`() throws {
    let path = "accelerator.efficiency.memory"
    let rows = try Self.rows(Self.deviceBound, numbers: [path: 0.45])
    let calibration = try Calibration(rows, from: Self.source, paths: [path], fitsHost: false, rounds: 10)
    let parameter = try #require(calibration.parameters.first)
    #expect(abs(parameter.fitted / 0.45 - 1) < 0.01 && parameter.group == "Plain")
    #expect(parameter.isIdentified && (parameter.uncertainty ?? 1) < 0.05)
    #expect(calibration.errorAfter < 0.01 && calibration.errorBefore > 0.2 && calibration.hosts.isEmpty)
  }

  @Test func `says what the rows cannot tell, and leaves it where it was`() throws {
    let path = "accelerator.efficiency.winograd"
    let rows = try Self.rows(Self.deviceBound, numbers: [:])
    let parameter = try #require(
      try Calibration(rows, from: Self.source, paths: [path], fitsHost: false).parameters.first)
    #expect(!parameter.isIdentified && parameter.fitted == parameter.initial)
  }

  @Test func `is less certain of a number the more the rows disagree`() throws {
    let path = "accelerator.efficiency.memory"
    let exact = try Self.rows(Self.deviceBound, numbers: [:])
    func uncertainty(noise: Double) throws -> Double {
      let rows = exact.enumerated().map { index, row in
        var row = row
        row.latency = (row.latency ?? 0) * (1 + (index.isMultiple(of: 2) ? noise : -noise))
        return row
      }
      let calibration = try Calibration(rows, from: Self.source, paths: [path], fitsHost: false)
      return calibration.parameters[0].uncertainty ?? .infinity
    }
    #expect(try uncertainty(noise: 0.02) < uncertainty(noise: 0.2))
  }

  @Test func `without numbers finds the hosts`() throws {
    let rows = try Self.rows((1...4).map { "small,\($0)" }, numbers: ["host.single_thread_speed": 0.5])
    let calibration = try Calibration(rows, from: Self.source, paths: [], fitsHost: true)
    #expect(calibration.parameters.isEmpty && calibration.hosts.map(\.testbed) == ["lab"])
    #expect(abs((calibration.hosts.first?.fit.speed ?? 0) - 0.5) < 1e-3)
    #expect(calibration.hosts.first?.fit.uncertainty == 0, "the anchors agree")
  }
}
