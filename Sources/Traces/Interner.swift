#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import JSONText

/// Texts that occur again and again, each kept once and known by a number.
///
/// Texts are compared as bytes, and become strings when someone asks. The order of the numbers is that of first
/// appearance; the hash shows nowhere. It is another one in each process, and such that nobody can write texts that collide: a
/// recording comes from outside.
struct Interner: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  private var slots = [Int32](repeating: -1, count: 256)

  /// How many texts there are.
  var count: Int { ends.count }

  /// How many bytes they have, all together.
  var byteCount: Int { bytes.count }

  /// How many slots were looked at beyond the first, by all that asked: what tells a hash that does not spread.
  private(set) var probeCount = 0

  /// The number of a text, which is new or known.
  mutating func number(of text: UnsafeRawBufferPointer) -> Int32 {
    let hash = SecretHash.of(text)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let known = Int(slots[slot])
      if hashes[known] == hash, isEqual(known, text) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
      probeCount += 1
    }
    let number = Int32(ends.count)
    slots[slot] = number
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    hashes.append(hash)
    if ends.count * 2 > slots.count { grow() }
    return number
  }

  /// The number of a text that is given as a string.
  mutating func number(of text: String) -> Int32 {
    var text = text
    return text.withUTF8 { number(of: UnsafeRawBufferPointer($0)) }
  }

  /// Every text, by its number.
  var texts: [String] {
    ends.indices.map { String(decoding: bytes[start(of: $0)..<ends[$0]], as: UTF8.self) }
  }

  private func start(of number: Int) -> Int { number == 0 ? 0 : ends[number - 1] }

  private func isEqual(_ number: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = start(of: number)
    guard ends[number] - start == text.count else { return false }
    guard let wanted = text.baseAddress else { return true }
    return bytes.withUnsafeBytes { known in
      known.baseAddress.map { memcmp($0 + start, wanted, text.count) == 0 } ?? true
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
  }
}
