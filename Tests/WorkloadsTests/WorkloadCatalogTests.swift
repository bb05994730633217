import JSONText
import TestSupport
import Testing
import Workloads

@Suite struct WorkloadCatalogTests {
  func bytes(_ name: String) -> [UInt8] {
    let text = file(#"{ "operator": "a", "inputs": [] }"#)
    return Array(text.replacing(#""name": "w""#, with: #""name": "\#(name)""#).utf8)
  }

  @Test func theFirstDirectoryCounts() throws {
    var mine = TemporaryDirectory()
    var shipped = TemporaryDirectory()
    mine.write(bytes("mine"), to: "b.json")
    shipped.write(bytes("shipped"), to: "b.json")
    shipped.write(bytes("shipped"), to: "a.json")
    shipped.write([], to: "readme.txt")
    let catalog = try WorkloadCatalog(directories: [mine.path, shipped.path])
    #expect(catalog.names == ["a", "b"])
    #expect(try catalog.load("a").name == "shipped")
    #expect(try catalog.load("b").name == "mine")
  }

  @Test func aMalformedFileMattersWhenLoaded() throws {
    var directory = TemporaryDirectory()
    directory.write(bytes("good"), to: "good.json")
    let bad = directory.write(Array("{ nope".utf8), to: "bad.json")
    let catalog = try WorkloadCatalog(directories: [directory.path])
    #expect(try catalog.load("good").name == "good")
    let fact = JSONFact.unexpectedCharacter(found: "n", expected: .keyOrObjectEnd)
    let fault = JSONFault(file: bad, position: JSONPosition(line: 1, column: 3), path: "", fact: fact)
    #expect(throws: WorkloadFault.inFile(fault)) { try catalog.load("bad") }
  }

  @Test func whatIsNotThereIsSaid() throws {
    var directory = TemporaryDirectory()
    directory.write([], to: "resnet50.json")
    let catalog = try WorkloadCatalog(directories: [directory.path])
    let unknown = WorkloadFault.unknownWorkload("resnet5", suggestion: "resnet50", known: ["resnet50"])
    #expect(throws: unknown) { try catalog.load("resnet5") }
    #expect(unknown.description == #"error: there is no workload "resnet5"; did you mean "resnet50"?"#)
    let nowhere = directory.path + "/nowhere"
    #expect(throws: WorkloadFault.unreadable(.notFound(path: nowhere))) {
      try WorkloadCatalog(directories: [nowhere])
    }
    #expect(throws: WorkloadFault.unreadable(.notFound(path: nowhere))) { try Workload(path: nowhere) }
    #expect(
      WorkloadFault.unknownWorkload("x", suggestion: nil, known: []).description
        == #"error: there is no workload "x"; the catalog is empty"#)
  }
}
