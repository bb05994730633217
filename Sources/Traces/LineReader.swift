/// Reads a text line by line, as formats have it that write a value of JSON on each.
struct LineReader {
  private let source: ByteSource
  private var bytes: [UInt8] = []
  /// Where the next line begins in ``bytes``.
  private var start = 0
  private var hasEnded = false
  /// The line that was read last, counted from 1.
  private(set) var number = 0
  /// The byte at which that line begins.
  private(set) var byteOffset = 0
  private var nextOffset = 0

  init(_ source: ByteSource) { self.source = source }

  /// The next line without what ends it; nil at the end.
  ///
  /// - Throws: Why there are no more, and ``TraceFault/tooLong(file:line:byteOffset:limit:)``.
  mutating func next() throws(TraceFault) -> ArraySlice<UInt8>? {
    var searched = start
    while true {
      if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) { return take(upTo: end) }
      searched = bytes.count
      if hasEnded { return start < bytes.count ? take(upTo: bytes.count) : nil }
      if start > 0 {
        bytes.removeFirst(start)
        searched -= start
        start = 0
      }
      guard bytes.count < TraceLimits.textBytes else {
        throw .tooLong(file: source.name, line: number + 1, byteOffset: nextOffset, limit: TraceLimits.textBytes)
      }
      let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
      defer { room.deallocate() }
      let received = try source.read(into: room)
      bytes.append(contentsOf: room[..<received])
      hasEnded = received == 0
    }
  }

  private mutating func take(upTo end: Int) -> ArraySlice<UInt8> {
    let line = bytes[start..<end]
    number += 1
    byteOffset = nextOffset
    nextOffset += line.count + 1
    start = min(end + 1, bytes.count)
    return line
  }
}
