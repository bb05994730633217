import JSONText
import Profiles
import SampleModels
import Testing

@Suite("An edit of a profile") struct ProfileEditTests {
  static let text = """
    { "schema": "host/1", "name": "plain", "aliases": ["p"], "title": "Plain", "memory": { "l2_mb": 1.50 },
      "sources": { "memory": { "kind": "datasheet", "from": "a sheet" },
                   "memory.l2_mb": { "kind": "assumed", "from": "a guess" } } }
    """

  static func edited(_ changes: [ProfileEdit.Change], texts: [String: String] = [:]) throws -> String {
    ProfileEdit(of: try JSONDocument(bytes: Array(text.utf8), file: "plain.json"), texts: texts, changes).text()
  }

  static func change(_ path: String, _ value: Double) -> ProfileEdit.Change {
    ProfileEdit.Change(path: path, value: value, kind: .measured, from: "rows.csv", note: "+-1 %")
  }

  @Test func `changes the number and its source, and nothing else`() throws {
    #expect(
      try Self.edited([Self.change("memory.l2_mb", 2)]) == """
        {
          "schema": "host/1",
          "name": "plain",
          "aliases": ["p"],
          "title": "Plain",
          "memory": {
            "l2_mb": 2
          },
          "sources": {
            "memory": {
              "kind": "datasheet",
              "from": "a sheet"
            },
            "memory.l2_mb": {
              "kind": "measured",
              "from": "rows.csv",
              "note": "+-1 %"
            }
          }
        }

        """)
  }

  @Test func `adds numbers that the file leaves out, in groups that it lacks`() throws {
    let text = try Self.edited([Self.change("memory.l3_mb", 8), Self.change("vector.flops_per_cycle", 16)])
    #expect(text.contains("\"l2_mb\": 1.50,\n    \"l3_mb\": 8\n"), "a number that stays keeps its digits")
    #expect(text.contains("\"vector\": {\n    \"flops_per_cycle\": 16\n  }"))
  }

  @Test func `renames, and drops what belonged to the old name`() throws {
    let text = try Self.edited([], texts: ["name": "mine", "aliases": ""])
    #expect(text.contains("\"name\": \"mine\"") && !text.contains("aliases"))
  }

  @Test func `is read back with the number that was set`() throws {
    let host = try JSONDocument(bytes: Array(Sample.hostText.utf8), file: "host.json")
    let text = ProfileEdit(of: host, [Self.change("memory.l2_mb", 3)]).text()
    let profile = try ProfileReader.host(from: JSONDocument(bytes: Array(text.utf8), file: "edited.json"))
    #expect(profile.memory.l2MB == 3)
    #expect(profile.provenance.source(of: "memory.l2_mb")?.from == "rows.csv")
  }
}
