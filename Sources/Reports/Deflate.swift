/// DEFLATE, the compressing half (RFC 1951): one block in the fixed codes, matches by chains of hashes.
///
/// What a page may show is the same few drawings a hundred times, and browsers have the other half
/// (`DecompressionStream("deflate-raw")`). The toolchain has no compressor outside of Foundation, and a program of the
/// system's would make pages that differ from machine to machine. The fixed codes are a fifth larger than fitted ones
/// (`zlib` at level 6: 393 KB for a page of 4.6 MB, 460 in the fixed codes), and half of the code.
struct Deflate {
  private var output: [UInt8] = []
  private var bits: UInt64 = 0
  private var bitCount: UInt64 = 0

  /// The bytes as one raw stream, in time proportional to their number.
  static func compressed(_ input: [UInt8]) -> [UInt8] {
    var stream = Deflate()
    stream.write(0b1, 1)  // the last block
    stream.write(0b01, 2)  // in the fixed codes
    var finder = MatchFinder(input)
    var position = 0
    while position < input.count {
      var match = finder.match(at: position)
      // A longer match one byte further on is worth a literal.
      while let shorter = match, shorter.length < MatchFinder.goodLength,
        let next = finder.match(at: position + 1), next.length > shorter.length
      {
        stream.writeSymbol(Int(input[position]))
        position += 1
        match = next
      }
      if let match {
        stream.write(match)
        position += match.length
      } else {
        stream.writeSymbol(Int(input[position]))
        position += 1
      }
    }
    stream.writeSymbol(256)
    stream.write(0, (8 - stream.bitCount % 8) % 8)
    return stream.output
  }

  // MARK: Bits

  private mutating func write(_ value: UInt64, _ count: UInt64) {
    bits |= value << bitCount
    bitCount += count
    while bitCount >= 8 {
      output.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      bitCount -= 8
    }
  }

  /// Writes a code, whose most significant bit comes first (section 3.1.1).
  private mutating func writeCode(_ code: UInt64, _ length: UInt64) {
    var reversed: UInt64 = 0
    for bit in 0..<length { reversed |= (code >> bit & 1) << (length - 1 - bit) }
    write(reversed, length)
  }

  /// A literal, the end of the block, or a length's symbol (section 3.2.6).
  private mutating func writeSymbol(_ symbol: Int) {
    switch symbol {
    case ..<144: writeCode(UInt64(0b0011_0000 + symbol), 8)
    case ..<256: writeCode(UInt64(0b1_1001_0000 + symbol - 144), 9)
    case ..<280: writeCode(UInt64(symbol - 256), 7)
    default: writeCode(UInt64(0b1100_0000 + symbol - 280), 8)
    }
  }

  private mutating func write(_ match: MatchFinder.Match) {
    let length = Self.lengths.last { $0.base <= match.length } ?? Self.lengths[0]
    writeSymbol(length.symbol)
    write(UInt64(match.length - length.base), length.extraBits)
    let distance = Self.distances.last { $0.base <= match.distance } ?? Self.distances[0]
    writeCode(UInt64(distance.symbol), 5)
    write(UInt64(match.distance - distance.base), distance.extraBits)
  }

  // MARK: Symbols

  private typealias Range = (symbol: Int, base: Int, extraBits: UInt64)

  /// Symbols 257 to 284 cover lengths from 3 on, four for each further bit after the first eight; 285 is 258 alone
  /// (section 3.2.5).
  private static let lengths: [Range] = {
    var base = 3
    return (257...284).map { symbol in
      let bits = UInt64(max(0, (symbol - 261) / 4))
      defer { base += 1 << bits }
      return (symbol, base, bits)
    } + [(285, 258, 0)]
  }()

  /// Symbols 0 to 29 cover distances from 1 on, two for each further bit after the first four.
  private static let distances: [Range] = {
    var base = 1
    return (0...29).map { symbol in
      let bits = UInt64(max(0, symbol / 2 - 1))
      defer { base += 1 << bits }
      return (symbol, base, bits)
    }
  }()
}

/// Finds earlier stretches of bytes that are the same as those at a place.
private struct MatchFinder {
  /// A stretch that was there before.
  struct Match {
    var length: Int
    var distance: Int
  }

  /// The window of the format.
  private static let window = 32_768
  private static let lengths = 3...258
  /// So long a match is taken at once.
  static let goodLength = 128
  /// How many places with the same hash are tried: what `zlib` tries at its middle levels.
  private static let chainLimit = 64

  private let input: [UInt8]
  /// The last place of each hash, and before each place of the window the one before; -1 for none.
  private var last = [Int](repeating: -1, count: 1 << 15)
  private var previous = [Int](repeating: -1, count: window)
  private var known = 0

  init(_ input: [UInt8]) { self.input = input }

  /// The longest stretch before `position` that is the same as what begins there; nil where none is worth a code.
  ///
  /// Places are to be asked for in order.
  mutating func match(at position: Int) -> Match? {
    while known < position { insert(known) }
    guard position + Self.lengths.lowerBound <= input.count else { return nil }
    let limit = min(Self.lengths.upperBound, input.count - position)
    var best = Match(length: Self.lengths.lowerBound - 1, distance: 0)
    var candidate = last[hash(at: position)]
    var tries = Self.chainLimit
    while candidate >= 0, position - candidate <= Self.window, tries > 0, best.length < limit {
      // Only what continues where the best one ends can be longer.
      if input[candidate + best.length] == input[position + best.length] {
        var length = 0
        while length < limit, input[candidate + length] == input[position + length] { length += 1 }
        if length > best.length { best = Match(length: length, distance: position - candidate) }
      }
      let before = previous[candidate % Self.window]
      guard before < candidate else { break }
      candidate = before
      tries -= 1
    }
    return best.distance > 0 ? best : nil
  }

  private mutating func insert(_ position: Int) {
    known = position + 1
    guard position + Self.lengths.lowerBound <= input.count else { return }
    let hash = hash(at: position)
    previous[position % Self.window] = last[hash]
    last[hash] = position
  }

  private func hash(at position: Int) -> Int {
    let bytes = UInt32(input[position]) | UInt32(input[position + 1]) << 8 | UInt32(input[position + 2]) << 16
    // The multiplier is the golden ratio's (Knuth, The Art of Computer Programming, 6.4).
    return Int((bytes &* 0x9E37_79B1) >> 17)
  }
}
