import JSONText
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct FileBytesTests {
  /// Makes an empty directory, and removes it with its files when `body` is done.
  func withDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/jsontext-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw FileFault.notFound(path: "/tmp") }
    let directory = String(cString: made)
    defer {
      for name in (try? listFiles(in: directory, suffix: "")) ?? [] { unlink(directory + "/" + name) }
      rmdir(directory)
    }
    try body(directory)
  }

  func store(_ bytes: [UInt8], at path: String) {
    guard let file = fopen(path, "w") else { preconditionFailure("cannot write \(path)") }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 300_000])
  func filesAreReadWhole(_ size: Int) throws {
    try withDirectory { directory throws in
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      store(bytes, at: directory + "/file")
      #expect(try readFileBytes(directory + "/file") == bytes)
      #expect(try readFileBytes(directory + "/file", limit: size) == bytes)
    }
  }

  @Test func whatCannotBeReadSaysWhy() throws {
    try withDirectory { directory throws in
      let file = directory + "/file"
      store([1, 2, 3], at: file)
      #expect(throws: FileFault.tooLarge(path: file, limit: 2)) { try readFileBytes(file, limit: 2) }
      #expect(throws: FileFault.notFound(path: file + "x")) { try readFileBytes(file + "x") }
      #expect(throws: FileFault.isDirectory(path: directory)) { try readFileBytes(directory) }
      #expect(throws: FileFault.notDirectory(path: file)) { try listFiles(in: file, suffix: "") }
      #expect(throws: FileFault.notFound(path: file + "x")) { try listFiles(in: file + "x", suffix: "") }
    }
    #expect(FileFault.notFound(path: "a.json").description == "a.json: error: no such file")
    #expect(FileFault.tooLarge(path: "a", limit: 9).description == "a: error: has more than 9 bytes")
  }

  @Test func directoriesAreListedInOrder() throws {
    try withDirectory { directory throws in
      for name in ["b.json", "a.json", "c.txt", ".hidden.json", "B.json"] { store([], at: directory + "/" + name) }
      #expect(try listFiles(in: directory, suffix: ".json") == ["B.json", "a.json", "b.json"])
      unlink(directory + "/.hidden.json")
    }
  }
}
