import JSONText
import TestSupport
import Testing

@testable import Profiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("The index of the program's profiles") struct ProfileIndexTests {
  private let index = ProfileIndex(directory: ShippedCatalogTests.folder)

  @Test("It has the names of the whole catalog, and a name, an alias or a shortened name leads to the same profile")
  func names() throws {
    let catalog = try ShippedCatalogTests.catalog()
    #expect(try index.acceleratorNames == catalog.accelerators.map(\.name))
    #expect(try index.hostNames == catalog.hosts.map(\.name))
    #expect(try index.frameworkNames == catalog.frameworks.map(\.name))
    for profile in catalog.accelerators.suffix(12) {
      for name in [profile.name, profile.name.uppercased()] + profile.aliases {
        #expect(try index.accelerator(named: name).name == profile.name)
        #expect(index.hasAccelerator(named: name))
      }
    }
    #expect(try index.accelerator(named: "h100-sxm") == catalog.accelerator(named: "nvidia-h100-sxm"))
    #expect(try index.host(named: catalog.hosts[0].name) == catalog.hosts[0])
    #expect(!index.hasAccelerator(named: "bert-base-uncased") && !index.hasAccelerator(named: "../hosts/x"))
    #expect(throws: NameFault.self) { _ = try index.framework(named: "pytorch-eagle") }
  }

  @Test("What is changed or added is seen, and a file that is wrong harms nobody who does not ask for it")
  func changes() throws {
    var folder = TemporaryDirectory()
    let sort = folder.path + "/frameworks"
    guard mkdir(sort, 0o700) == 0 else { preconditionFailure("cannot make \(sort)") }
    defer {
      for name in ["one", "two", "wrong"] { unlink("\(sort)/\(name).json") }
      rmdir(sort)
    }
    let shipped = String(
      decoding: try readFileBytes(ShippedCatalogTests.folder + "/frameworks/cuda-graph.json"), as: UTF8.self)
    func bytes(_ name: String) -> [UInt8] {
      Array(shipped.replacing("\"name\": \"cuda-graph\"", with: "\"name\": \"\(name)\"").utf8)
    }
    folder.write(bytes("one"), to: "frameworks/one.json")
    #expect(try ProfileIndex(directory: folder.path).framework(named: "one").name == "one")
    folder.write(bytes("three"), to: "frameworks/two.json")
    #expect(try ProfileIndex(directory: folder.path).framework(named: "three").name == "three")
    #expect(throws: NameFault.self) { _ = try ProfileIndex(directory: folder.path).framework(named: "two") }
    folder.write(Array("{".utf8), to: "frameworks/wrong.json")
    #expect(try ProfileIndex(directory: folder.path).framework(named: "one").name == "one")
    #expect(throws: ProfileFault.self) { _ = try ProfileIndex(directory: folder.path).framework(named: "three") }
    folder.write(bytes("other"), to: "frameworks/one.json")
    let index = ProfileIndex(directory: folder.path)
    #expect(throws: (any Error).self) { _ = try index.framework(named: "one") }
  }
}
