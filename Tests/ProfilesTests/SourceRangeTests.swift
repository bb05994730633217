import JSONText
import SampleModels
import TestSupport
import Testing

@testable import Profiles

/// Figures of a number on which sources disagree.
@Suite("A range of figures") struct SourceRangeTests {
  private static let sheet = #""memory.l2_mb": { "kind": "measured", "from": "a benchmark" }"#

  /// The sample accelerator, whose cache has 4 MB, with another source of it.
  private func accelerator(_ source: String) throws -> AcceleratorProfile {
    let text = TextEdit(Self.sheet, source).apply(to: Sample.acceleratorText)
    return try ProfileReader.accelerator(
      from: JSONDocument(bytes: Array(text.utf8), file: "gpu.json"), families: Sample.families())
  }

  private func fault(_ source: String) throws -> String {
    do {
      _ = try accelerator(source)
      return "none"
    } catch let fault as JSONFault { return fault.description }
  }

  @Test func `is read with who says otherwise, and keeps its share of a number that is scaled`() throws {
    let profile = try accelerator(
      #""memory.l2_mb": { "kind": "measured", "from": "a", "range": [3, 6], "other_from": "b" }"#)
    let range = try #require(profile.provenance.source(of: "memory.l2_mb")?.range)
    #expect(range == SourceRange(3...6, stated: 4, otherFrom: "b"))
    #expect(range.factor(at: 0) == 0.75 && range.factor(at: 0.5) == 1.125 && range.factor(at: 1) == 1.5)
    #expect(profile.provenance.source(of: "memory.bandwidth_gb_per_s")?.range == nil)
  }

  @Test func `of a number that a user sets is gone`() throws {
    var system = System(
      accelerator: try accelerator(
        #""memory.l2_mb": { "kind": "measured", "from": "a", "range": [3, 6], "other_from": "b" }"#),
      host: try Sample.host(), framework: try Sample.framework())
    #expect(system.source(of: "accelerator.memory.l2_mb")?.range != nil)
    try system.set("accelerator.memory.l2_mb", to: 5)
    #expect(system.source(of: "accelerator.memory.l2_mb")?.range == nil)
  }

  @Test(arguments: [
    (#""memory.l2_mb": { "kind": "measured", "from": "a", "range": [3, 6] }"#, "other_from"),
    (#""memory.l2_mb": { "kind": "measured", "from": "a", "other_from": "b" }"#, "no range"),
    (#""memory.l2_mb": { "kind": "measured", "from": "a", "range": [3, 6, 9], "other_from": "b" }"#, "it has 3"),
    (#""memory.l2_mb": { "kind": "measured", "from": "a", "range": [6, 3], "other_from": "b" }"#, "it is [6, 3]"),
    (#""memory.l2_mb": { "kind": "measured", "from": "a", "range": [4, 4], "other_from": "b" }"#, "it is [4, 4]"),
    (#""memory.l2_mb": { "kind": "measured", "from": "a", "range": [5, 6], "other_from": "b" }"#, "states 4"),
    (#""memory.l2_mb": { "kind": "measured", "from": "a", "range": [-1, 6], "other_from": "b" }"#, "MB"),
    (#""memory": { "kind": "measured", "from": "a", "range": [3, 6], "other_from": "b" }"#, "a group of numbers"),
    (#""watts": { "kind": "measured", "from": "a", "range": [3, 6], "other_from": "b" }"#, "leaves out"),
  ])
  func `that cannot be is refused with its place`(source: String, words: String) throws {
    let text = try fault(source)
    #expect(text.contains(words) && text.hasPrefix("gpu.json:"), "\(text)")
  }

  @Test func `of the catalog holds what its profile states`() throws {
    let contested = try ShippedCatalogTests.catalog().accelerators.flatMap { profile in
      profile.provenance.sources.filter { $0.range != nil }.map { (profile, $0) }
    }
    #expect(contested.count >= 20)
    for (profile, source) in contested {
      let field = try #require(AcceleratorProfile.fields.first { $0.path == source.path })
      #expect(source.range?.stated == field.value(in: profile), "\(profile.name) \(source.path)")
    }
  }

  @Test func `every board states its power, or why it does not`() throws {
    for profile in try ShippedCatalogTests.catalog().accelerators {
      let source = try #require(profile.provenance.source(of: "watts"), "\(profile.name)")
      #expect((profile.watts == nil) == source.note.hasPrefix("left out"), "\(profile.name): \(source)")
    }
  }
}
