/// A pass in one of the worlds that a projection draws.
package struct SampledPass: Sendable, Equatable {
  /// Seconds per pass.
  package var latency: Double
  /// Seconds in which the device works.
  package var deviceBusy: Double
  /// The time that the host needs for it over the time that the device needs: above 1 the host sets the latency.
  package var hostOverDevice: Double
  /// How many times as fast as the reference one thread of the host must be for both to need the same time.
  package var neededHostSpeed: Double

  /// The tax as a fraction of the latency.
  package var taxFraction: Double { latency > 0 ? 1 - deviceBusy / latency : 0 }
}
