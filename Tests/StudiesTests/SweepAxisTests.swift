import JSONText
import Profiles
import SampleModels
import Testing

@testable import Studies

@Suite("An axis of a sweep") struct SweepAxisTests {
  static func axis(_ name: String, _ items: String) throws -> SweepAxis {
    try SweepAxis(name: name, items: items.split(separator: ",", omittingEmptySubsequences: false).map(String.init)) {
      $0 == .accelerator ? ["nvidia-a100", "nvidia-h100-sxm", "amd-mi300x"] : []
    }
  }

  @Test func `reads lists and ranges with both ends`() throws {
    #expect(try Self.axis("batch", "1,2,8").values.map(\.text) == ["1", "2", "8"])
    #expect(
      try Self.axis("host.single_thread_speed", "0.25..4:log9").values.map(\.text)
        == ["0.25", "0.353553390593", "0.5", "0.707106781187", "1", "1.41421356237", "2", "2.82842712475", "4"])
    #expect(
      try Self.axis("accelerator.memory.bandwidth_gb_per_s", "500..20000:lin4").values.map(\.text)
        == ["500", "7000", "13500", "20000"])
    #expect(try Self.axis("host.single_thread_speed", "4..1:lin3").values.map(\.text) == ["4", "2.5", "1"])
    #expect(
      try Self.axis("batch", "1..64:log7,100").values.map(\.text) == ["1", "2", "4", "8", "16", "32", "64", "100"])
  }

  @Test func `matches patterns against the catalog, in its order`() throws {
    #expect(try Self.axis("accelerator", "nvidia-*").values.map(\.text) == ["nvidia-a100", "nvidia-h100-sxm"])
    #expect(try Self.axis("accelerator", "*300x,none").values.map(\.text) == ["amd-mi300x", "none"])
    #expect(SweepAxis.matches("nvidia-h100-sxm", pattern: "n*h*x*m"))
    #expect(!SweepAxis.matches("nvidia", pattern: "nvidia?"))
  }

  @Test func `takes sequence-length for sequence_length, and a dotted name for a number`() throws {
    #expect(try Self.axis("sequence-length", "128").subject == .parameter("sequence_length"))
    #expect(try Self.axis("host.cores", "4").subject == .number("host.cores"))
  }

  @Test(arguments: [
    ("batch", "", "over batch has an empty value"),
    ("batch", "1,,2", "over batch has an empty value"),
    ("batch", "1.5", "needs whole numbers"),
    ("batch", "0", "needs whole numbers"),
    ("batch", "2,2", "twice"),
    ("batch", "1..2:log9", "twice"),
    ("batch", "many", "needs numbers or ranges"),
    ("batch", "nan", "needs numbers or ranges"),
    ("host.cores", "1..8", "is no range"), ("batch", "8..1", "is no range"), ("batch", "0..8", "is no range"),
    ("batch", "1..8:log", "is no range"),
    ("batch", "1..8:log1", "is no range"),
    ("batch", "1..8:geo4", "is no range"),
    ("host.single_thread_speed", "0..4:log3", "must be greater than 0"),
    ("host.single_thread_speed", "0,1", "must be between 0.001 and 1000"),
    ("host.single_thread_speed", "0..4:lin3", "must be between 0.001 and 1000"),
    ("accelerator.compute_units", "80,80.5", "must be a whole number between 1 and 1000000 (it is 80.5)"),
    ("accelerator.compute_units", "0..1:lin2", "must be a whole number between 1 and 1000000 (it is 0.0)"),
    ("accelerator.compute_units", "1..2:lin5", "twice"),
    ("accelerator.memory.bandwidth_gb_per_s", "1,1e300", "must be between 0.001 and 1000000000 GB/s"),
    ("accelerator", "intel-*", "no accelerator of the catalog fits 'intel-*'"),
  ])
  func `says what is wrong with a value`(name: String, items: String, words: String) throws {
    let fault = try #require(throws: SweepFault.self) { try Self.axis(name, items) }
    #expect(fault.description.contains(words), "\(fault)")
    #expect(fault.description.hasPrefix("error: "))
  }
}
