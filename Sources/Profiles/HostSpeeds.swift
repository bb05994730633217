/// How fast a host is at each sort of code, relative to its single-thread speed: they do not get faster alike from one host to
/// the next.
package struct HostSpeeds: Sendable, Equatable {
  /// Python.
  package var interpreter = 1.0
  /// Compiled framework code.
  package var native = 1.0
  /// The driver's calls, where they are known to have a speed of their own; nil for that of ``native``.
  package var ownDriver: Double?
  /// Copies by the processor.
  package var copy = 1.0
  /// Texts to tokens and back.
  package var tokenizer = 1.0

  /// All as fast as the single-thread speed says.
  package init() {}

  /// The driver's calls.
  package var driver: Double { ownDriver ?? native }

  /// The speed at a component.
  package subscript(component: HostComponent) -> Double {
    switch component {
    case .interpreter: interpreter
    case .native: native
    case .driver: driver
    case .copy: copy
    case .tokenizer: tokenizer
    }
  }
}
