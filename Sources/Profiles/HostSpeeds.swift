/// What a host's time is spent in: sorts of code that do not get faster alike from one host to the next.
public enum HostComponent: String, CaseIterable, Sendable {
  /// Python: calls, arguments, modules.
  case interpreter
  /// Compiled framework code: dispatch, allocation, selection.
  case native
  /// The driver: launches.
  case driver
  /// Copies by the processor.
  case copy
  /// Texts to tokens and back.
  case tokenizer
}

/// How fast a host is at each component, relative to its single-thread speed.
public struct HostSpeeds: Sendable, Equatable {
  /// Python.
  public var interpreter = 1.0
  /// Compiled framework code.
  public var native = 1.0
  /// The driver's calls, where they are known to have a speed of their own; nil for that of ``native``.
  public var ownDriver: Double?
  /// Copies by the processor.
  public var copy = 1.0
  /// Texts to tokens and back.
  public var tokenizer = 1.0

  /// All as fast as the single-thread speed says.
  public init() {}

  /// The driver's calls.
  public var driver: Double { ownDriver ?? native }

  /// The speed at a component.
  public subscript(component: HostComponent) -> Double {
    switch component {
    case .interpreter: interpreter
    case .native: native
    case .driver: driver
    case .copy: copy
    case .tokenizer: tokenizer
    }
  }
}
