import Fuzzing
import JSONText
import TestSupport
import Testing

/// Every input that a fuzzer began from or found, through the same way in.
@Suite struct CorpusTests {
  /// The files of all corpora, as `target/file`.
  static let files: [(target: String, path: String)] = FuzzTarget.all.flatMap { target in
    let names = try? listFiles(in: packageRoot + "/Tests/Fuzzing/corpus/" + target.name, suffix: "")
    return (names ?? []).map { (target.name, $0) }
  }

  @Test("It is refused in one line or read, and nothing else", arguments: files.indices)
  func isRefusedOrRead(index: Int) throws {
    let (name, path) = Self.files[index]
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let bytes = try readFileBytes(packageRoot + "/Tests/Fuzzing/corpus/" + name + "/" + path)
    do { try target.run(bytes) } catch { Issue.record("\(name)/\(path): \(error)") }
  }

  @Test("Every target has a corpus", arguments: FuzzTarget.all.map(\.name))
  func hasCorpus(name: String) {
    #expect(Self.files.contains { $0.target == name })
  }

  /// The recordings of all formats.
  static let recordings = files.filter { $0.target == FuzzTarget.formats.name }.map(\.path)

  @Test("A damaged recording is refused or replayed, and its parts sum", arguments: recordings)
  func damagedRecording(path: String) throws {
    let seed = try readFileBytes(packageRoot + "/Tests/Fuzzing/corpus/\(FuzzTarget.formats.name)/" + path)
    for number in 0..<UInt64(12) {
      let input = DamagedRecording.input(number, of: seed)
      do { try FuzzTarget.recordings.run(input) } catch { Issue.record("\(path), damage \(number): \(error)") }
    }
  }
}
