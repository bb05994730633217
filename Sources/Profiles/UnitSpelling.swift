/// What sort of thing a number counts: numbers of one dimension can be written in each other's units.
package enum Dimension: Sendable, Equatable, CaseIterable {
  /// Bytes.
  case size
  /// Bytes in a second.
  case bandwidth
  /// FLOPs in a second; of `int8`, operations.
  case operations
  /// Clocks in a second.
  case frequency
  /// Seconds.
  case time
  /// Joules.
  case energy
  /// Joules in a second.
  case power
  /// US dollars.
  case price
  /// US dollars in an hour.
  case rent
  /// Parts of a whole.
  case share
  /// Numbers whose unit has no other spelling: counts, ratios, what happens in a clock.
  case other

  /// The word for a number of it.
  package var words: String {
    switch self {
    case .size: "a size"
    case .bandwidth: "a bandwidth"
    case .operations: "a rate of arithmetic"
    case .frequency: "a frequency"
    case .time: "a time"
    case .energy: "an energy"
    case .power: "a power"
    case .price: "a price"
    case .rent: "a price for an hour"
    case .share: "a share"
    case .other: "a plain number"
    }
  }
}

extension NumberUnit {
  /// What it measures.
  package var dimension: Dimension { scale.dimension }

  /// The power of ten of the dimension's plain unit, bytes or seconds, that it is.
  var exponent: Int { scale.exponent }

  private var scale: (dimension: Dimension, exponent: Int) {
    switch self {
    case .gigabytesPerSecond: (.bandwidth, 9)
    case .teraflops: (.operations, 12)
    case .gigahertz: (.frequency, 9)
    case .gigabytes: (.size, 9)
    case .megabytes: (.size, 6)
    case .bytes: (.size, 0)
    case .microseconds: (.time, -6)
    case .picojoules: (.energy, -12)
    case .watts: (.power, 0)
    case .dollars: (.price, 0)
    case .dollarsPerHour: (.rent, 0)
    case .fraction: (.share, 0)
    case .flopsPerClock, .bytesPerClock, .resultsPerClock, .clocks, .count, .elements, .ratio: (.other, 0)
    }
  }
}

/// A unit as people write it behind a number.
package struct UnitSpelling: Sendable, Equatable {
  /// How it is written, letter case included: `TB/s`.
  package let symbol: String
  /// What it measures.
  package let dimension: Dimension
  /// How many plain units it is: `factor` times ten to the power of `exponent`.
  let factor: UInt64
  let exponent: Int

  /// Every spelling, of each dimension the usual ones first.
  package static let all: [UnitSpelling] =
    prefixed(["B"], .size, decimal) + prefixed(["B"], .size, binary)
    + prefixed(["B/s", "Bps"], .bandwidth, decimal) + prefixed(["B/s"], .bandwidth, binary)
    // Links are often sold by the bit.
    + prefixed(["bit/s"], .bandwidth, decimal, times: 125, exponent: -3)
    + prefixed(["FLOP/s", "FLOPS", "FLOPs", "OP/s", "OPS"], .operations, decimal)
    + prefixed(["Hz"], .frequency, decimal) + prefixed(["s"], .time, small) + prefixed(["J"], .energy, small)
    + prefixed(["W"], .power, decimal)
    + [
      UnitSpelling("USD", .price), UnitSpelling("USD/h", .rent), UnitSpelling("USD/hour", .rent),
      UnitSpelling("%", .share, exponent: -2),
    ]

  private init(_ symbol: String, _ dimension: Dimension, factor: UInt64 = 1, exponent: Int = 0) {
    self.symbol = symbol
    self.dimension = dimension
    self.factor = factor
    self.exponent = exponent
  }

  private static let decimal: [(String, UInt64, Int)] = [
    ("G", 1, 9), ("M", 1, 6), ("T", 1, 12), ("P", 1, 15), ("E", 1, 18), ("k", 1, 3), ("K", 1, 3), ("", 1, 0),
  ]
  private static let binary: [(String, UInt64, Int)] = [
    ("Gi", 1 << 30, 0), ("Mi", 1 << 20, 0), ("Ti", 1 << 40, 0), ("Ki", 1 << 10, 0),
  ]
  private static let small: [(String, UInt64, Int)] = [
    ("u", 1, -6), ("m", 1, -3), ("n", 1, -9), ("p", 1, -12), ("", 1, 0),
    // The micro sign and the Greek letter.
    ("\u{B5}", 1, -6), ("\u{3BC}", 1, -6),
  ]

  private static func prefixed(
    _ symbols: [String], _ dimension: Dimension, _ prefixes: [(symbol: String, factor: UInt64, exponent: Int)],
    times factor: UInt64 = 1, exponent: Int = 0
  ) -> [UnitSpelling] {
    symbols.flatMap { symbol in
      prefixes.map {
        UnitSpelling(
          $0.symbol + symbol, dimension, factor: $0.factor * factor, exponent: $0.exponent + exponent)
      }
    }
  }
}
