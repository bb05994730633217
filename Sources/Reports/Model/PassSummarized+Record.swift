import Simulation

// What a pass takes, which every report names and shows alike.

extension PassSummarized {
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
    _ times: @escaping @Sendable (Row) -> any PassSummarized
  ) -> Column {
    Column("latency", unit: unit, key: "latency_us", display) { .time(times($0).latency, style) }
  }

  /// The time in which the device works.
  static func busy(
    _ title: String = "busy", _ unit: String = "us", _ display: Display = .microseconds(1),
    _ times: @escaping @Sendable (Row) -> any PassSummarized
  ) -> Column {
    Column(title, unit: unit, key: "device_busy_us", display) { .time(times($0).deviceBusy) }
  }

  /// The tax as a fraction of the latency, which people see in percent, and marked where the framework is waited for.
  static func tax(
    decimals: Int = 1, marks: Bool = false, _ times: @escaping @Sendable (Row) -> any PassSummarized
  ) -> Column {
    Column("tax", unit: "%", key: "framework_tax_fraction", .percent(decimals)) {
      let times = times($0)
      return .number(times.frameworkTaxFraction, marks && times.bound == .framework ? .yellow : nil)
    }
  }

  /// What the latency is waiting for.
  static func bound(_ times: @escaping @Sendable (Row) -> any PassSummarized) -> Column {
    Column("bound") { .text(times($0).bound.rawValue) }
  }
}
