import JSONText

/// The files of a catalog that a hindcast is made from.
package struct HindcastInputs: Sendable {
  /// Folders of profiles all of whose files a measured latency may lead to.
  private static let folders = [
    "accelerators", "architectures", "error-bands", "frameworks", "host-architectures", "hosts",
  ]
  /// The history itself.
  private static let history = ["accelerators.csv", "hosts.csv", "latencies.csv", "trends.json"]

  /// Their paths within the catalog, in order.
  package let paths: [String]
  /// A digest of what is in them: another one for another name, length or content of any.
  package let digest: String

  /// Reads all of them.
  ///
  /// - Parameter catalog: The folder that `hardware-profiles` and `workloads` lie in.
  /// - Throws: `FileFault`, or what `CSVText` throws of the latencies.
  /// - Complexity: Linear in the size of the files, eight bytes at a time.
  package init(catalog: String) throws {
    var paths: [String] = []
    for folder in Self.folders {
      paths += try listFiles(in: "\(catalog)/hardware-profiles/\(folder)", suffix: ".json")
        .map { "hardware-profiles/\(folder)/\($0)" }
    }
    paths += Self.history.map { "hardware-profiles/history/" + $0 }
    let file = catalog + "/hardware-profiles/history/latencies.csv"
    let latencies = try CSVText(bytes: readFileBytes(file), file: file)
    paths += try Set(Measurement.read(latencies).map(\.workload)).sorted().map { "workloads/\($0).json" }
    var digest = FileDigest()
    for path in paths {
      digest.add(Array(path.utf8))
      digest.add(try readFileBytes(catalog + "/" + path))
    }
    self.paths = paths
    self.digest = digest.text
  }
}

/// A number of 64 bits that follows from some stretches of bytes, word by word.
///
/// Each step can be undone, so that a change in one word is a change of the whole. It is no protection against those who
/// look for another file with the same digest.
struct FileDigest {
  /// Odd: 2^64 over the golden ratio (Knuth, The Art of Computer Programming, 6.4).
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

  private var state: UInt64 = 0

  /// The digest in hexadecimal digits.
  var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  mutating func add(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var index = 0
      while index + 8 <= bytes.count {
        add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
        index += 8
      }
      var rest: UInt64 = 0
      for place in index..<bytes.count { rest |= UInt64(bytes[place]) << UInt64(8 * (place - index)) }
      add(rest)
      add(UInt64(bytes.count))
    }
  }

  private mutating func add(_ word: UInt64) {
    state = (state ^ word) &* Self.factor
    state ^= state >> 32
  }
}
