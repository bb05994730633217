import JSONText
import Testing

@Suite("Names that may have been meant") struct NearestNamesTests {
  static let names = [
    "gpt2", "llama-2-70b", "llama-3-8b", "llama-3-8b-decode", "qwen2.5-7b", "resnet50", "vit-large-patch16-224",
  ]

  @Test(arguments: [
    ("llama-70b", ["llama-2-70b", "llama-3-8b", "llama-3-8b-decode"]),
    ("Llama3", ["llama-3-8b", "llama-3-8b-decode", "llama-2-70b"]),
    ("qwen", ["qwen2.5-7b"]), ("vit-huge", ["vit-large-patch16-224"]), ("sdxl", []), ("50", []), ("", []),
  ])
  func `share words, those that share most first`(typed: String, expected: [String]) {
    #expect(nearestNames(to: typed, among: Self.names) == expected)
  }

  @Test func `are so many at most`() {
    #expect(nearestNames(to: "llama", among: Self.names, limit: 2) == ["llama-2-70b", "llama-3-8b"])
  }
}
