/// Recordings that are damaged, by number: the input of a number is always the same.
package enum DamagedRecording {
  /// Texts and bytes that mean something to one format or another.
  private static let words: [[UInt8]] =
    #"""
    { } [ ] , : " \ \u00e9 \ud834 - . e 0 1 9 -1 1e30 1e-30 null true NaN {} [] "" },{ // 4294967296 18446744073709551615
    9223372036854775807 -9223372036854775808 0.0005 1623212388426996.123 "ph":"B" "ph":"E" "dur":0 "ts":0
    "cat":"kernel" "cat":"cuda_sync" cudaStreamSynchronize cudaEventRecord cudaStreamWaitEvent cudaGraphLaunch
    cudaLaunchKernel ProfilerStep#1
    """#.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) }
    + [[0], [0x0A], [0x7F], [0x80], [0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0x80, 0x80, 0x80, 0x08]]

  /// A recording, damaged in one to six places.
  ///
  /// - Parameters:
  ///   - number: Which of all the ways to damage it.
  ///   - seed: The recording.
  /// - Returns: The damaged one.
  package static func input(_ number: UInt64, of seed: [UInt8]) -> [UInt8] {
    var random = Draws(state: number &* 0xD134_2543_DE82_EF95)
    var bytes = seed
    for _ in 0...random.below(6) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      let length = min(bytes.count - place, 1 + random.below(random.below(8) == 0 ? 400 : 12))
      let part = bytes[place..<place + length]
      switch random.below(10) {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes[place] ^= 1 << UInt8(random.below(8))
      case 2: bytes.removeSubrange(place..<place + length)
      case 3: bytes.insert(contentsOf: words[random.below(words.count)], at: place)
      case 4: bytes.insert(contentsOf: part, at: random.below(bytes.count))
      case 5: replace(&bytes, place, with: Array(part), at: random.below(bytes.count))
      case 6: replace(&bytes, place, with: words[random.below(words.count)], at: place)
      case 7, 8: changeNumber(&bytes, from: place, &random)
      default: if random.below(8) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }

  private static func replace(_ bytes: inout [UInt8], _ place: Int, with part: [UInt8], at other: Int) {
    bytes.replaceSubrange(other..<min(bytes.count, other + part.count), with: part)
  }

  /// Gives the next number of a text another value; of bytes without one, counts one up or down.
  private static func changeNumber(_ bytes: inout [UInt8], from place: Int, _ random: inout Draws) {
    func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    guard let first = bytes[place...].prefix(200).firstIndex(where: isDigit) else {
      bytes[place] &+= random.below(2) == 0 ? 1 : 255
      return
    }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    let value = Int(String(decoding: bytes[first..<end], as: UTF8.self)) ?? 0
    let changed: Int =
      switch random.below(6) {
      case 0: value &+ 1
      case 1: value &- 1
      case 2: random.below(10)
      case 3: value &* 1000
      case 4: -value
      default: random.below(1 << 40)
      }
    bytes.replaceSubrange(first..<end, with: Array(String(changed).utf8))
  }
}

/// Random numbers (SplitMix64), the same on any machine.
private struct Draws {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(limit)) }
}
