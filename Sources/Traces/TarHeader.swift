/// The header of a file in a tar archive (POSIX.1-1988 ustar, which every later kind begins with).
struct TarHeader {
  /// How many bytes a header has, and what files are filled up to.
  static let length = 512

  /// The file's name, folders before it.
  let name: String
  /// How many bytes the file has.
  let size: Int
  /// Whether it is a plain file, and no folder, link or extension.
  let isFile: Bool

  /// How many bytes follow the header until the next one.
  var paddedSize: Int { (size + Self.length - 1) / Self.length * Self.length }

  /// Whether a file that begins so is an archive.
  static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    let magic = Array("ustar".utf8)
    return head.count >= 262 && head.dropFirst(257).starts(with: magic)
  }

  /// Reads a header; nil for the empty one at the end of an archive, and for what is none.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length, Self.recognizes(bytes[...]) else { return nil }
    func text(_ range: Range<Int>) -> String {
      String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self)
    }
    guard let size = Self.number(bytes[124..<136]) else { return nil }
    let prefix = text(345..<500)
    // GNU's own kind keeps times where POSIX has the folders.
    let isPosix = bytes[263] == UInt8(ascii: "0")
    name = isPosix && !prefix.isEmpty ? prefix + "/" + text(0..<100) : text(0..<100)
    self.size = size
    isFile = bytes[156] == UInt8(ascii: "0") || bytes[156] == 0
  }

  /// A number in octal digits, or, with the first bit set, in binary.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    var value = 0
    if let first = field.first, first & 0x80 != 0 {
      for byte in field.suffix(8) {
        guard value < 1 << 54 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    for byte in field.drop(while: { $0 == UInt8(ascii: " ") }) {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "7") else { break }
      guard value < 1 << 54 else { return nil }
      value = value << 3 | Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
