import JSONText
import Profiles

/// One knob over several numbers of a system, which it multiplies by a common factor: `peak`, `launch`, or one number
/// by its path.
package struct SystemDial: Sendable {
  /// What it is called: a short name, or the path of its one number.
  package let name: String
  /// What turning it means, in a few words.
  package let meaning: String
  /// The numbers that it multiplies.
  package let numbers: [SystemNumber]

  /// What a short name stands for.
  private typealias Facts = (name: String, meaning: String, families: Set<NumberFamily>)

  private static let facts: [Facts] = [
    ("peak", "arithmetic in every format, and the operands that feed it", [.peak, .operands]),
    ("bandwidth", "device memory and last-level cache", [.bandwidth]),
    ("units", "compute units, each as fast as before", [.units, .peak]),
    ("capacity", "device memory", [.capacity]),
    ("launch", "launch calls and launch latencies, of kernels and graphs", [.launch]),
    ("gap", "idle time between kernels, in streams and graphs", [.gap]),
    ("link", "the way to the host's memory", [.link]),
    ("dispatch", "what the framework spends on operators, their kernels and the pass", [.dispatch]),
    ("host", "the host's single-thread speed", [.hostSpeed]),
  ]

  /// The short names: what a help text needs of them, for which no number need be known.
  package static let shortNames = facts.map(\.name)

  /// The knobs with short names.
  package static let all = facts.map { SystemDial($0.name, $0.meaning, $0.families) }

  /// A knob.
  init(_ name: String, _ meaning: String, _ numbers: [SystemNumber]) {
    self.name = name
    self.meaning = meaning
    self.numbers = numbers
  }

  private init(_ name: String, _ meaning: String, _ families: Set<NumberFamily>) {
    self.init(name, meaning, SystemNumber.all.filter { families.contains($0.family) })
  }

  /// The paths of the numbers that it multiplies.
  package var paths: [String] { numbers.map(\.path) }

  /// The knob of a name: a short name (`launch`), the same behind its profile (`accelerator.launch`), a number by its path,
  /// or a group of numbers (`framework.dispatch_us`).
  ///
  /// - Throws: `NameFault` for a name that denotes nothing.
  package init(named name: String) throws(NameFault) {
    let nouns = [AcceleratorProfile.noun, HostProfile.noun, FrameworkProfile.noun]
    if let dial = Self.all.first(where: { dial in
      name == dial.name
        || nouns.contains { noun in
          name == noun + "." + dial.name && dial.paths.allSatisfy { $0.hasPrefix(noun + ".") }
        }
    }) {
      self.init(name, dial.meaning, dial.numbers)
      return
    }
    let numbers = SystemNumber.all.filter { $0.path == name || $0.path.hasPrefix(name + ".") }
    guard !numbers.isEmpty else {
      let known = Self.all.map(\.name)
      throw .unknown(
        what: "number to scale", name: name,
        suggestion: nearestName(to: name, among: known + SystemNumber.all.map(\.path)), known: known)
    }
    self.init(name, numbers.count == 1 ? "this number" : "the numbers below this path", numbers)
  }

  /// The numbers of a system that it multiplies: those that the system has and that are not zero.
  package func numbers(of system: System) -> [(path: String, value: Double)] {
    values(of: system).map { ($0.number.path, $0.value) }
  }

  private func values(of system: System) -> [(number: SystemNumber, value: Double)] {
    numbers.compactMap { number in
      guard let value = number.value(in: system), value != 0 else { return nil }
      return (number, value)
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
  package func numbers(of system: System, times factor: Double) -> [(path: String, value: Double)] {
    let values = values(of: system)
    func whole(_ value: Double) -> Double { factor == 0 ? 0 : max(1, (value * factor).rounded()) }
    let counts = values.filter(\.number.range.isWhole).map(\.value)
    let common = counts.count == 1 && values.count > 1 ? whole(counts[0]) / counts[0] : factor
    return values.map { number, value in (number.path, number.range.isWhole ? whole(value) : value * common) }
  }

  /// Multiplies the numbers of a system, as ``numbers(of:times:)`` says.
  ///
  /// - Parameters:
  ///   - factor: The factor; 1 changes nothing.
  ///   - system: The system.
  /// - Throws: `OverrideFault` where a product leaves the range of its number, or without an accelerator to change.
  package func turn(by factor: Double, in system: inout System) throws(OverrideFault) {
    if system.accelerator == nil, let number = numbers.first, number.isOfAccelerator {
      throw .noAccelerator(path: number.path)
    }
    for (path, value) in numbers(of: system, times: factor) { try system.set(path, to: value) }
  }

  /// Whether more of it takes longer: its numbers are times.
  package var isTime: Bool { numbers.allSatisfy { $0.domain.unit == .microseconds } }
}
