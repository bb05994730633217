/// The directory of a ZIP archive, as PKWARE's APPNOTE 6.3 describes it: which files there are, and where.
///
/// Archives beyond 4 GB and encrypted ones are not read.
struct ZipDirectory {
  /// A file of the archive.
  struct Entry {
    /// The file's name, folders before it.
    var name = ""
    /// 0 for stored, 8 for deflated.
    var method = 0
    var isEncrypted = false
    var checksum: [UInt8] = []
    var compressedSize = 0
    var size = 0
    /// Where its own header stands.
    var headerOffset = 0
  }

  /// The files that may be recordings, in the archive's order.
  let entries: [Entry]

  /// The most bytes of a directory that are looked at: some ten thousand files.
  private static let longestDirectory = 1 << 20

  /// Reads the directory.
  ///
  /// - Parameters:
  ///   - size: How many bytes the archive has.
  ///   - read: Reads bytes from an offset on, fewer at the end.
  /// - Throws: What reading throws; nil where there is no directory.
  init?<Fault: Error>(size: Int, read: (_ offset: Int, _ count: Int) throws(Fault) -> [UInt8]) throws(Fault) {
    // The record at the end has 22 bytes and a comment of at most 65,535.
    let tail = try read(max(0, size - 65_557), min(size, 65_557))
    guard let place = tail.indices.reversed().first(where: { tail[$0...].starts(with: [0x50, 0x4B, 5, 6]) }),
      place + 22 <= tail.count
    else { return nil }
    let length = Self.number(tail, place + 12, 4)
    let start = Self.number(tail, place + 16, 4)
    guard length <= Self.longestDirectory, start + length <= size else { return nil }
    entries = Self.entries(try read(start, length))
  }

  /// How many bytes an entry's own header has, with its name.
  ///
  /// - Returns: Nil for what is no header.
  static func headerLength(_ header: [UInt8]) -> Int? {
    guard header.count >= 30, header.starts(with: [0x50, 0x4B, 3, 4]) else { return nil }
    return 30 + number(header, 26, 2) + number(header, 28, 2)
  }

  private static func entries(_ bytes: [UInt8]) -> [Entry] {
    var entries: [Entry] = []
    var place = 0
    while place + 46 <= bytes.count, bytes[place...].starts(with: [0x50, 0x4B, 1, 2]) {
      let name = number(bytes, place + 28, 2)
      let end = place + 46 + name
      guard end <= bytes.count else { break }
      var entry = Entry()
      entry.name = String(decoding: bytes[place + 46..<end], as: UTF8.self)
      entry.isEncrypted = number(bytes, place + 8, 2) & 1 == 1
      entry.method = number(bytes, place + 10, 2)
      entry.checksum = Array(bytes[place + 16..<place + 20])
      entry.compressedSize = number(bytes, place + 20, 4)
      entry.size = number(bytes, place + 24, 4)
      entry.headerOffset = number(bytes, place + 42, 4)
      if Packing.mayBeRecording(entry.name) { entries.append(entry) }
      place = end + number(bytes, place + 30, 2) + number(bytes, place + 32, 2)
    }
    return entries
  }

  /// A number of so many bytes, the lowest first.
  private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
    bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

extension ZipDirectory.Entry {
  /// What makes a gzip file of deflated data: RFC 1952's header before it, and checksum and size behind it.
  var gzipEnds: (head: [UInt8], tail: [UInt8]) {
    let size = (0..<4).map { UInt8(truncatingIfNeeded: self.size >> (8 * $0)) }
    return ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF], checksum + size)
  }
}
