import JSONText
import Profiles
import SampleModels
import TestSupport
import Testing

@Suite("A catalog of folders") struct CatalogFolderTests {
  @Test func `reads a profile from a file of the user's`() throws {
    let catalog = try ShippedCatalogTests.catalog()
    var directory = TemporaryDirectory()
    let text = TextEdit("\"architecture\": \"Plain\"", "\"architecture\": \"Volta\"").apply(to: Sample.acceleratorText)
    let accelerator = try catalog.accelerator(file: directory.write(Array(text.utf8), to: "my-gpu.json"))
    #expect(accelerator.name == "sample-gpu")
    #expect(try catalog.host(file: directory.write(Array(Sample.hostText.utf8), to: "h.json")).name == "sample-host")
    let framework = try catalog.framework(file: directory.write(Array(Sample.frameworkText.utf8), to: "f.json"))
    #expect(framework.name == "sample-eager")
  }

  @Test func `names the file that is wrong or cannot be read`() throws {
    let catalog = try ShippedCatalogTests.catalog()
    var directory = TemporaryDirectory()
    let marked = Marked(TextEdit("\"cores\": 8", "\"cores\": ¶-8").apply(to: Sample.hostText))
    let path = directory.write(marked.bytes, to: "my-host.json")
    let fault = #expect(throws: ProfileFault.self) { try catalog.host(file: path) }
    #expect(
      fault?.description
        == "\(path):\(marked.line):\(marked.column): error: /cores must be a whole number between 1 and 100000 (it is -8)"
    )
    let missing = #expect(throws: ProfileFault.self) { try catalog.host(file: directory.path + "/none.json") }
    #expect(missing?.description == "\(directory.path)/none.json: error: no such file")
  }

  @Test func `is empty where no folder is there`() throws {
    let catalog = try ProfileCatalog(directories: ["/no/such/folder"])
    #expect(catalog.accelerators.isEmpty && catalog.hosts.isEmpty && catalog.frameworks.isEmpty)
    let fault = #expect(throws: NameFault.self) { try catalog.host(named: "reference") }
    #expect(fault == .unknown(what: "host", name: "reference", suggestion: nil, known: []))
  }
}
