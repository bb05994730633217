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
  private let codes = FixedCodes()

  /// The bytes as one raw stream, in time proportional to their number.
  static func compressed(_ input: [UInt8]) -> [UInt8] {
    input.withUnsafeBytes { compressed($0) }
  }

  private static func compressed(_ input: UnsafeRawBufferPointer) -> [UInt8] {
    var stream = Deflate()
    stream.output.reserveCapacity(input.count / 8)
    stream.write(0b1, 1)  // the last block
    stream.write(0b01, 2)  // in the fixed codes
    var finder = MatchFinder()
    var position = 0
    while position < input.count {
      var match = finder.match(at: position, in: input)
      // A longer match one byte further on is worth a literal.
      while let shorter = match, shorter.length < MatchFinder.goodLength,
        let next = finder.match(at: position + 1, in: input), next.length > shorter.length
      {
        stream.write(stream.codes.symbols[Int(input[position])])
        position += 1
        match = next
      }
      if let match {
        stream.write(match)
        position += match.length
      } else {
        stream.write(stream.codes.symbols[Int(input[position])])
        position += 1
      }
    }
    stream.write(stream.codes.symbols[256])
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

  private mutating func write(_ code: FixedCodes.Code) { write(UInt64(code.bits), UInt64(code.count)) }

  private mutating func write(_ match: MatchFinder.Match) {
    let length = codes.lengths[Int(codes.lengthPlaces[match.length])]
    write(codes.symbols[length.symbol])
    write(UInt64(match.length - length.base), length.extraBits)
    let distance = codes.distances[FixedCodes.place(ofDistance: match.distance)]
    write(codes.distanceCodes[distance.symbol])
    write(UInt64(match.distance - distance.base), distance.extraBits)
  }
}

/// The codes of a block that brings none of its own (RFC 1951, section 3.2.6), as they are written.
private struct FixedCodes {
  /// Bits, the one that is written first at the lowest place.
  struct Code {
    var bits: UInt16
    var count: UInt8

    /// A code, whose most significant bit comes first (section 3.1.1).
    init(_ code: Int, _ length: UInt8) {
      bits = 0
      count = length
      for bit in 0..<Int(length) { bits |= UInt16(code >> bit & 1) << (Int(length) - 1 - bit) }
    }
  }

  /// Values from a base on that share a symbol, told apart by further bits.
  typealias Range = (symbol: Int, base: Int, extraBits: UInt64)

  /// Of each literal, the end of the block, and each length's symbol.
  let symbols: [Code] = (0..<288).map { symbol in
    switch symbol {
    case ..<144: Code(0b0011_0000 + symbol, 8)
    case ..<256: Code(0b1_1001_0000 + symbol - 144, 9)
    case ..<280: Code(symbol - 256, 7)
    default: Code(0b1100_0000 + symbol - 280, 8)
    }
  }

  /// Of each distance's symbol.
  let distanceCodes: [Code] = (0..<30).map { Code($0, 5) }

  /// Symbols 257 to 284 cover lengths from 3 on, four for each further bit after the first eight; 285 is 258 alone
  /// (section 3.2.5).
  let lengths: [Range] = {
    var base = 3
    return (257...284).map { symbol in
      let bits = UInt64(max(0, (symbol - 261) / 4))
      defer { base += 1 << bits }
      return (symbol, base, bits)
    } + [(285, 258, 0)]
  }()

  /// Symbols 0 to 29 cover distances from 1 on, two for each further bit after the first four.
  let distances: [Range] = {
    var base = 1
    return (0...29).map { symbol in
      let bits = UInt64(max(0, symbol / 2 - 1))
      defer { base += 1 << bits }
      return (symbol, base, bits)
    }
  }()

  /// Of each length, the place among ``lengths``.
  let lengthPlaces: [UInt8]

  init() {
    var places: [UInt8] = Array(repeating: 0, count: 259)
    for (place, length) in lengths.enumerated() {
      for value in length.base..<min(259, length.base + 1 << Int(length.extraBits)) { places[value] = UInt8(place) }
    }
    lengthPlaces = places
  }

  /// The place of a distance among ``distances``: its highest bit, and the one below that.
  static func place(ofDistance distance: Int) -> Int {
    let offset = distance - 1
    guard offset >= 4 else { return offset }
    let highest = Int.bitWidth - 1 - offset.leadingZeroBitCount
    return 2 * highest + offset >> (highest - 1) & 1
  }
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

  /// The last place of each hash, and before each place of the window the one before; -1 for none.
  private var last = [Int](repeating: -1, count: 1 << 15)
  private var previous = [Int](repeating: -1, count: window)
  private var known = 0

  /// The longest stretch before `position` that is the same as what begins there; nil where none is worth a code.
  ///
  /// Places are to be asked for in order, of the same bytes.
  mutating func match(at position: Int, in input: UnsafeRawBufferPointer) -> Match? {
    while known < position { insert(known, of: input) }
    guard position + Self.lengths.lowerBound <= input.count else { return nil }
    let limit = min(Self.lengths.upperBound, input.count - position)
    var best = Match(length: Self.lengths.lowerBound - 1, distance: 0)
    var candidate = last[Self.hash(at: position, of: input)]
    var tries = Self.chainLimit
    while candidate >= 0, position - candidate <= Self.window, tries > 0, best.length < limit {
      // Only what continues where the best one ends can be longer.
      if input[candidate + best.length] == input[position + best.length] {
        let length = Self.sameLength(candidate, position, upTo: limit, in: input)
        if length > best.length { best = Match(length: length, distance: position - candidate) }
      }
      let before = previous[candidate & (Self.window - 1)]
      guard before < candidate else { break }
      candidate = before
      tries -= 1
    }
    return best.distance > 0 ? best : nil
  }

  /// How many bytes are the same from two places on, eight at a time.
  private static func sameLength(
    _ first: Int, _ second: Int, upTo limit: Int, in input: UnsafeRawBufferPointer
  ) -> Int {
    var length = 0
    while length + 8 <= limit {
      let difference =
        input.loadUnaligned(fromByteOffset: first + length, as: UInt64.self)
        ^ input.loadUnaligned(fromByteOffset: second + length, as: UInt64.self)
      if difference != 0 { return length + UInt64(littleEndian: difference).trailingZeroBitCount / 8 }
      length += 8
    }
    while length < limit, input[first + length] == input[second + length] { length += 1 }
    return length
  }

  private mutating func insert(_ position: Int, of input: UnsafeRawBufferPointer) {
    known = position + 1
    guard position + Self.lengths.lowerBound <= input.count else { return }
    let hash = Self.hash(at: position, of: input)
    previous[position & (Self.window - 1)] = last[hash]
    last[hash] = position
  }

  private static func hash(at position: Int, of input: UnsafeRawBufferPointer) -> Int {
    let bytes = UInt32(input[position]) | UInt32(input[position + 1]) << 8 | UInt32(input[position + 2]) << 16
    // The multiplier is the golden ratio's (Knuth, The Art of Computer Programming, 6.4).
    return Int((bytes &* 0x9E37_79B1) >> 17)
  }
}
