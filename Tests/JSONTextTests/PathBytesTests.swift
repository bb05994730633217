import JSONText
import TestSupport
import Testing

@Suite("The text of a path") struct PathBytesTests {
  private func bytes(inC text: String) -> [UInt8] {
    withCPath(text) { pointer in
      var bytes: [UInt8] = []
      while pointer[bytes.count] != 0 { bytes.append(UInt8(bitPattern: pointer[bytes.count])) }
      return bytes
    }
  }

  @Test func `keeps every byte, valid or not, and no two paths have one text`() {
    var random = SeededGenerator(seed: 7)
    let pieces: [[UInt8]] = [
      [0xFF], [0xC3], [0xC3, 0xA9], [0xF4, 0x8F, 0xBE, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0x80], [0xE2, 0x80], Array("a/.json".utf8), [0xC0, 0xAF], [0xF4, 0x8F, 0xBD, 0xBF],
    ]
    var texts: [String: [UInt8]] = [:]
    for _ in 0..<5_000 {
      var path = (0..<Int.random(in: 0...5, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
      if Bool.random(using: &random) { path.append(UInt8.random(in: 1...255, using: &random)) }
      let text = PathBytes.text(path)
      #expect(bytes(inC: text) == path)
      #expect(texts.updateValue(path, forKey: text) ?? path == path)
    }
  }

  @Test func `is the path where that is UTF-8`() {
    for path in ["", "a/b.json", "é/漢.json", "\u{10FF7F}\u{10FFFD}".replacing("\u{10FFFD}", with: "")] {
      #expect(PathBytes.text(Array(path.utf8)) == path)
    }
  }

  @Test func `with a zero in it opens nothing, and not what stands before the zero`() {
    var directory = TemporaryDirectory()
    let file = directory.write([1], to: "file")
    #expect(throws: FileFault.notFound(path: file + "\0.json")) { try readFileBytes(file + "\0.json") }
  }
}
