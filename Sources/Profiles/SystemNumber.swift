import JSONText

/// One number of a system, found once by its path and then read and written many times.
///
/// ``System/set(_:to:)`` records who changed the number; a sweep over a million values does not, a million times.
package struct SystemNumber: Sendable {
  private enum Place: Sendable {
    case accelerator(ProfileField<AcceleratorProfile>)
    case host(ProfileField<HostProfile>)
    case framework(ProfileField<FrameworkProfile>)
    case engine(ProfileField<EngineProfile>)
    case interconnect(ProfileField<InterconnectProfile>)
  }

  /// The path: `accelerator.memory.bandwidth_gb_per_s`.
  package let path: String
  private let place: Place

  /// A number that systems may have, or nil for a path that no profile knows.
  package init?(path: String) {
    guard let number = Self.byPath[path] else { return nil }
    self = number
  }

  private init(_ place: Place) {
    self.place = place
    path =
      switch place {
      case .accelerator(let field): Self.path(field)
      case .host(let field): Self.path(field)
      case .framework(let field): Self.path(field)
      case .engine(let field): Self.path(field)
      case .interconnect(let field): Self.path(field)
      }
  }

  private static func path<Profile: FieldDescribed>(_ field: ProfileField<Profile>) -> String {
    Profile.noun + "." + field.path
  }

  /// Every number that systems may have: those of accelerators, of hosts, of frameworks, of engines, of interconnects.
  package static let all: [SystemNumber] =
    // What a part costs is known of it, and nothing that is simulated follows it.
    AcceleratorProfile.fields.filter { !$0.affects.isEmpty }.map { SystemNumber(.accelerator($0)) }
    + HostProfile.fields.map { SystemNumber(.host($0)) } + FrameworkProfile.fields.map { SystemNumber(.framework($0)) }
    + EngineProfile.fields.map { SystemNumber(.engine($0)) }
    + InterconnectProfile.fields.map { SystemNumber(.interconnect($0)) }

  private static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

  /// What is known of it whatever profile it is of.
  private var facts: (domain: NumberDomain, affects: NumberEffect, family: NumberFamily, trend: NumberTrend) {
    switch place {
    case .accelerator(let field): (field.domain, field.affects, field.family, field.trend)
    case .host(let field): (field.domain, field.affects, field.family, field.trend)
    case .framework(let field): (field.domain, field.affects, field.family, field.trend)
    case .engine(let field): (field.domain, field.affects, field.family, field.trend)
    case .interconnect(let field): (field.domain, field.affects, field.family, field.trend)
    }
  }

  /// Its unit, its range and its sort.
  package var domain: NumberDomain { facts.domain }

  /// The values that make sense.
  package var range: NumberRange { facts.domain.range }

  /// What it is scaled together with.
  package var family: NumberFamily { facts.family }

  /// How it moves over the years.
  package var trend: NumberTrend { facts.trend }

  /// What has to be computed again when it changes.
  ///
  /// - Parameter isHostOnly: Whether the host runs the kernels: then its numbers price them as well.
  /// - Returns: What follows the number.
  package func affects(isHostOnly: Bool) -> NumberEffect {
    isOfHost && isHostOnly ? facts.affects.union(.device) : facts.affects
  }

  /// Whether it is a number of accelerators.
  package var isOfAccelerator: Bool {
    if case .accelerator = place { return true }
    return false
  }

  /// Whether it is a number of engines.
  package var isOfEngine: Bool {
    if case .engine = place { return true }
    return false
  }

  /// Whether it is a number of interconnects.
  package var isOfInterconnect: Bool {
    if case .interconnect = place { return true }
    return false
  }

  /// Whether it is a number of hosts.
  package var isOfHost: Bool {
    if case .host = place { return true }
    return false
  }

  /// The path within the profile's file.
  package var pathInProfile: String {
    switch place {
    case .accelerator(let field): field.path
    case .host(let field): field.path
    case .framework(let field): field.path
    case .engine(let field): field.path
    case .interconnect(let field): field.path
    }
  }

  /// The number of the same profile at another path within it.
  package func sibling(_ path: String) -> SystemNumber? {
    guard let dot = self.path.firstIndex(of: ".") else { return nil }
    return SystemNumber(path: self.path[...dot] + path)
  }

  /// The profiles of a system that share the number, by the name that they share it under: an architecture's constant has
  /// that of the architecture, unless the accelerator states it itself; any other number that of its profile.
  package func owner(in system: System) -> String {
    switch place {
    case .accelerator(let field):
      guard let accelerator = system.accelerator else { return "none" }
      let isShared = field.isShared && !accelerator.ownEfficiencies.contains(field.path)
      return isShared ? accelerator.architecture : accelerator.name
    case .host: return system.host.name
    case .framework: return system.framework.name
    case .engine: return system.engine?.name ?? "none"
    case .interconnect: return system.interconnect?.name ?? "none"
    }
  }

  /// The number in a system; nil where the profile leaves it out or there is no accelerator.
  package func value(in system: System) -> Double? {
    switch place {
    case .accelerator(let field): system.accelerator.flatMap { field.value(in: $0) }
    case .host(let field): field.value(in: system.host)
    case .framework(let field): field.value(in: system.framework)
    case .engine(let field): system.engine.flatMap { field.value(in: $0) }
    case .interconnect(let field): system.interconnect.flatMap { field.value(in: $0) }
    }
  }

  /// Writes the number, if the system has a profile for it.
  ///
  /// - Parameters:
  ///   - value: A value in ``range``; the caller has checked.
  ///   - system: The system.
  package func set(_ value: Double, in system: inout System) {
    switch place {
    // In place: a profile is some kilobytes.
    case .accelerator(let field): system.accelerator?.write(value, field)
    case .host(let field): field.set(value, in: &system.host)
    case .framework(let field): field.set(value, in: &system.framework)
    case .engine(let field):
      guard var engine = system.engine.take() else { return }
      field.set(value, in: &engine)
      system.engine = consume engine
    case .interconnect(let field): system.changeInterconnect { field.set(value, in: &$0) }
    }
  }

  /// Notes in a system that the number is no longer the profile's.
  func markOverridden(in system: inout System) {
    let from = "set by the user"
    switch place {
    case .accelerator(let field): system.accelerator?.provenance.override(field.path, from: from)
    case .host(let field): system.host.provenance.override(field.path, from: from)
    case .framework(let field): system.framework.provenance.override(field.path, from: from)
    case .engine(let field): system.engine?.provenance.override(field.path, from: from)
    case .interconnect(let field): system.changeInterconnect { $0.provenance.override(field.path, from: from) }
    }
  }
}

