import Foundation
import TestSupport
import Testing

/// A user's own folder of profiles, with things in it that are none.
@Suite("A user's catalog", .tags(.process)) struct UserCatalogTests {
  /// A folder of one test, removed behind it.
  private final class Folder {
    let path = NSTemporaryDirectory() + "/simulate-catalog-" + UUID().uuidString
    init() throws {
      for sort in ["accelerators", "host-architectures", "hosts", "workloads"] {
        try FileManager.default.createDirectory(atPath: path + "/" + sort, withIntermediateDirectories: true)
      }
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
    }
    func copy(_ shipped: String, to name: String) throws {
      try FileManager.default.copyItem(atPath: packageRoot + "/" + shipped, toPath: path + "/" + name)
    }
    func run(_ line: String) throws -> Command.Result {
      try Command.run(line.split(separator: " ").map(String.init) + ["--catalog", path])
    }
  }

  @Test func `with what is no file is said and left out, and nothing waits for a pipe`() throws {
    let folder = try Folder()
    #expect(mkfifo(folder.path + "/accelerators/pipe.json", 0o666) == 0)
    #expect(mkfifo(folder.path + "/workloads/pipe.json", 0o666) == 0)
    #expect(symlink("nothing", folder.path + "/accelerators/link.json") == 0)
    let result = try folder.run("run bert-base t4")
    #expect(result.status == 0 && result.output.contains("NVIDIA T4"))
    #expect(
      result.errors == """
        \(folder.path)/accelerators/link.json: warning: is a link to a file that is not there; it is left out
        \(folder.path)/accelerators/pipe.json: warning: is a pipe, a device or a socket, not a file; it is left out
        \(folder.path)/workloads/pipe.json: warning: is a pipe, a device or a socket, not a file; it is left out

        """)
  }

  @Test func `with a wrong file stops who needs it, and the check`() throws {
    let folder = try Folder()
    let wrong = Marked("{ \"schema\": \"accelerator/1\", \"name\": \"nvidia-t4\", ¶oops")
    try folder.write("accelerators/mine.json", wrong.text)
    let place = "\(folder.path)/accelerators/mine.json:1:\(wrong.column): "
    let other = try folder.run("run bert-base v100")
    #expect(other.status == 0 && other.errors.hasPrefix(place + "warning: ") && other.errors.contains("; left out"))
    for line in ["run bert-base t4", "run bert-base mine", "profiles show nvidia-t4", "profiles check"] {
      let result = try folder.run(line)
      #expect(result.status == 2 && result.output.isEmpty, "\(line): \(result.output)")
      #expect(result.errors.hasPrefix(place + "error: ") && result.errors.split(separator: "\n").count == 1)
    }
  }

  /// Hosts whose speeds would follow from it are wrong by its fault, and not fast by another rule.
  @Test func `with a wrong family of hosts stops who needs one of its hosts, once`() throws {
    let folder = try Folder()
    try folder.write("host-architectures/x86.json", #"{ "schema": "host-architecture/1", "name": "x86" }"#)
    let place = "\(folder.path)/host-architectures/x86.json:1:1: "
    let arm = try folder.run("run bert-base t4 --host grace")
    #expect(arm.status == 0 && arm.errors.hasPrefix(place + "warning: "))
    #expect(arm.errors.split(separator: "\n").count == 1, "\(arm.errors)")
    // The check says all that the file lacks.
    for (line, count) in [("run bert-base t4", 1), ("profiles check", 3)] {
      let result = try folder.run(line)
      #expect(result.status == 2 && result.output.isEmpty, "\(line): \(result.output)")
      #expect(result.errors.hasPrefix(place + "error: ") && result.errors.split(separator: "\n").count == count)
    }
  }

  @Test func `with two profiles of a name names both files`() throws {
    let folder = try Folder()
    for name in ["a", "b"] {
      try folder.copy("hardware-profiles/accelerators/nvidia-t4.json", to: "accelerators/\(name).json")
    }
    for line in ["run bert-base t4", "profiles check"] {
      let result = try folder.run(line)
      #expect(result.status == 2)
      #expect(result.errors.contains("\(folder.path)/accelerators/a.json"), "\(result.errors)")
      #expect(result.errors.contains("\(folder.path)/accelerators/b.json: error: "), "\(result.errors)")
    }
    #expect(try folder.run("run bert-base v100").status == 0)
  }

  @Test func `replaces what is shipped under its names`() throws {
    let folder = try Folder()
    try folder.copy("hardware-profiles/accelerators/nvidia-t4.json", to: "accelerators/mine.json")
    let path = folder.path + "/accelerators/mine.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try folder.write("accelerators/mine.json", text.replacing(/"title": "[^"]*"/, with: "\"title\": \"My own T4\""))
    let result = try folder.run("run bert-base t4")
    #expect(result.status == 0 && result.errors.isEmpty && result.output.contains("My own T4"))
  }

  @Test func `that is not there is called by the variable that names it`() throws {
    let result = try Command.run(["run", "bert-base", "t4"], environment: ["SIMULATE_CATALOG": "/no/such"])
    #expect(
      result.errors
        == "/no/such: error: no such folder; the environment variable SIMULATE_CATALOG needs one that holds "
        + "profiles\n")
  }

  #if os(Linux)
    @Test func `and files may have names that are not UTF-8`() throws {
      let folder = try Folder()
      let result = try Command.shell(
        """
        cd '\(folder.path)' && f=$(printf 'w\\377.json') && cp '\(packageRoot)/workloads/gpt2.json' "$f" &&
        cp "$f" workloads/"$f" && t=$(printf 'o\\376.json') &&
        simulate run "$f" t4 --timeline "$t" --format csv && test -s "$t" &&
        simulate sweep t4 --workload "./$f" --over batch=1,2 -o "$t.csv" && test -s "$t.csv" &&
        SIMULATE_CATALOG=. simulate run "$(printf 'w\\377')" t4 --format csv &&
        simulate run "$(printf './v\\377\\033.json')" t4
        """)
      #expect(result.status == 2)
      #expect(result.errors == "./v\\xff\\u001b.json: error: no such file\n")
      #expect(result.output.split(separator: "\n").count == 4)
    }
  #endif
}
