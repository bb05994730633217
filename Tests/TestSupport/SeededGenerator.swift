/// A random number generator with a seed (SplitMix64), so that a failure can be repeated on any machine.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Begins the sequence of a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Does to bytes what disks, editors and attackers do: changes, loses, adds, repeats or cuts off some.
///
/// - Parameters:
///   - bytes: The bytes to damage in one place.
///   - insertions: Bytes that mean something to the reader under test.
///   - random: Where the choices come from.
public func damage(_ bytes: inout [UInt8], inserting insertions: String, using random: inout SeededGenerator) {
  guard !bytes.isEmpty else { return }
  let place = Int.random(in: 0..<bytes.count, using: &random)
  switch Int.random(in: 0..<5, using: &random) {
  case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
  case 1: bytes.remove(at: place)
  case 2: bytes.insert(Array(insertions.utf8).randomElement(using: &random) ?? 0, at: place)
  case 3: bytes.removeSubrange(place...)
  default: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
  }
}
