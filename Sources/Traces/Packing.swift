/// A way in which recordings are compressed or packed, told by its first bytes.
struct Packing: Sendable {
  /// How it is read.
  enum Method: Sendable {
    /// The system's program of this name decompresses from standard input to standard output.
    case program(String)
    /// An archive whose directory stands at its end.
    case zip
    /// Not at all.
    case none
  }

  /// The first bytes of every file of the sort.
  let signature: [UInt8]
  /// What people call it, behind "is".
  let title: String
  /// What it is called behind "no whole".
  let noun: String
  /// The command that unpacks it.
  let command: String
  let method: Method

  /// All that are known.
  ///
  /// The signatures are those of the formats' own definitions: RFC 1952 (gzip), RFC 8878 (Zstandard), PKWARE's APPNOTE
  /// (ZIP), and the file format pages of xz, bzip2, LZ4, 7-Zip, RAR and compress.
  static let all: [Packing] = [
    Packing([0x1F, 0x8B], "compressed with gzip", "gzip file", "gzip -d", .program("gzip")),
    Packing([0x1F, 0x9D], "compressed with compress", "compress file", "gzip -d", .program("gzip")),
    Packing([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz", "xz file", "xz -d", .program("xz")),
    Packing([0x42, 0x5A, 0x68], "compressed with bzip2", "bzip2 file", "bzip2 -d", .program("bzip2")),
    Packing([0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard", "Zstandard file", "zstd -d", .program("zstd")),
    Packing([0x04, 0x22, 0x4D, 0x18], "compressed with LZ4", "LZ4 file", "lz4 -d", .program("lz4")),
    Packing([0x50, 0x4B, 0x03, 0x04], "a ZIP archive", "ZIP archive", "unzip", .zip),
    Packing([0x50, 0x4B, 0x05, 0x06], "an empty ZIP archive", "ZIP archive", "unzip", .none),
    Packing([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive", "7-Zip archive", "7z x", .none),
    Packing([0xFF, 0xFE], "written in UTF-16", "UTF-16 text", "iconv -f UTF-16 -t UTF-8", .none),
    Packing([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], "a RAR archive", "RAR archive", "unrar x", .none),
  ]

  /// A tar archive, which is told by what stands inside of its first header.
  static let tar = Packing([], "a tar archive", "tar archive", "tar -xf", .none)

  private init(_ signature: [UInt8], _ title: String, _ noun: String, _ command: String, _ method: Method) {
    self.signature = signature
    self.title = title
    self.noun = noun
    self.command = command
    self.method = method
  }

  /// The packing of a file that begins so; nil where it is none that is known.
  static func recognized(_ head: ArraySlice<UInt8>) -> Packing? {
    all.first { head.starts(with: $0.signature) }
  }
}

extension Packing {
  /// Whether a file of an archive may be a recording: not a folder's entry, nor what systems leave beside files.
  static func mayBeRecording(_ name: String) -> Bool {
    guard !name.hasSuffix("/"), !name.hasPrefix("__MACOSX/") else { return false }
    let base = name.split(separator: "/").last ?? ""
    return !base.isEmpty && !base.hasPrefix(".")
  }
}
