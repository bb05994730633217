// The products and quotients between units that mean something. What is missing here does not compile.

// MARK: Arithmetic, its rate, and time

/// The time that an amount of arithmetic takes at a rate.
@inlinable public func / (work: FLOPs, rate: FLOPsPerSecond) -> Seconds { Seconds(work.value / rate.value) }

/// The rate that an amount of arithmetic reaches in a time.
@inlinable public func / (work: FLOPs, time: Seconds) -> FLOPsPerSecond { FLOPsPerSecond(work.value / time.value) }

/// The arithmetic done at a rate in a time.
@inlinable public func * (rate: FLOPsPerSecond, time: Seconds) -> FLOPs { FLOPs(rate.value * time.value) }

/// The arithmetic done at a rate in a time.
@inlinable public func * (time: Seconds, rate: FLOPsPerSecond) -> FLOPs { rate * time }

// MARK: Data, its bandwidth, and time

/// The time that an amount of data takes at a bandwidth.
@inlinable public func / (data: Bytes, bandwidth: BytesPerSecond) -> Seconds {
  Seconds(data.value / bandwidth.value)
}

/// The bandwidth that an amount of data reaches in a time.
@inlinable public func / (data: Bytes, time: Seconds) -> BytesPerSecond { BytesPerSecond(data.value / time.value) }

/// The data moved at a bandwidth in a time.
@inlinable public func * (bandwidth: BytesPerSecond, time: Seconds) -> Bytes { Bytes(bandwidth.value * time.value) }

/// The data moved at a bandwidth in a time.
@inlinable public func * (time: Seconds, bandwidth: BytesPerSecond) -> Bytes { bandwidth * time }

// MARK: Arithmetic per byte

/// The intensity of a kernel: infinite where it moves no data, zero where it computes nothing.
///
/// A kernel that does neither has intensity zero, so that every kernel, an empty one too, has a place on a roofline.
@inlinable public func / (work: FLOPs, data: Bytes) -> ArithmeticIntensity {
  ArithmeticIntensity(work.value == 0 ? 0 : work.value / data.value)
}

/// The arithmetic done on an amount of data at an intensity.
@inlinable public func * (intensity: ArithmeticIntensity, data: Bytes) -> FLOPs {
  FLOPs(intensity.value * data.value)
}

/// The arithmetic done on an amount of data at an intensity.
@inlinable public func * (data: Bytes, intensity: ArithmeticIntensity) -> FLOPs { intensity * data }

/// The data moved by an amount of arithmetic at an intensity.
@inlinable public func / (work: FLOPs, intensity: ArithmeticIntensity) -> Bytes {
  Bytes(work.value / intensity.value)
}

/// The rate of arithmetic that a bandwidth feeds at an intensity.
@inlinable public func * (intensity: ArithmeticIntensity, bandwidth: BytesPerSecond) -> FLOPsPerSecond {
  FLOPsPerSecond(intensity.value * bandwidth.value)
}

/// The rate of arithmetic that a bandwidth feeds at an intensity.
@inlinable public func * (bandwidth: BytesPerSecond, intensity: ArithmeticIntensity) -> FLOPsPerSecond {
  intensity * bandwidth
}

/// The intensity at which a bandwidth just feeds a rate: the ridge point.
@inlinable public func / (rate: FLOPsPerSecond, bandwidth: BytesPerSecond) -> ArithmeticIntensity {
  ArithmeticIntensity(rate.value / bandwidth.value)
}

/// The bandwidth that feeds a rate at an intensity.
@inlinable public func / (rate: FLOPsPerSecond, intensity: ArithmeticIntensity) -> BytesPerSecond {
  BytesPerSecond(rate.value / intensity.value)
}