extension SystemNumber {
  /// The speed of one thread of the host, relative to the reference host.
  package static let hostSpeed = SystemNumber(.host(HostProfile.singleThreadSpeed))
  /// Bandwidth of the device's memory.
  package static let memoryBandwidth = SystemNumber(.accelerator(AcceleratorProfile.memoryBandwidth))
  /// Bandwidth between host and device.
  package static let linkBandwidth = SystemNumber(.accelerator(AcceleratorProfile.linkBandwidth))
  /// Host time of one launch call.
  package static let launchCall = SystemNumber(.accelerator(AcceleratorProfile.launchCall))
  /// From the launch call's return until the kernel may start.
  package static let launchLatency = SystemNumber(.accelerator(AcceleratorProfile.launchLatency))
  /// Idle time between kernels of a stream.
  package static let kernelGap = SystemNumber(.accelerator(AcceleratorProfile.kernelGap))
  /// Idle time between the nodes of a graph.
  package static let graphKernelGap = SystemNumber(.accelerator(AcceleratorProfile.graphKernelGap))
  /// Host time of one graph launch.
  package static let graphCall = SystemNumber(.accelerator(AcceleratorProfile.graphCall))
  /// From the graph launch's return until it starts.
  package static let graphLatency = SystemNumber(.accelerator(AcceleratorProfile.graphLatency))
  /// Device done until a synchronization has returned.
  package static let synchronization = SystemNumber(.accelerator(AcceleratorProfile.synchronization))

  /// Host time of one operator of a kind.
  package static func dispatch(_ kind: OperatorKind) -> SystemNumber {
    SystemNumber(.framework(FrameworkProfile.dispatch(kind)))
  }
}

extension AcceleratorProfile {
  /// Writes a number.
  fileprivate mutating func write(_ value: Double, _ field: ProfileField<AcceleratorProfile>) {
    field.set(value, in: &self)
  }
}
