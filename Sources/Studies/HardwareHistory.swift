import Profiles

/// The generations of hardware in a catalog: what trends are fitted to.
///
/// A part stands for its generation if, when it came out, no part before it had as much of what its sort is bought for:
/// 16-bit arithmetic times bandwidth for accelerators, cores times their speed for hosts. Parts cut down for other uses
/// leave no trace in a trend that way, and no list has to be kept. Of an accelerator's architecture the first such part
/// counts, so that variants of one generation do not pass for several. Announced parts count for nothing.
package struct HardwareHistory: Sendable {
  /// The generations of accelerators, oldest first.
  package let accelerators: [AcceleratorProfile]
  /// Announced parts that would go on with them, in the order of their dates.
  package let announced: [AcceleratorProfile]
  /// The generations of hosts, oldest first.
  package let hosts: [HostProfile]

  /// Finds the generations among some parts.
  ///
  /// - Parameters:
  ///   - accelerators: Candidates in any order; those without a date are passed over.
  ///   - hosts: Candidates in any order; those without a date are passed over.
  package init(accelerators: [AcceleratorProfile], hosts: [HostProfile]) {
    let dated = accelerators.filter { !$0.released.isEmpty }.sorted { ($0.released, $1.name) < ($1.released, $0.name) }
    let shipping = dated.filter { !$0.isAnnounced }
    let merit = { (part: AcceleratorProfile) in
      (part.peakTFLOPS[.fp16] ?? part.peakTFLOPS[.fp32] ?? 0) * part.memory.bandwidthGBPerS
    }
    var architectures: Set<String> = []
    let records = Self.records(shipping, released: \.released, merit: merit)
    self.accelerators = records.filter { architectures.insert($0.architecture).inserted }
    let best = records.map(merit).max() ?? 0
    announced = dated.filter { $0.isAnnounced && merit($0) > best }
    self.hosts = Self.records(
      hosts.filter { !$0.released.isEmpty }.sorted { $0.released < $1.released }, released: \.released,
      merit: { $0.cores * $0.singleThreadSpeed })
  }

  /// Those of some dated parts that have more of something than every part of an earlier date and than every other one of
  /// their own.
  private static func records<Part>(
    _ parts: [Part], released: (Part) -> String, merit: (Part) -> Double
  ) -> [Part] {
    var records: [Part] = []
    var best = 0.0
    for (index, part) in parts.enumerated() where merit(part) > best {
      let sameDate = parts[index...].prefix { released($0) == released(part) }
      guard sameDate.allSatisfy({ merit($0) <= merit(part) }) else { continue }
      best = merit(part)
      records.append(part)
    }
    return records
  }
}

/// A month of a year, `2017-06`, as a number of years, of which the middle of June 2017 is 2017.458.
///
/// Nil for any other text.
func decimalYear(_ released: String) -> Double? {
  let parts = released.split(separator: "-")
  guard parts.count == 2, let year = Double(parts[0]), let month = Double(parts[1]) else { return nil }
  return year + (month - 0.5) / 12
}
