import JSONText

/// What a workload runs on: a host, a framework and, unless the host computes itself, an accelerator.
public struct System: Sendable, Equatable {
  /// The device, or nil for a processor-only system.
  public var accelerator: AcceleratorProfile?
  /// The processor that feeds it.
  public var host: HostProfile
  /// The framework in between.
  public var framework: FrameworkProfile
  /// The engine that serves a decoder on it; nil where a workload runs by itself.
  package var engine: EngineProfile?
  /// How a model is spread over accelerators, each with a host process of its own: a rank.
  ///
  /// Without jitter all ranks are alike, and one is simulated.
  public var parallelism = Parallelism()
  /// What connects them, if anything does.
  ///
  /// A list of at most one, which takes the place of a pointer: few systems have any, and a sweep copies millions.
  private var connections: [DeviceConnection] = []

  /// A system of the given parts.
  public init(accelerator: AcceleratorProfile?, host: HostProfile, framework: FrameworkProfile) {
    self.accelerator = accelerator
    self.host = host
    self.framework = framework
  }

  /// What connects accelerators; nil where there is one, or nothing is known.
  package var connection: DeviceConnection? {
    get { connections.first }
    set { connections = newValue.map { [$0] } ?? [] }
  }

  /// What joins the accelerators of a group; its numbers are those of `--set`.
  package var interconnect: InterconnectProfile? { connections.first?.inner }

  /// Changes what joins the accelerators of a group, if anything does.
  package mutating func changeInterconnect(_ change: (inout InterconnectProfile) -> Void) {
    for index in connections.indices { change(&connections[index].inner) }
  }

  /// How many ranks have a process on one host: as many as one interconnect joins.
  package var ranksOfHost: Double {
    guard parallelism.devices > 1 else { return 1 }
    return min(Double(parallelism.devices), interconnect?.ranks ?? 1)
  }

  /// Every number that the system may have: those of an accelerator only where there is one.
  package var numbers: [SystemNumber] {
    SystemNumber.all.filter {
      (accelerator != nil || !$0.isOfAccelerator) && (engine != nil || !$0.isOfEngine)
        && (interconnect != nil || !$0.isOfInterconnect)
    }
  }

  /// The path of every number of the system, with the word for its profile in front:
  /// `accelerator.memory.bandwidth_gb_per_s`.
  public var numberPaths: [String] { numbers.map(\.path) }

  /// A number by its path, or nil when the profile leaves it out or there is no such path.
  public func number(at path: String) -> Double? { SystemNumber(path: path)?.value(in: self) }

  /// Where a number comes from.
  package func source(of path: String) -> Source? {
    guard let dot = path.firstIndex(of: ".") else { return nil }
    let rest = String(path[path.index(after: dot)...])
    switch path[..<dot] {
    case AcceleratorProfile.noun: return accelerator?.provenance.source(of: rest)
    case HostProfile.noun: return host.provenance.source(of: rest)
    case EngineProfile.noun: return engine?.provenance.source(of: rest)
    case InterconnectProfile.noun: return interconnect?.provenance.source(of: rest)
    default: return framework.provenance.source(of: rest)
    }
  }

  /// The path of a number that has no other in a system's parts of its short name, as `bandwidth`.
  private static func pathMeant(by name: String) -> String? {
    let paths = [
      FieldName.field(name, of: AcceleratorProfile.self).map { AcceleratorProfile.noun + "." + $0.path },
      FieldName.field(name, of: HostProfile.self).map { HostProfile.noun + "." + $0.path },
      FieldName.field(name, of: FrameworkProfile.self).map { FrameworkProfile.noun + "." + $0.path },
    ].compactMap { $0 }
    return paths.first
  }

  /// Overrides a number.
  ///
  /// - Throws: ``OverrideFault`` when the path names no number of this system or the value makes no sense there.
  public mutating func set(_ path: String, to value: Double) throws(OverrideFault) {
    guard let number = SystemNumber(path: path) else {
      if accelerator == nil, path.hasPrefix(AcceleratorProfile.noun + ".") { throw .noAccelerator(path: path) }
      throw .unknownPath(path: path, suggestion: Self.pathMeant(by: path) ?? nearestName(to: path, among: numberPaths))
    }
    if number.isOfAccelerator, accelerator == nil { throw .noAccelerator(path: path) }
    if number.isOfEngine, engine == nil { throw .noEngine(path: path) }
    if number.isOfInterconnect, interconnect == nil { throw .noInterconnect(path: path) }
    guard value.isFinite, number.range.contains(value) else {
      throw .outOfRange(path: path, value: value, domain: number.domain)
    }
    number.set(value, in: &self)
    number.markOverridden(in: &self)
  }
}

/// Why a number cannot be overridden.
public enum OverrideFault: Error, Sendable, Equatable {
  /// No number has this path.
  case unknownPath(path: String, suggestion: String?)
  /// The system has no accelerator whose numbers could change.
  case noAccelerator(path: String)
  /// The number is of an interconnect, and there is one device.
  case noInterconnect(path: String)
  /// The number is of an engine, and nothing is served.
  case noEngine(path: String)
  /// The value makes no sense for this number.
  case outOfRange(path: String, value: Double, domain: NumberDomain)
}
