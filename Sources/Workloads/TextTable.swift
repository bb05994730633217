import JSONText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pieces of one text, of which those that are written alike are one.
struct TextTable {
  /// Where a piece stands first.
  struct Piece {
    let start: Int32
    let count: Int32

    /// Whether it stands again at a place.
    @inline(__always)
    func stands(at place: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
      guard place &+ Int(count) <= bytes.count, let text = bytes.baseAddress else { return false }
      return memcmp(text + Int(start), text + place, Int(count)) == 0
    }
  }

  /// The different pieces, in the order in which they first came.
  private(set) var pieces: [Piece] = []
  private var places = PlaceTable()

  /// The number of the piece that the bytes are; the next one of a new piece.
  ///
  /// - Returns: The number, and whether it is new.
  mutating func number(of range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> (number: Int, isNew: Bool) {
    let text = UnsafeRawBufferPointer(rebasing: bytes[range])
    let hash = Int(truncatingIfNeeded: SecretHash.of(text))
    if let known = places.place(hash: hash, where: { stands($0, at: range.lowerBound, range.count, in: bytes) }) {
      return (known, false)
    }
    pieces.append(Piece(start: Int32(range.lowerBound), count: Int32(range.count)))
    places.append(hash: hash)
    return (pieces.count - 1, true)
  }

  /// Where a piece ends that stands again at a place; nil if it does not.
  @inline(__always)
  func end(of number: Int, at start: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
    let count = Int(pieces[number].count)
    return start &+ count <= bytes.count && stands(number, at: start, count, in: bytes) ? start &+ count : nil
  }

  /// Whether a piece of so many bytes stands at a place.
  @inline(__always)
  private func stands(_ number: Int, at start: Int, _ count: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    Int(pieces[number].count) == count && pieces[number].stands(at: start, in: bytes)
  }
}
