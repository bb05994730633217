import JSONText
import Testing

@Suite("All faults of a document") struct AllFaultsTests {
  /// A reader with some of everything: keys that must be there, limits, words of a set, lists.
  private static func read(_ document: JSONDocument) throws(JSONFault) {
    var root = try document.cursor.object()
    try root.schema("thing/1")
    _ = try root.required("name").nonEmptyString()
    _ = try root.required("color").choice(of: ["red", "green"], as: "color")
    var size = try root.required("size").object()
    _ = try size.required("width").number(.between(1, 10))
    _ = try size.required("height").number(.between(1, 10))
    try size.finish()
    for element in try root.required("counts").array() { _ = try element.integer(1...9) }
    for element in try root.required("tags").array() where try element.string() == "bad" {
      throw element.fault(.described(problem: "is bad", advice: ""))
    }
    if let date = root.optional("date"), try date.string() != "today" {
      throw date.fault(.described(problem: "is not today", advice: ""))
    }
    try root.finish()
  }

  private static func faults(_ text: String) throws -> [String] {
    let document = try JSONDocument(bytes: Array(text.utf8), file: "f.json")
    return allFaults(in: document) { document throws(JSONFault) in try read(document) }.map(\.description)
  }

  private static let right = """
    { "schema": "thing/1", "name": "a", "color": "red", "size": { "width": 2, "height": 3 }, "counts": [1, 2], "tags": [] }
    """

  @Test func `are none of a right document`() throws {
    #expect(try Self.faults(Self.right).isEmpty)
  }

  @Test func `are told each at its place, in the order of the file`() throws {
    let text = """
      { "schema": "thing/1",
        "name": "",
        "color": "rde",
        "size": { "width": 20, "height": "3", "depth": 1 },
        "counts": [1, 0.5, 12],
        "tags": ["good", "bad", "bad"],
        "date": "yesterday",
        "weight": 1 }
      """
    #expect(
      try Self.faults(text) == [
        "f.json:2:11: error: /name must not be an empty string",
        "f.json:3:12: error: /color names an unknown color, \"rde\"; did you mean \"red\"?",
        "f.json:4:22: error: /size/width must be between 1 and 10 (it is 20)",
        "f.json:4:36: error: /size/height must be a number (it is a string)",
        "f.json:4:41: error: /size has no key \"depth\"; its keys are \"width\" and \"height\"",
        "f.json:5:17: error: /counts/1 must be an integer (it is 0.5)",
        "f.json:5:22: error: /counts/2 must be an integer between 1 and 9 (it is 12)",
        "f.json:6:20: error: /tags/1 is bad", "f.json:7:11: error: /date is not today",
        "f.json:8:3: error: the document has no key \"weight\"; its keys are \"schema\", \"name\", \"color\", \"size\", "
          + "\"counts\", \"tags\" and \"date\"",
      ])
  }

  /// What is put in for a missing object is nobody's: that it lacks keys is not told.
  @Test func `are not those of what was put in`() throws {
    let text = #"{ "schema": "thing/1", "name": "a", "color": "red", "counts": 3, "tags": [] }"#
    #expect(
      try Self.faults(text) == [
        "f.json:1:1: error: the document needs \"size\"",
        "f.json:1:63: error: /counts must be an array (it is a number)",
      ])
  }

  @Test func `behind a misspelled key are those of its value`() throws {
    let text =
      #"{ "schema": "thing/1", "name": "a", "color": "red", "size": { "widht": 0, "height": 3 }, "counts": [], "tags": [] }"#
    let faults = try Self.faults(text)
    #expect(faults.count == 2 && faults[0].contains("misspelling") && faults[1].contains("/size/width must be between"))
  }

  @Test func `end where nothing can be mended, and at a limit`() throws {
    #expect(try Self.faults("[1]") == ["f.json:1:1: error: the document must be an object (it is an array)"])
    let document = try JSONDocument(bytes: Array(#"{ "a": 1, "b": 2, "c": 3 }"#.utf8), file: "f.json")
    func nothing(_ document: JSONDocument) throws(JSONFault) {
      let root = try document.cursor.object()
      try root.finish()
    }
    #expect(allFaults(in: document) { document throws(JSONFault) in try nothing(document) }.count == 3)
    #expect(allFaults(in: document, limit: 2) { document throws(JSONFault) in try nothing(document) }.count == 2)
  }
}
