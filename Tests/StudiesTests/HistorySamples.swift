import JSONText
import Profiles
import TestSupport

@testable import Studies

/// Histories for tests: the shipped one, and lines that double without scatter.
enum HistorySamples {
  private static func bytes(_ name: String) throws -> (bytes: [UInt8], file: String) {
    let file = packageRoot + "/hardware-profiles/history/" + name
    return (try readFileBytes(file), file)
  }

  /// How the shipped history's trends are fitted.
  static func rules() throws -> TrendRules {
    let (bytes, file) = try bytes("trends.json")
    return try TrendRules(from: JSONDocument(bytes: bytes, file: file))
  }

  private static func parts(_ name: String, of noun: String) throws -> [HistoryPart] {
    let (bytes, file) = try bytes(name)
    return try HistoryPart.read(CSVText(bytes: bytes, file: file), of: noun)
  }

  /// The shipped history.
  static func shipped() throws -> HardwareLines {
    try HardwareLines(
      accelerators: parts("accelerators.csv", of: "accelerator"), hosts: parts("hosts.csv", of: "host"), rules: rules())
  }

  /// A part with a bandwidth.
  static func part(_ line: String, _ market: String, _ year: Int, _ bandwidth: Double) -> HistoryPart {
    HistoryPart(
      line: line, market: market, name: "\(line) of \(year)", released: "\(year)-06",
      values: ["accelerator.memory.bandwidth_gb_per_s": bandwidth])
  }

  /// Lines of two markets, each with a pace of its own, every two years from 2008 to 2024, without scatter.
  static func noiseless() throws -> HardwareLines {
    let paces: [(line: String, market: String, start: Double, yearly: Double)] = [
      ("fast", "flagship", 100, 1.5), ("slow", "flagship", 300, 1.2), ("small", "volume", 20, 1.3),
    ]
    let parts = paces.flatMap { pace in
      stride(from: 2008, through: 2024, by: 2).map { year in
        let years = Double(year - 2008)
        return part(pace.line, pace.market, year, pace.start * (pace.yearly.logarithm * years).exponential)
      }
    }
    return HardwareLines(accelerators: parts, hosts: [], rules: try rules())
  }
}
