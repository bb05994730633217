import Foundation
import JSONText
import Testing

@testable import OutputFiles

/// A folder of one test, removed behind it.
final class Folder {
  let path = NSTemporaryDirectory() + "/output-files-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }

  func write(_ text: String, to name: String, mode: Int = 0o644) throws {
    try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + "/" + name)
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
  }
}

@Suite("Output files") struct OutputFileTests {
  @Test func `are there whole, or as they were`() throws {
    let folder = try Folder()
    try folder.write("old", to: "rows.csv", mode: 0o640)
    let target = try OutputTarget(folder.path + "/rows.csv")
    do {
      var file = try OutputFile(target)
      try file.write(Array(repeating: UInt8(ascii: "x"), count: 1 << 17))
      try file.flush()
      #expect(try folder.text("rows.csv") == "old" && folder.names.count == 2)
    }
    #expect(try folder.text("rows.csv") == "old" && folder.names == ["rows.csv"], "what is not finished is gone")
    try OutputFile.write("new", to: target)
    #expect(try folder.text("rows.csv") == "new" && folder.names == ["rows.csv"])
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/rows.csv")[.posixPermissions] as? Int
    #expect(mode == 0o640, "the mode of the file that had the name")
  }

  @Test func `stop where whoever writes them does`() throws {
    let folder = try Folder()
    let target = try OutputTarget(folder.path + "/rows.csv")
    #expect(throws: OutputFault.unread) {
      try OutputFile.write(to: target) { (emit) throws(OutputFault) in
        try emit([1, 2, 3])
        throw .unread
      }
    }
    #expect(folder.names.isEmpty)
  }

  @Test func `are refused where they cannot be, with the reason`() throws {
    let folder = try Folder()
    let at = folder.path + "/"
    try folder.write("", to: "protected", mode: 0o444)
    try folder.link("loop", to: "loop")
    for (path, fault) in [
      ("", OutputFault.unnamed), (at + "loop", .endlessLinks(path: at + "loop")),
      (at + "none/", .folderName(path: at + "none/")), (folder.path, .isFolder(path: folder.path)),
      (at + "protected", .readOnly(path: at + "protected")),
      (at + "none/rows", .refused(.enterFolder, path: at + "none/rows", error: ENOENT)),
      (at + "protected/rows", .refused(.look, path: at + "protected/rows", error: ENOTDIR)),
    ] {
      #expect(throws: fault) { try OutputTarget(path) }
      #expect(fault.place == (path.isEmpty ? nil : path) && !fault.words.text.isEmpty)
    }
    #expect(
      OutputFault.refused(.print, path: "-", error: ENOSPC).description
        == "error: cannot write to standard output: No space left on device")
  }

  @Test func `say by their names what is in them`() throws {
    let target = try OutputTarget("rows.CSV")
    #expect(target.ending == "csv")
    #expect(throws: Never.self) { try target.check(holds: "CSV", endings: ["csv"]) }
    let wrong = OutputFault.wrongEnding(path: "rows.CSV", ending: "csv", holds: "HTML", right: ["html", "htm"])
    #expect(throws: wrong) { try target.check(holds: "HTML", endings: ["html", "htm"]) }
    #expect(wrong.words.text == "'rows.CSV' ends in .csv, and what is written is HTML: let it end in .html or .htm")
    let plain = try OutputTarget("rows.2026")
    #expect(throws: OutputFault.noEnding(path: "rows.2026", holds: "JSON", right: ["json"])) {
      try plain.check(holds: "JSON", endings: ["json"])
    }
    #expect(throws: Never.self) { try plain.check(holds: "JSON", endings: ["json"], isAskedFor: true) }
  }

  @Test func `are the same by whatever name`() throws {
    let folder = try Folder()
    try folder.write("", to: "one")
    try folder.link("two", to: "one")
    let (one, two) = (try OutputTarget(folder.path + "/one"), try OutputTarget(folder.path + "/./two"))
    let new = try OutputTarget(folder.path + "/new")
    #expect(one.collides(with: two) && !one.collides(with: new))
    #expect(try new.collides(with: OutputTarget(folder.path + "/./new")), "also before there is a file")
    #expect(one.folder == new.folder && one.replacesFile && !new.replacesFile)
    let input = folder.path + "/two"
    #expect(throws: OutputFault.isInput(path: one.path, input: input)) { try one.check(against: ["none", input]) }
    #expect(throws: Never.self) { try new.check(against: [new.path]) }
  }

  @Test func `make their folders, and take away those that nothing came of`() throws {
    let folder = try Folder()
    try folder.write("", to: "file")
    var folders = NewFolders()
    try folders.make(folder.path + "/a/b")
    #expect(isFolder(folder.path + "/a/b"))
    try folder.write("", to: "a/kept")
    #expect(throws: OutputFault.isNoFolder(path: folder.path + "/file")) { try folders.make(folder.path + "/file") }
    folders.discard()
    #expect(isFolder(folder.path + "/a") && !isFolder(folder.path + "/a/b"))
  }
}
