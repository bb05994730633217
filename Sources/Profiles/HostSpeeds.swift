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

  /// These by those of another host: what each sort of code gains from one to the other, beside the single-thread speed.
  package func relative(to other: HostSpeeds) -> HostSpeeds {
    var speeds = HostSpeeds()
    speeds.interpreter = interpreter / other.interpreter
    speeds.native = native / other.native
    speeds.ownDriver = driver / other.driver
    speeds.copy = copy / other.copy
    speeds.tokenizer = tokenizer / other.tokenizer
    return speeds
  }

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

extension HostProfile {
  /// The speed at a component, relative to the reference host.
  package func speed(at component: HostComponent) -> Double { singleThreadSpeed * speed[component] }
}
