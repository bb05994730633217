/// Numbers that are one quantity to a designer of hardware, and scaled together; in the order in which roadmaps list them.
package enum NumberFamily: Int, Sendable, Hashable {
  /// Arithmetic, in each format.
  case peak
  /// Operands that reach the matrix units.
  case operands
  /// Bandwidth of the device's memories.
  case bandwidth
  /// Size of the device's memory.
  case capacity
  /// Compute units.
  case units
  /// The clock.
  case clock
  /// Calls that launch, and the way from a launch to its start.
  case launch
  /// Idle time between kernels.
  case gap
  /// Bandwidth between host and device.
  case link
  /// What the framework spends on operators, their kernels and the pass.
  case dispatch
  /// The speed of one thread of the host.
  case hostSpeed
  /// A number that stands by itself.
  case none
}
