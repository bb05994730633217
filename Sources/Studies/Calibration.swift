import Kernels
import Profiles
import Roofline
import Simulation

/// Fits numbers of profiles to measurements.
///
/// A number may be shared by several systems: an `efficiency` of an accelerator by all of its architecture family, any
/// other number by its accelerator, host or framework. Each of these groups in the measurements has a value of its own.
/// The host's speed is fitted along with them, testbed by testbed, unless it is said to be known.
///
/// The objective is the mean of the absolute relative errors' logarithmic form, |ln(predicted / measured)|, which a few
/// wild points do not dominate. Coordinates are searched one after the other with steps that shrink, in the logarithm of
/// the value: slow, simple, and free of derivatives, which waves and choices of tiles would break.
package struct Calibration: Sendable {
  /// One value that is fitted.
  package struct Parameter: Sendable, Equatable {
    /// The number's path: `accelerator.efficiency.matrix`.
    package let path: String
    /// What shares it: an architecture, or the name of a profile.
    package let group: String
    /// The value before.
    package let initial: Double
    /// The value after.
    package var fitted: Double
    /// By how much the value may be off, relatively, before the rows' errors grow by more than chance would have them.
    ///
    /// That is twice the standard error of the mean growth. Nil where even four times the value, or a quarter, is no worse.
    package var uncertainty: Double?

    /// Whether the measurements say anything about it.
    package var isIdentified: Bool { uncertainty != nil }
  }

  /// What was fitted.
  package private(set) var parameters: [Parameter]
  /// The host speed of each testbed, in the order of the measurements; empty where it is said to be known.
  package let hosts: [(testbed: String, host: String, fit: HostSpeedFit)]
  /// The mean of |ln(predicted / measured)| before.
  package let errorBefore: Double
  /// And after.
  package private(set) var errorAfter: Double

  /// Fits some paths.
  ///
  /// - Parameters:
  ///   - measurements: The rows; those without a latency are left out.
  ///   - source: Where their names are found.
  ///   - paths: The numbers.
  ///   - fitsHost: Whether each testbed's host speed is fitted along.
  ///   - rounds: How often all coordinates are searched; the step halves with each.
  /// - Throws: What the source throws for a name, or binding for a parameter.
  /// - Complexity: For each round, two evaluations of all rows for each parameter.
  package init(
    _ measurements: [Measurement], from source: some ModelSource, paths: [String], fitsHost: Bool, rounds: Int = 6
  ) throws {
    let rows = try prepare(measurements.filter { $0.latency != nil }, from: source)
    var fit = CalibrationProblem(rows: rows, fitsHost: fitsHost)
    var parameters = fit.parameters(paths)
    let errorBefore = fit.error(parameters)
    fit.search(&parameters, rounds: rounds)
    self.parameters = parameters
    self.errorBefore = errorBefore
    errorAfter = fit.error(parameters)
    hosts = fitsHost ? fit.hosts() : []
  }
}

/// The rows of a calibration, and their error for values of the parameters.
struct CalibrationProblem: CalibrationRows {
  private let rows: [PreparedRow]
  private let fitsHost: Bool
  private let testbeds: [[Int]]
  /// Per row: host time at speed 1 and device time, as last computed, and the values they were computed for.
  private var times: [(host: Double, device: Double)]
  private var computedFor: [[Double]]
  private var affects: [[Int]] = []

  init(rows: [PreparedRow], fitsHost: Bool) {
    self.rows = rows
    self.fitsHost = fitsHost
    var index: [String: Int] = [:]
    var testbeds: [[Int]] = []
    for (row, prepared) in rows.enumerated() {
      let name = prepared.measurement.testbed
      if index[name] == nil {
        index[name] = testbeds.count
        testbeds.append([])
      }
      testbeds[index[name, default: 0]].append(row)
    }
    self.testbeds = testbeds
    times = Array(repeating: (0, 0), count: rows.count)
    computedFor = Array(repeating: [.nan], count: rows.count)
  }

  /// The parameters of some paths: one for each group that the rows name.
  mutating func parameters(_ paths: [String]) -> [Calibration.Parameter] {
    var parameters: [Calibration.Parameter] = []
    for path in paths {
      for row in rows { Self.add(path, row.scenario.system, to: &parameters) }
    }
    affects = rows.map { Self.affecting($0.scenario.system, among: parameters) }
    return parameters
  }

  /// Adds the parameter of a path that a system has, once for each group.
  private static func add(_ path: String, _ system: System, to parameters: inout [Calibration.Parameter]) {
    let value = system.number(at: path) ?? 0
    let group = group(of: path, system)
    if value <= 0 || parameters.contains(where: { $0.path == path && $0.group == group }) { return }
    parameters.append(Calibration.Parameter(path: path, group: group, initial: value, fitted: value))
  }

  /// The indices of the parameters that a system shares.
  private static func affecting(_ system: System, among parameters: [Calibration.Parameter]) -> [Int] {
    parameters.indices.filter { group(of: parameters[$0].path, system) == parameters[$0].group }
  }

  private static func group(of path: String, _ system: System) -> String {
    SystemNumber(path: path)?.owner(in: system) ?? "none"
  }

  /// |ln(predicted / measured)| of each row.
  mutating func rowErrors(_ parameters: [Calibration.Parameter]) -> [Double] {
    for row in rows.indices { compute(row, parameters) }
    var errors = Array(repeating: 0.0, count: rows.count)
    for testbed in testbeds {
      let speed = fitsHost ? fit(of: testbed).speed : nil
      for row in testbed {
        let hostSpeed = speed ?? rows[row].scenario.system.host.singleThreadSpeed
        let predicted = max(times[row].host / hostSpeed, times[row].device)
        // What takes no time at all is a picosecond off, not infinitely far.
        errors[row] = abs(max(predicted, 1e-12).logarithm - (rows[row].measurement.latency ?? 1).logarithm)
      }
    }
    return errors
  }

  /// The hosts' speeds for the values that were computed last.
  func hosts() -> [(testbed: String, host: String, fit: HostSpeedFit)] {
    testbeds.compactMap { testbed in
      guard let first = testbed.first else { return nil }
      return (rows[first].measurement.testbed, rows[first].scenario.system.host.name, fit(of: testbed))
    }
  }

  private func fit(of testbed: [Int]) -> HostSpeedFit {
    let marked = testbed.filter { rows[$0].measurement.role == .anchor }
    return HostSpeedFit(
      (marked.isEmpty ? testbed : marked).map {
        HostSpeedFit.Anchor(
          hostTime: times[$0].host, deviceTime: times[$0].device, latency: rows[$0].measurement.latency ?? 0)
      })
  }

  /// Prices a row again if one of its values has changed.
  private mutating func compute(_ row: Int, _ parameters: [Calibration.Parameter]) {
    let values = affects[row].map { parameters[$0].fitted }
    guard values != computedFor[row] else { return }
    computedFor[row] = values
    var scenario = rows[row].scenario
    for index in affects[row] {
      // A value beyond its range keeps the number as it was; the search then sees no gain.
      do throws(OverrideFault) {
        try scenario.system.set(parameters[index].path, to: parameters[index].fitted)
      } catch { continue }
    }
    let sums = scenario.price(rows[row].plan).load(of: rows[row].plan.counts)
    times[row] = (sums.host.seconds * scenario.system.host.singleThreadSpeed, sums.device.seconds)
  }
}
