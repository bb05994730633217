import Foundation
import JSONText
import Testing

@testable import OutputFiles

@Suite("Files that grow") struct PartialFileTests {
  @Test func `take their name when they are whole, and go on where they were cut`() throws {
    let folder = try Folder()
    let target = try OutputTarget(folder.path + "/rows.csv")
    do {
      let file = try PartialFile(target, resumes: false)
      try file.append(Array("one\ntw".utf8))
    }
    #expect(folder.names == ["rows.csv.partial"] && PartialFile.exists(for: target))
    #expect(throws: OutputFault.interrupted(partial: folder.path + "/rows.csv.partial")) {
      _ = try PartialFile(target, resumes: false)
    }
    let file = try PartialFile(target, resumes: true)
    #expect(file.length == 6)
    #expect(try file.reader.bytes(from: 4, count: 99) == Array("tw".utf8))
    try file.cut(to: 4)
    try file.append(Array("two\n".utf8))
    try file.finish()
    #expect(try folder.names == ["rows.csv"] && folder.text("rows.csv") == "one\ntwo\n")
  }

  @Test func `have one writer`() throws {
    let folder = try Folder()
    let target = try OutputTarget(folder.path + "/rows.csv")
    let first = try PartialFile(target, resumes: false)
    for resumes in [false, true] {
      #expect(throws: OutputFault.beingWritten(partial: folder.path + "/rows.csv.partial")) {
        _ = try PartialFile(target, resumes: resumes)
      }
    }
    first.discard()
    #expect(folder.names.isEmpty)
  }

  @Test func `are files and nothing else`() throws {
    let folder = try Folder()
    try folder.write("precious", to: "other")
    try folder.link("linked.partial", to: "other")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/folder.partial", withIntermediateDirectories: false)
    for (name, oddity) in [("linked", OutputFault.Oddity.link), ("folder", .folder)] {
      let target = try OutputTarget(folder.path + "/" + name)
      for resumes in [false, true] {
        #expect(throws: OutputFault.isNoPartial(oddity, partial: target.path + ".partial")) {
          _ = try PartialFile(target, resumes: resumes)
        }
      }
    }
    #expect(try folder.text("other") == "precious")
  }
}
