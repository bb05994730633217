import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// Numbers of a system read off a folder that `tools/measure.py` has written.
///
/// The framework's costs, and the driver's, are stated for the reference host. So the host's speeds come first: how much
/// faster it dispatches, calls and interprets than the profiles' numbers say of the reference. With them the measured times
/// become numbers that hold on any host, and give the measured times again on this one.
package struct MeasuredCalibration: Sendable {
  /// The system as the profiles had it.
  package let before: System
  /// The system as it was measured.
  package let after: System
  /// The numbers, as measured.
  package let numbers: [MeasuredNumber]
  /// The host's speeds, relative to its single-thread speed, with what they rest on.
  package let speeds: [Speed]
  /// How much of an operator's time in turn with others it takes in a model.
  package let share: Double
  /// How many eager passes that rests on; with none it is that of the machine that `typicalShare` was found on.
  package let sharePasses: Int

  /// A speed of the host.
  package struct Speed: Sendable {
    /// Of what.
    package let component: HostComponent
    /// Relative to the single-thread speed.
    package let ratio: Double
    /// Half the width of the middle half of what it is the median of; nil for a single value.
    package let spread: Double?
  }

  /// How much of the time in turn with others operators took in whole models on the machine of
  /// `benchmarks/measurements/h100-own`, see `benchmarks/studies/hosts.md`: where a folder has no models to say.
  package static let typicalShare = 0.76

  /// Reads numbers off a folder.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - system: The profiles that are changed.
  ///   - source: Where workloads are found.
  ///   - passes: Measured passes of the folder.
  /// - Throws: ``CSVFault`` at what is wrong, or what simulating throws.
  package init(
    _ folder: MeasuredFolder, like system: System, from source: some ModelSource, passes: [Measurement]
  ) throws {
    before = system
    let eager = passes.filter { $0.framework == system.framework.name }
    var share = Self.typicalShare
    var found = try Self.read(folder, system, share)
    // The dispatch is most of an eager pass's host time: a few corrections by what remains settle.
    var used = 0
    for _ in 0..<(eager.isEmpty ? 0 : 4) {
      let fits = try eager.compactMap { try Self.missing($0, in: found.after, from: source) }
      guard let factor = Sample(fits)?.median else { break }
      used = fits.count
      share = min(1, max(0.2, share * factor))
      found = try Self.read(folder, system, share)
    }
    (after, numbers, speeds) = found
    self.share = share
    sharePasses = used
  }

  /// Measured over predicted of a pass that the host sets; nil for any other.
  private static func missing(_ measurement: Measurement, in system: System, from source: some ModelSource) throws
    -> Double?
  {
    guard let latency = measurement.latency else { return nil }
    let bound = try source.workload(measurement.workload).bindChecked(measurement.parameters)
    let result = try Scenario(workload: bound, system: system, precision: measurement.precision).simulate()
    return result.regime == .hostBound ? latency / result.latency.seconds : nil
  }

  private static func read(
    _ folder: MeasuredFolder, _ system: System, _ share: Double
  ) throws -> (after: System, numbers: [MeasuredNumber], speeds: [Speed]) {
    let launches = system.accelerator == nil ? [] : try folder.launchNumbers()
    let numbers = try launches + folder.dispatchNumbers(share: share, on: system)
    var after = system
    var speeds: [Speed] = []
    for component in [HostComponent.interpreter, .native, .driver] {
      let paths: [String]? =
        switch component {
        case .interpreter: ["framework.module_us"]
        case .driver: ["accelerator.launch.call_us"]
        default: nil
        }
      let own = numbers.filter { number in
        number.component == component
          && (paths?.contains(number.path) ?? number.path.hasPrefix("framework.dispatch_us."))
      }
      let ratios = own.compactMap { number -> Double? in
        guard let known = system.number(at: number.path), known > 0, number.value > 0 else { return nil }
        return known / number.value / system.host.singleThreadSpeed
      }
      guard let sample = Sample(ratios) else { continue }
      let path = "host.speed.\(component.rawValue)"
      guard SystemNumber(path: path)?.range.contains(sample.median) ?? false else { continue }
      try after.set(path, to: rounded(sample.median))
      speeds.append(
        Speed(component: component, ratio: sample.median, spread: own.count == 1 ? own[0].spread : sample.spread))
    }
    for number in numbers {
      let value = rounded(number.onReference(after.host))
      guard SystemNumber(path: number.path)?.range.contains(value) ?? false else { continue }
      try after.set(number.path, to: value)
    }
    return (after, numbers, speeds)
  }

  /// A number as a profile has it, to four digits.
  package static func rounded(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    var scale = 1.0
    while abs(value) * scale < 1000 { scale *= 10 }
    return (value * scale).rounded() / scale
  }
}
