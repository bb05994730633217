import TestSupport
import Testing

@testable import Reports

struct DeflateTests {
  @Test("What is compressed is read again by the format's own rules, whatever it is")
  func roundTrips() throws {
    var random = SeededGenerator(seed: 7)
    var inputs: [[UInt8]] = [
      [], [0], [255, 144, 143], Array("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".utf8),
      Array(repeating: 7, count: 258), Array(repeating: 7, count: 259), Array(repeating: 7, count: 70_000),
      (0..<70_000).map { UInt8(truncatingIfNeeded: $0 / 32_768 + $0 % 251) },
    ]
    for length in [3, 100, 5_000, 40_000] {
      for alphabet in [2, 20, 256] as [UInt64] {
        inputs.append((0..<length).map { _ in UInt8(truncatingIfNeeded: random.next() % alphabet) })
      }
    }
    for input in inputs {
      #expect(try Inflate.fixed(Deflate.compressed(input)) == input, "\(input.count) bytes")
    }
  }

  @Test("What repeats takes little room, within the window and no further")
  func sizes() {
    var random = SeededGenerator(seed: 8)
    let stretch = (0..<30_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let once = Deflate.compressed(stretch).count
    #expect(once > 30_000 && once < 32_200, "noise takes eight or nine bits a byte")
    #expect(Deflate.compressed(stretch + stretch).count < once + 600, "258 bytes in 20 bits or so")
    let far = stretch + Array(repeating: 0, count: 5_000) + stretch
    #expect(Deflate.compressed(far).count > 2 * once - 2_000, "what lies further back than 32 KiB cannot be told")
  }
}

/// A reader of fixed blocks, a bit at a time: RFC 1951, as it is written there.
private struct Inflate {
  struct Wrong: Error {}

  let input: [UInt8]
  var position = 0

  static func fixed(_ input: [UInt8]) throws -> [UInt8] {
    var reader = Inflate(input: input)
    guard try reader.bits(1) == 1, try reader.bits(2) == 1 else { throw Wrong() }
    var output: [UInt8] = []
    while true {
      let symbol = try reader.symbol()
      if symbol < 256 {
        output.append(UInt8(symbol))
        continue
      }
      if symbol == 256 { break }
      let bases = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163]
      let lengths = bases + [195, 227, 258]
      let lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
      let length = lengths[symbol - 257] + (try reader.bits(lengthBits[symbol - 257]))
      let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577,
      ]
      let code = try reader.code(5)
      let distance = distances[code] + (try reader.bits(max(0, code / 2 - 1)))
      guard distance <= output.count else { throw Wrong() }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
    guard (reader.position + 7) / 8 == input.count else { throw Wrong() }
    return output
  }

  mutating func bit() throws -> Int {
    guard position / 8 < input.count else { throw Wrong() }
    defer { position += 1 }
    return Int(input[position / 8] >> (position % 8)) & 1
  }

  /// A number, its lowest bit first.
  mutating func bits(_ count: Int) throws -> Int { try (0..<count).reduce(0) { $0 | (try bit()) << $1 } }

  /// A code, its highest bit first.
  mutating func code(_ count: Int) throws -> Int {
    try (0..<count).reduce(0) { result, _ in result << 1 | (try bit()) }
  }

  mutating func symbol() throws -> Int {
    let seven = try code(7)
    if seven < 0b001_1000 { return 256 + seven }
    let eight = seven << 1 | (try bit())
    switch eight {
    case 0b0011_0000...0b1011_1111: return eight - 0b0011_0000
    case 0b1100_0000...0b1100_0111: return 280 + eight - 0b1100_0000
    default: return 144 + (eight << 1 | (try bit())) - 0b1_1001_0000
    }
  }
}
