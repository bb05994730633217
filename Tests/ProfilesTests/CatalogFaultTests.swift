import JSONText
import Profiles
import SampleModels
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("A catalog with wrong files") struct CatalogFaultTests {
  /// Folders of hosts, removed behind the test.
  private struct Folders: ~Copyable {
    var directories: [String] = []

    mutating func folder(_ files: [(name: String, text: String)]) -> String {
      var template = Array("/tmp/framework-tax-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { preconditionFailure("cannot make a directory in /tmp") }
      let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      mkdir(path + "/hosts", 0o777)
      for file in files {
        guard let stream = fopen(path + "/hosts/" + file.name, "w") else { preconditionFailure("cannot write") }
        fputs(file.text, stream)
        fclose(stream)
      }
      directories.append(path)
      return path
    }

    deinit {
      for directory in directories {
        for file in (try? listFiles(in: directory + "/hosts", suffix: "")) ?? [] {
          unlink(directory + "/hosts/" + file)
        }
        rmdir(directory + "/hosts")
        rmdir(directory)
      }
    }
  }

  private func host(_ name: String, aliases: String = "[]") -> String {
    TextEdit("\"name\": \"sample-host\"", "\"name\": \"\(name)\", \"aliases\": \(aliases)").apply(to: Sample.hostText)
  }

  @Test func `stops only who asks for one of them`() throws {
    var folders = Folders()
    let broken = Marked(TextEdit("\"cores\": 8", "\"cores\": ¶-8").apply(to: host("bad-host", aliases: "[\"bad\"]")))
    let root = folders.folder([("good.json", host("good")), ("wrong.json", broken.text)])
    let catalog = ProfileCatalog(roots: [[root]])
    #expect(catalog.hosts.map(\.name) == ["good"])
    #expect(try catalog.host(named: "good").name == "good")
    let words = "\(root)/hosts/wrong.json:\(broken.line):\(broken.column): "
    let problem = "/cores must be a whole number between 1 and 100000 (it is -8)"
    for name in ["bad-host", "bad", "wrong", "BAD-HOST"] {
      let fault = #expect(throws: NameFault.self) { try catalog.host(named: name) }
      #expect(fault?.description == words + "error: " + problem)
    }
    #expect(catalog.faults.map { $0.fault.said(as: "warning") } == [words + "warning: " + problem])
    #expect(throws: ProfileFault.self) { try ProfileCatalog(directories: [root]) }
  }

  @Test func `that replace a later folder's are not passed over for those`() throws {
    var folders = Folders()
    let own = folders.folder([("x.json", "{ \"schema\": \"host/1\", \"name\": \"shared\", oops")])
    let shipped = folders.folder([("shared.json", host("shared"))])
    let catalog = ProfileCatalog(roots: [[own], [shipped]])
    #expect(catalog.hosts.isEmpty)
    let fault = #expect(throws: NameFault.self) { try catalog.host(named: "shared") }
    #expect(fault?.description.hasPrefix("\(own)/hosts/x.json:1:") == true)
    #expect(try ProfileCatalog(roots: [[shipped], [own]]).host(named: "shared").name == "shared")
  }

  @Test(arguments: [("one", "[]", "one"), ("two", "[\"one\"]", "one"), ("two", "[\"first\"]", "first")])
  func `where two claim a name names both`(name: String, aliases: String, claimed: String) throws {
    var folders = Folders()
    let root = folders.folder([
      ("a.json", host("one", aliases: "[\"first\"]")), ("b.json", host(name, aliases: aliases)),
    ])
    let catalog = ProfileCatalog(roots: [[root]])
    let fault = #expect(throws: NameFault.self) { try catalog.host(named: claimed) }
    #expect(
      fault?.description
        == "\(root)/hosts/b.json: error: the host '\(claimed)' is in \(root)/hosts/a.json, too; "
        + "a folder has a name or alias once, so rename or remove one of them")
  }

  @Test func `of two folders may have a name twice, and the first wins`() throws {
    var folders = Folders()
    let (own, shipped) = (folders.folder([("a.json", host("one"))]), folders.folder([("b.json", host("one"))]))
    let catalog = ProfileCatalog(roots: [[own], [shipped]])
    #expect(catalog.hosts.map(\.name) == ["one"] && catalog.faults.isEmpty)
  }
}
