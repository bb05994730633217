import Simulation
import Studies

/// What every simulation tells of a pass, which every report names and shows alike.
protocol PassTimes {
  /// Picoseconds per pass.
  var latency: Int64 { get }
  /// Picoseconds of it in which the device works.
  var deviceBusy: Int64 { get }
  /// The rest as a fraction of the latency.
  var frameworkTaxFraction: Double { get }
  /// What the latency is waiting for.
  var bound: LatencyBound { get }
}

extension PassResult: PassTimes {}

extension SweepResult: PassTimes {}

extension PassTiming: PassTimes {
  var frameworkTaxFraction: Double { latency == 0 ? 0 : Double(frameworkTax) / Double(latency) }

  var bound: LatencyBound { LatencyBound(account: account) }

  /// What the critical path has spent in a category.
  func time(in category: CostCategory) -> Int64 { account[category.rawValue] }
}

extension PassTimes {
  /// Picoseconds in which the device does not work.
  var frameworkTax: Int64 { latency - deviceBusy }

  /// The times by key.
  var times: Record {
    [
      "latency_us": .time(latency), "device_busy_us": .time(deviceBusy), "framework_tax_us": .time(frameworkTax),
      "framework_tax_fraction": .number(frameworkTaxFraction), "bound": .text(bound.rawValue),
    ]
  }

  /// The latency, the part of it in which the device works, and the tax as a fraction.
  var lineTimes: Record {
    [
      "latency_us": .time(latency), "device_busy_us": .time(deviceBusy),
      "framework_tax_fraction": .number(frameworkTaxFraction),
    ]
  }
}

extension Column {
  /// The latency, in microseconds or milliseconds.
  static func latency(
    _ unit: String = "us", _ display: Display = .microseconds(1), style: TextStyle? = nil,
    _ times: @escaping @Sendable (Row) -> any PassTimes
  ) -> Column {
    Column("latency", unit: unit, key: "latency_us", display) { .time(times($0).latency, style) }
  }

  /// The time in which the device works.
  static func busy(
    _ title: String = "busy", _ unit: String = "us", _ display: Display = .microseconds(1),
    _ times: @escaping @Sendable (Row) -> any PassTimes
  ) -> Column {
    Column(title, unit: unit, key: "device_busy_us", display) { .time(times($0).deviceBusy) }
  }

  /// The tax as a fraction of the latency, which people see in percent, and marked where the framework is waited for.
  static func tax(
    decimals: Int = 1, marks: Bool = false, _ times: @escaping @Sendable (Row) -> any PassTimes
  ) -> Column {
    Column("tax", unit: "%", key: "framework_tax_fraction", .percent(decimals)) {
      let times = times($0)
      return .number(times.frameworkTaxFraction, marks && times.bound == .framework ? .yellow : nil)
    }
  }

  /// What the latency is waiting for.
  static func bound(_ times: @escaping @Sendable (Row) -> any PassTimes) -> Column {
    Column("bound") { .text(times($0).bound.rawValue) }
  }
}
