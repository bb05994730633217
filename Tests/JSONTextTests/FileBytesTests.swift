import JSONText
import TestSupport
import Testing

@Suite struct FileBytesTests {
  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 300_000])
  func filesAreReadWhole(_ size: Int) throws {
    var directory = TemporaryDirectory()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let file = directory.write(bytes, to: "file")
    #expect(try readFileBytes(file) == bytes)
    #expect(try readFileBytes(file, limit: size) == bytes)
  }

  @Test func whatCannotBeReadSaysWhy() {
    var directory = TemporaryDirectory()
    let path = directory.path
    let file = directory.write([1, 2, 3], to: "file")
    #expect(throws: FileFault.tooLarge(path: file, limit: 2)) { try readFileBytes(file, limit: 2) }
    #expect(throws: FileFault.notFound(path: file + "x")) { try readFileBytes(file + "x") }
    #expect(throws: FileFault.isDirectory(path: path)) { try readFileBytes(path) }
    #expect(throws: FileFault.notDirectory(path: file)) { try listFiles(in: file, suffix: "") }
    #expect(throws: FileFault.notFound(path: file + "x")) { try listFiles(in: file + "x", suffix: "") }
  }

  @Test(
    arguments: [
      (.notFound(path: "a.json"), "a.json: error: no such file"),
      (.isDirectory(path: "a"), "a: error: is a directory, not a file"),
      (.notDirectory(path: "a"), "a: error: is not a directory"),
      (.notReadable(path: "a"), "a: error: no permission to read"),
      (.tooLarge(path: "a", limit: 9), "a: error: has more than 9 bytes"),
      (.isSocket(path: "a"), "a: error: is a socket or a device without a driver, not a file"),
      (.system(path: "a\nb", error: 5), #"a\nb: error: cannot be read: Input/output error"#),
    ] as [(FileFault, String)])
  func faultsHaveWords(_ fault: FileFault, _ words: String) {
    #expect(fault.description == words)
  }

  @Test func directoriesAreListedInOrder() throws {
    var directory = TemporaryDirectory()
    for name in ["b.json", "a.json", "c.txt", ".hidden.json", "B.json"] { directory.write([], to: name) }
    #expect(try listFiles(in: directory.path, suffix: ".json") == ["B.json", "a.json", "b.json"])
  }
}
