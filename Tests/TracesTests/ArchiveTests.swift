import Foundation
import TestSupport
import Testing
import Traces

/// Recordings in archives, and compressed in other ways than gzip.
@Suite("Packed recordings", .tags(.process)) struct ArchiveTests {
  private static let text = #"[{"ph":"X","cat":"cpu_op","name":"aten::mm","pid":1,"tid":1,"ts":5,"dur":9}]"#

  /// Whether the system has a program.
  private static func has(_ program: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = folders.contains { FileManager.default.isExecutableFile(atPath: $0 + "/" + program) }
    if !found { print("skipped: there is no \(program) here") }
    return found
  }

  /// What a program makes of bytes, with the option `-c`.
  private static func packed(_ bytes: [UInt8], by program: String) throws -> [UInt8] {
    var directory = TemporaryDirectory()
    let path = directory.write(bytes, to: "plain")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\(program) -c < '\(path)' > '\(path).packed'"]
    try process.run()
    process.waitUntilExit()
    defer { try? FileManager.default.removeItem(atPath: path + ".packed") }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path + ".packed")))
  }

  private func read(_ bytes: [UInt8], _ name: String = "trace") throws -> Trace {
    var directory = TemporaryDirectory()
    return try TraceReader.read(path: directory.write(bytes, to: name))
  }

  /// An archive as POSIX describes it.
  private static func tar(_ files: [(name: String, bytes: [UInt8], type: Character)]) -> [UInt8] {
    var archive: [UInt8] = []
    for file in files {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: String, at place: Int) {
        header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
      }
      put(file.name, at: 0)
      put(
        String(repeating: "0", count: 11 - String(file.bytes.count, radix: 8).count)
          + String(file.bytes.count, radix: 8), at: 124)
      put(String(file.type), at: 156)
      put("ustar\0" + "00", at: 257)
      archive += header + file.bytes + [UInt8](repeating: 0, count: (512 - file.bytes.count % 512) % 512)
    }
    return archive + [UInt8](repeating: 0, count: 1024)
  }

  /// An archive with a directory, as APPNOTE describes it.
  private static func zip(_ files: [(name: String, bytes: [UInt8], size: Int, checksum: [UInt8], method: UInt8)])
    -> [UInt8]
  {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for file in files {
      let facts =
        [20, 0, 0, 0, file.method, 0, 0, 0, 0, 0] + file.checksum + number(file.bytes.count, 4) + number(file.size, 4)
        + number(file.name.utf8.count, 2) + [0, 0]
      directory +=
        [0x50, 0x4B, 1, 2, 20, 0] + facts + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + number(archive.count, 4)
        + Array(file.name.utf8)
      archive += [0x50, 0x4B, 3, 4] + facts + Array(file.name.utf8) + file.bytes
    }
    let end =
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + number(files.count, 2) + number(files.count, 2) + number(directory.count, 4)
      + number(archive.count, 4) + [0, 0]
    return archive + directory + end
  }

  @Test(arguments: ["gzip", "xz", "bzip2", "zstd"])
  func `by the system's programs are read under any name`(program: String) throws {
    guard Self.has(program) else { return }
    let packed = try Self.packed(Array(Self.text.utf8), by: program)
    let trace = try read(packed)
    #expect(trace.hostEvents.count == 1 && !trace.isDamaged && !trace.hasTrailingBytes)
    let cut = try? read(Array(packed.dropLast(9)))
    #expect(cut?.isDamaged ?? true, "what is cut off is damaged, or refused")
  }

  @Test func `in tar archives are the first file that may be one; the others are named`() throws {
    let files: [(name: String, bytes: [UInt8], type: Character)] = [
      ("run/", [], "5"), ("run/._rank0.json", [1], "0"), ("run/rank0.json", Array(Self.text.utf8), "0"),
      ("run/rank1.json", Array(Self.text.utf8), "0"),
    ]
    for bytes in [Self.tar(files), try Self.packed(Self.tar(files), by: "gzip")] {
      let trace = try read(bytes)
      #expect(trace.hostEvents.count == 1 && !trace.isDamaged && !trace.hasTrailingBytes)
      #expect(trace.unreadFiles == ["run/rank1.json"])
    }
    let inner = try Self.packed(Array(Self.text.utf8), by: "gzip")
    let nested = Self.tar([("t.json.gz", inner, "0"), ("u.json.gz", inner, "0")])
    #expect(try read(nested).hostEvents.count == 1)
    #expect(try read(try Self.packed(nested, by: "gzip")).hostEvents.count == 1)
  }

  @Test func `in ZIP archives are stored or deflated, and may be gzipped by themselves`() throws {
    let bytes = Array(Self.text.utf8)
    let gzipped = try Self.packed(bytes, by: "gzip")
    // gzip's header has ten bytes here and its end eight; what is between them is deflated.
    let (deflated, checksum) = (
      Array(gzipped[10..<gzipped.count - 8]), Array(gzipped[gzipped.count - 8..<gzipped.count - 4])
    )
    let other = ("readme.txt", [UInt8](repeating: 65, count: 40), 40, [0, 0, 0, 0] as [UInt8], 0 as UInt8)
    let stored = try read(Self.zip([other, ("t.json", bytes, bytes.count, checksum, 0)]))
    #expect(stored.hostEvents.count == 1 && stored.unreadFiles.isEmpty)
    let deflatedTrace = try read(
      Self.zip([("t.json", deflated, bytes.count, checksum, 8), ("u.json", deflated, bytes.count, checksum, 8)]))
    #expect(deflatedTrace.hostEvents.count == 1 && !deflatedTrace.isDamaged && deflatedTrace.unreadFiles == ["u.json"])
    #expect(try read(Self.zip([("t.json.gz", gzipped, gzipped.count, [0, 0, 0, 0], 0)])).hostEvents.count == 1)
  }

  @Test func `that cannot be unpacked are named for what they are`() throws {
    func message(_ bytes: [UInt8]) -> String {
      do {
        _ = try read(bytes)
        return "was read"
      } catch { return "\(error)" }
    }
    let empty = Self.tar([("run/", [], "5")])
    #expect(message(empty).hasSuffix("is an archive without a recording"))
    let bytes = Array(Self.text.utf8)
    #expect(
      message(Self.zip([("t.json", bytes, bytes.count, [0, 0, 0, 0], 93)])).contains("is a ZIP archive, not JSON"))
    #expect(
      message(Array(Self.zip([("t.json", bytes, bytes.count, [0, 0, 0, 0], 0)]).dropLast(30))).contains(
        "is no whole ZIP archive"))
    if Self.has("xz") {
      #expect(
        message([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 1, 2]).hasSuffix("is no whole xz file: nothing can be unpacked"))
    }
  }
}
