import JSONText
import Profiles

/// One knob over several numbers of a system, which it multiplies by a common factor: `peak`, `launch`, or one number
/// by its path.
public struct SystemDial: Sendable {
  /// What it is called: a short name, or the path of its one number.
  public let name: String
  /// What turning it means, in a few words.
  public let meaning: String
  /// The numbers that it multiplies, by path.
  public let paths: [String]

  /// The knobs with short names.
  public static let all: [SystemDial] = [
    SystemDial(
      "peak", "arithmetic in every format, and the operands that feed it",
      accelerator { $0.hasPrefix("peak_tflops.") || $0 == "efficiency.matrix_flops_per_clock" }),
    SystemDial(
      "bandwidth", "device memory and last-level cache",
      accelerator { $0 == "memory.bandwidth_gb_per_s" || $0 == "memory.l2_bandwidth_gb_per_s" }),
    SystemDial(
      "units", "compute units, each as fast as before",
      accelerator { $0 == "compute_units" || $0.hasPrefix("peak_tflops.") }),
    SystemDial("capacity", "device memory", accelerator { $0 == "memory.capacity_gb" }),
    SystemDial(
      "launch", "launch calls and launch latencies, of kernels and graphs",
      accelerator { $0.hasPrefix("launch.") && ($0.hasSuffix("call_us") || $0.hasSuffix("latency_us")) }),
    SystemDial(
      "gap", "idle time between kernels, in streams and graphs", accelerator { $0.hasSuffix("kernel_gap_us") }),
    SystemDial("link", "the way to the host's memory", accelerator { $0 == "link.bandwidth_gb_per_s" }),
    SystemDial(
      "dispatch", "what the framework spends on operators, their kernels and the pass",
      framework { $0.hasPrefix("dispatch_us.") || $0 == "kernel_us" || $0 == "pass_us" }),
    SystemDial("host", "the host's single-thread speed", ["host.single_thread_speed"]),
  ]

  /// A knob.
  init(_ name: String, _ meaning: String, _ paths: [String]) {
    self.name = name
    self.meaning = meaning
    self.paths = paths
  }

  /// The knob of a name: a short name (`launch`), the same behind its profile (`accelerator.launch`), a number by its path,
  /// or a group of numbers (`framework.dispatch_us`).
  ///
  /// - Throws: `NameFault` for a name that denotes nothing.
  public init(named name: String) throws(NameFault) {
    func isProfile(_ dial: SystemDial, _ prefix: String) -> Bool { dial.paths.allSatisfy { $0.hasPrefix(prefix) } }
    if let dial = Self.all.first(where: { dial in
      name == dial.name
        || ["accelerator.", "host.", "framework."].contains { prefix in
          name == prefix + dial.name && isProfile(dial, prefix)
        }
    }) {
      self.init(name, dial.meaning, dial.paths)
      return
    }
    let paths = Self.paths.filter { $0 == name || $0.hasPrefix(name + ".") }
    guard !paths.isEmpty else {
      let known = Self.all.map(\.name)
      throw .unknown(
        what: "number to scale", name: name, suggestion: nearestName(to: name, among: known + Self.paths), known: known)
    }
    self.init(name, paths.count == 1 ? "this number" : "the numbers below this path", paths)
  }

  private static let paths =
    accelerator { _ in true } + HostProfile.fields.map { "host." + $0.path } + framework { _ in true }

  private static func accelerator(_ isMeant: (String) -> Bool) -> [String] {
    AcceleratorProfile.fields.map(\.path).filter(isMeant).map { "accelerator." + $0 }
  }

  private static func framework(_ isMeant: (String) -> Bool) -> [String] {
    FrameworkProfile.fields.map(\.path).filter(isMeant).map { "framework." + $0 }
  }

  /// The numbers of a system that it multiplies: those that the system has and that are not zero.
  public func numbers(of system: System) -> [(path: String, value: Double)] {
    paths.compactMap { path in
      guard let value = system.number(at: path), value != 0 else { return nil }
      return (path, value)
    }
  }

  /// The numbers of a system, multiplied.
  ///
  /// A count stays whole: it becomes the nearest whole number, at least one, and a knob that turns one count with other
  /// numbers turns them by what the count then grew by, so that each of the units is as fast as before.
  ///
  /// - Parameters:
  ///   - system: The system.
  ///   - factor: The factor; 1 changes nothing.
  /// - Returns: The path and the new value of each number that the knob turns.
  public func numbers(of system: System, times factor: Double) -> [(path: String, value: Double)] {
    let numbers = numbers(of: system)
    func isCount(_ path: String) -> Bool { SystemNumber(path: path)?.range.isWhole ?? false }
    func whole(_ value: Double) -> Double { factor == 0 ? 0 : max(1, (value * factor).rounded()) }
    let counts = numbers.filter { isCount($0.path) }.map(\.value)
    let common = counts.count == 1 && numbers.count > 1 ? whole(counts[0]) / counts[0] : factor
    return numbers.map { path, value in (path, isCount(path) ? whole(value) : value * common) }
  }

  /// Multiplies the numbers of a system, as ``numbers(of:times:)`` says.
  ///
  /// - Parameters:
  ///   - factor: The factor; 1 changes nothing.
  ///   - system: The system.
  /// - Throws: `OverrideFault` where a product leaves the range of its number, or without an accelerator to change.
  public func turn(by factor: Double, in system: inout System) throws(OverrideFault) {
    if system.accelerator == nil, let path = paths.first, path.hasPrefix("accelerator.") {
      throw .noAccelerator(path: path)
    }
    for (path, value) in numbers(of: system, times: factor) { try system.set(path, to: value) }
  }

  /// Whether more of it takes longer: its numbers are times.
  public var isTime: Bool { paths.allSatisfy { $0.hasSuffix("_us") || $0.contains(".dispatch_us.") } }
}
