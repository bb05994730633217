import JSONText
import Studies

extension JSONWriter {
  /// Writes a result's members into the object that is open: exact times, the tax, what the latency waits for.
  mutating func members(of result: SweepResult) {
    for (name, time) in [
      ("latency_us", result.latency), ("device_busy_us", result.deviceBusy),
      ("framework_tax_us", result.latency - result.deviceBusy),
    ] {
      key(name)
      rawNumber(NumberFormat.microseconds(picoseconds: time))
    }
    key("framework_tax_fraction")
    value(result.frameworkTaxFraction)
    key("bound")
    value(result.bound.rawValue)
  }

  /// Writes a result as the object of a key.
  mutating func object(_ name: String, _ result: SweepResult) {
    key(name)
    beginObject()
    members(of: result)
    end()
  }
}
