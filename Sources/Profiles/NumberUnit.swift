/// What a number of a profile is counted in.
public enum NumberUnit: String, CaseIterable, Sendable {
  /// 10^9 bytes in a second.
  case gigabytesPerSecond = "GB/s"
  /// 10^12 FLOPs in a second; of `int8`, operations.
  case teraflops = "TFLOP/s"
  /// 10^9 clocks in a second.
  case gigahertz = "GHz"
  /// 10^9 bytes.
  case gigabytes = "GB"
  /// 10^6 bytes.
  case megabytes = "MB"
  /// Single bytes.
  case bytes = "B"
  /// 10^-6 seconds.
  case microseconds = "us"
  /// FLOPs in one clock.
  case flopsPerClock = "FLOP/clock"
  /// Bytes in one clock.
  case bytesPerClock = "B/clock"
  /// Functions of one number, such as exponentials, in one clock.
  case resultsPerClock = "1/clock"
  /// Periods of the clock.
  case clocks
  /// 10^-12 joules.
  case picojoules = "pJ"
  /// Joules in a second.
  case watts = "W"
  /// US dollars.
  case dollars = "USD"
  /// US dollars in an hour.
  case dollarsPerHour = "USD/h"
  /// Things, whole.
  case count
  /// Elements of a tensor.
  case elements
  /// A part of a whole.
  case fraction
  /// One number to another of its kind.
  case ratio

  /// How it stands behind a value in a table for people; "1" for a number of no dimension.
  public var symbol: String {
    switch self {
    case .microseconds: "µs"
    case .count, .elements, .fraction, .ratio: "1"
    default: rawValue
    }
  }

  /// How it stands behind the limits in a message; empty for a number of no dimension.
  var words: String {
    switch self {
    case .flopsPerClock: "FLOPs in a clock"
    case .bytesPerClock: "bytes in a clock"
    case .resultsPerClock: "in a clock"
    case .count, .elements, .fraction, .ratio: ""
    default: rawValue
    }
  }
}
