import JSONText
import Profiles
import SampleModels
import TestSupport
import Testing

@Suite("A number with a unit behind it") struct QuantityTests {
  @Test(arguments: [
    ("3.35TB/s", NumberUnit.gigabytesPerSecond, 3350), ("3.35 TB/s", .gigabytesPerSecond, 3350),
    ("900 Gbit/s", .gigabytesPerSecond, 112.5), ("80GB", .gigabytes, 80), ("80GiB", .gigabytes, 85.89934592),
    ("50MB", .megabytes, 50), ("0.1GB", .megabytes, 100), ("1.98GHz", .gigahertz, 1.98), ("1980 MHz", .gigahertz, 1.98),
    ("989TFLOP/s", .teraflops, 989), ("0.989PFLOPS", .teraflops, 989), ("1979TOPS", .teraflops, 1979),
    ("700W", .watts, 700), ("0.7kW", .watts, 700), ("2.5us", .microseconds, 2.5), ("2.5µs", .microseconds, 2.5),
    ("90ns", .microseconds, 0.09), ("90%", .fraction, 0.9), ("1999USD", .dollars, 1999),
    ("3.99USD/h", .dollarsPerHour, 3.99),
    ("12", .gigabytesPerSecond, 12), ("1e3", .count, 1000), ("4clocks", .clocks, 4),
  ])
  func `is the very number that it is in the unit of the field`(text: String, unit: NumberUnit, value: Double) throws {
    #expect(try unit.number(text) == value)
  }

  @Test(arguments: [
    (
      "3.35TB", NumberUnit.gigabytesPerSecond,
      "must be a bandwidth in GB/s, or with a unit such as MB/s or TB/s, and TB is the unit of a size (it is '3.35TB')"
    ),
    ("3.35tb/s", .gigabytesPerSecond, "has the unknown unit 'tb/s'; did you mean 'TB/s'? (it is '3.35tb/s')"),
    ("fast", .gigahertz, "must be a number in GHz, or with a unit such as MHz or THz (it is 'fast')"),
    ("0x10", .gigahertz, "must be a number in GHz, or with a unit such as MHz or THz (it is '0x10')"),
    ("700W", .count, "must be a plain number, and W is the unit of a power (it is '700W')"),
  ])
  func `is refused in the unit of something else`(text: String, unit: NumberUnit, words: String) {
    let fault = #expect(throws: QuantityFault.self) { try unit.number(text) }
    #expect(fault?.words.text == words)
  }

  @Test func `has each spelling once`() {
    #expect(Set(UnitSpelling.all.map(\.symbol)).count == UnitSpelling.all.count)
    for unit in NumberUnit.allCases where ![.count, .elements, .ratio, .fraction, .resultsPerClock].contains(unit) {
      #expect(throws: Never.self, "\(unit.rawValue)") { try unit.number("1" + unit.rawValue) }
    }
  }

  @Test func `stands in a profile as a string`() throws {
    let edits = [
      TextEdit(#""bandwidth_gb_per_s": 500"#, #""bandwidth_gb_per_s": "0.5TB/s""#),
      TextEdit(#""clock_ghz": 1.5"#, #""clock_ghz": "1500 MHz""#),
    ]
    let text = edits.reduce(Sample.acceleratorText) { $1.apply(to: $0) }
    let profile = try ProfileReader.accelerator(from: Sample.document(text), families: Sample.families())
    #expect(profile.memory.bandwidthGBPerS == 500 && profile.clockGHz == 1.5)
  }

  @Test(arguments: [
    ("\"5TB\"", "/memory/bandwidth_gb_per_s must be a bandwidth in GB/s"),
    ("\"2e9TB/s\"", "/memory/bandwidth_gb_per_s must be between 0.001 and 1000000000 GB/s (it is 2000000000000)"),
    ("\"500\"", "/memory/bandwidth_gb_per_s must be a number (it is a string)"),
  ])
  func `is refused in a profile, at its place`(literal: String, words: String) throws {
    let text = TextEdit(#""bandwidth_gb_per_s": 500"#, #""bandwidth_gb_per_s": "# + literal).apply(
      to: Sample.acceleratorText)
    let families = try Sample.families()
    let fault = #expect(throws: JSONFault.self) {
      try ProfileReader.accelerator(from: Sample.document(text), families: families)
    }
    #expect(
      fault?.words.text.hasPrefix(words) == true && fault?.path == "/memory/bandwidth_gb_per_s",
      "\(fault?.description ?? "")")
  }
}
