import JSONText
import TestSupport
import Testing

/// What a file may hold has an end, which is said where it is passed.
@Suite("Limits of files and documents", .tags(.slow))
struct LimitTests {
  @Test("A file of a profile's size is read, a larger one refused before it is")
  func fileSize() throws {
    var directory = TemporaryDirectory()
    let most = directory.write([UInt8](repeating: 0x20, count: smallFileLimit), to: "most.json")
    let more = directory.write([UInt8](repeating: 0x20, count: smallFileLimit + 1), to: "more.json")
    #expect(try readFileBytes(most).count == smallFileLimit)
    let fault = #expect(throws: FileFault.self) { try readFileBytes(more) }
    #expect(fault?.description == "\(more): error: has more than 4 MiB")
  }

  @Test("A device that never ends is read as far as the limit")
  func device() {
    #expect(throws: FileFault.tooLarge(path: "/dev/zero", limit: smallFileLimit)) { try readFileBytes("/dev/zero") }
  }

  @Test("More values than a tree may have are refused at the first that is too many")
  func values() {
    let limit = JSONDocument.valueLimit
    let text = "[\n" + String(repeating: "0,", count: limit - 1) + "1]"
    let fault = #expect(throws: JSONFault.self) { try JSONDocument(bytes: Array(text.utf8), file: "a.json") }
    #expect(fault?.fact == .tooManyValues(limit: limit))
    #expect(fault?.position == JSONPosition(line: 2, column: 2 * (limit - 1) + 1))
    #expect(
      fault?.description.hasSuffix("error: the file has more than 2097152 values, the most that are read") == true)
  }

  @Test("A key that stands twice is found among few and among many", arguments: [2, 15, 16, 17, 18, 300])
  func duplicateKeys(_ count: Int) {
    let members = (0..<count).map { "\"k\($0)\":\($0)" }
    let text = "{\"a\":[{}," + "{" + members.joined(separator: ",") + ",\"k1\":0}]}"
    let fault = #expect(throws: JSONFault.self) { try JSONDocument(bytes: Array(text.utf8), file: "a.json") }
    #expect(fault?.path == "/a/1")
    guard case .duplicateKey("k1", let first) = fault?.fact else {
      Issue.record("\(String(describing: fault))")
      return
    }
    #expect(first.column == 11 + members[0].count + 1)
  }

  @Test("Members of large objects are found as those of small ones", arguments: [1, 16, 17, 40])
  func members(_ count: Int) throws {
    let text = "{" + (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
    var object = try JSONDocument(bytes: Array(text.utf8), file: "a.json").cursor.object()
    for number in (0..<count).reversed() {
      #expect(try object.required("k\(number)").integer(0...1000) == Int64(number))
    }
    try object.finish()
    #expect(object.optional("none")?.path == nil)
  }
}
