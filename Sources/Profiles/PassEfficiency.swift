import JSONText

/// What is fitted of passes over memory: normalizations, softmax, look-ups, copies.
///
/// An architecture has all of it, or its passes take as long as their bytes.
package struct PassEfficiency: Sendable, Equatable {
  /// Clocks that a block waits for memory, or for its own threads, one time.
  package var waitClocks: Double?
  /// Clocks that the start of a block takes beside its waits, where others have to end before it.
  package var blockClocks: Double?
  /// Elements whose places a compute unit computes in a clock, where they are not in order.
  package var placesPerClock: Double?
  /// Elements that it places in a clock where rows become columns, so that no two beside one another stay so.
  package var turnsPerClock: Double?
  /// Elements of planes, each of which has a factor of its own, that it scales in a clock, one thread one at a time.
  package var planesPerClock: Double?
  /// Bytes that a pass exchanges with the last-level cache in a clock, of each compute unit.
  package var streamBytesPerClock: Double?

  /// None of them.
  package init() {}

  static let table: [OptionalConstant] = [
    OptionalConstant(
      key: "wait_clocks", keyPath: \.passes.waitClocks, domain: NumberDomain(.clocks, .between(0, 1e6)),
      meaning: "a block's wait for memory or its threads", note: "in normalizations, sums and look-ups"),
    OptionalConstant(
      key: "block_clocks", keyPath: \.passes.blockClocks, domain: NumberDomain(.clocks, .between(0, 1e6)),
      meaning: "start of a block beside its waits", note: "where it has to wait for another's end"),
    OptionalConstant(
      key: "places_per_clock", keyPath: \.passes.placesPerClock,
      domain: NumberDomain(.resultsPerClock, .between(0.01, 1e6)),
      meaning: "elements that a unit places per clock", note: "of broadcast, permuted and indexed operands",
      family: .operands),
    OptionalConstant(
      key: "turns_per_clock", keyPath: \.passes.turnsPerClock,
      domain: NumberDomain(.resultsPerClock, .between(0.01, 1e6)),
      meaning: "elements that a unit turns per clock", note: "where rows become columns", family: .operands),
    OptionalConstant(
      key: "planes_per_clock", keyPath: \.passes.planesPerClock,
      domain: NumberDomain(.resultsPerClock, .between(0.01, 1e6)),
      meaning: "elements of planes that a unit scales per clock", note: "by a factor of each plane's", family: .operands
    ),
    OptionalConstant(
      key: "stream_bytes_per_clock", keyPath: \.passes.streamBytesPerClock, domain: .bytesPerClock,
      meaning: "bytes of a pass between a unit and the cache", note: "in a clock", family: .bandwidth,
      trend: .following(["memory.bandwidth_gb_per_s"], over: ["compute_units", "clock_ghz"])),
  ]
}

extension PassEfficiency {
  /// The constants without which there is no such equation.
  package struct Fitted: Sendable, Equatable {
    /// Clocks of a wait.
    package let waitClocks: Double
    /// Clocks of a block's start.
    package let blockClocks: Double
    /// Elements that a unit places in a clock.
    package let placesPerClock: Double
    /// Elements that it turns in a clock.
    package let turnsPerClock: Double
    /// Elements of planes that it scales in a clock.
    package let planesPerClock: Double
    /// Bytes between a unit and the last-level cache in a clock.
    package let streamBytesPerClock: Double
  }

  /// These constants; nil where one of them is missing.
  package var fitted: Fitted? {
    guard let waitClocks, let blockClocks, let placesPerClock, let turnsPerClock, let planesPerClock,
      let streamBytesPerClock
    else { return nil }
    return Fitted(
      waitClocks: waitClocks, blockClocks: blockClocks, placesPerClock: placesPerClock, turnsPerClock: turnsPerClock,
      planesPerClock: planesPerClock, streamBytesPerClock: streamBytesPerClock)
  }
}
