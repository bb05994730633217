import JSONText
import Profiles
import Testing

@Suite("What a name denotes") struct NameResolutionTests {
  static let candidates =
    [
      "bert-base-uncased", "distilbert-base-uncased", "bert-large-uncased", "mobilebert-uncased", "gpt2", "gpt2-large",
      "reference",
    ].map { Named(name: $0) } + [
      Named(name: "nvidia-v100-sxm2-16gb", aliases: ["nvidia-v100"], vendor: "NVIDIA"),
      Named(name: "nvidia-v100-sxm2-32gb", vendor: "NVIDIA"), Named(name: "nvidia-v100-pcie-16gb", vendor: "NVIDIA"),
      Named(name: "nvidia-h100-sxm", vendor: "NVIDIA"), Named(name: "nvidia-h100-pcie", vendor: "NVIDIA"),
      Named(name: "amd-mi300x", vendor: "AMD"),
    ]

  static func resolve(_ name: String) throws(NameFault) -> String {
    try resolveName(name, among: candidates, what: "thing")
  }

  @Test(arguments: [
    ("bert-base-uncased", "bert-base-uncased", "the name itself"),
    ("gpt2", "gpt2", "the name itself, though it begins another"),
    ("GPT2-Large", "gpt2-large", "letter case does not matter"),
    ("nvidia-v100", "nvidia-v100-sxm2-16gb", "an alias, though it begins three names"),
    ("v100", "nvidia-v100-sxm2-16gb", "an alias without the vendor"),
    ("mi300x", "amd-mi300x", "a name without the vendor"),
    ("h100-sxm", "nvidia-h100-sxm", "a name without the vendor"),
    ("bert-base", "bert-base-uncased", "whole words: distilbert-base-uncased has no word bert"),
    ("distilbert", "distilbert-base-uncased", "one whole word"),
    ("v100-pcie", "nvidia-v100-pcie-16gb", "a run of whole words in the middle"),
    ("32gb", "nvidia-v100-sxm2-32gb", "the last word"),
    ("mi", "amd-mi300x", "the letters of a word before its digits"),
    ("sxm2-32", "nvidia-v100-sxm2-32gb", "the digits of the last word of a run before its letters"),
  ])
  func `in full or shortened`(typed: String, meant: String, why: Comment) throws {
    #expect(try Self.resolve(typed) == meant, why)
  }

  @Test func `where all others are variants of one means that one`() throws {
    let names = ["bert-base-uncased", "bert-base-uncased-sdpa", "bert-base-uncased-sdpa-long", "tiny-bert"]
    let things = names.map { Named(name: $0) }
    #expect(try resolveName("bert-base", among: things, what: "thing") == "bert-base-uncased")
    #expect(try resolveName("sdpa", among: things, what: "thing") == "bert-base-uncased-sdpa")
    #expect(throws: NameFault.self) { try resolveName("bert", among: things, what: "thing") }
  }

  /// The first word of gpt2-large is no vendor: once it was dropped as if it were, and bert-large went unheard.
  @Test func `loses no first word that is not the vendor's`() {
    let fault = #expect(throws: NameFault.self) { try Self.resolve("large") }
    #expect(fault == .ambiguous(what: "thing", name: "large", candidates: ["bert-large-uncased", "gpt2-large"]))
  }

  @Test func `is asked for again where it could be several, which are listed`() {
    let fault = #expect(throws: NameFault.self) { try Self.resolve("h100") }
    #expect(
      fault?.description
        == "error: thing 'h100' could mean nvidia-h100-sxm, nvidia-h100-pcie; write one of them")
  }

  @Test(arguments: [
    ("bert-bse-uncased", "bert-base-uncased"), ("nvida-v100", "nvidia-v100"), ("gtp2", "gpt2"),
    ("referrence", "reference"), ("NVIDIA-H10-SXM", "nvidia-h100-sxm"),
  ])
  func `that is misspelt is suggested`(typed: String, near: String) {
    let fault = #expect(throws: NameFault.self) { try Self.resolve(typed) }
    #expect(fault?.description == "error: unknown thing '\(typed)'; did you mean '\(near)'?")
  }

  /// `h20` is a device of its own, and no H200.
  @Test(arguments: ["h10", "v1", "v10", "bert-la", "mobile", "ref", "sxm2-3", "mi30", "gpt2-lar", "nvidia-h10"])
  func `is never completed inside a word or a number`(typed: String) throws {
    let fault = #expect(throws: NameFault.self) { try Self.resolve(typed) }
    guard case .unknown(_, typed, _, _)? = fault else { throw try #require(fault) }
  }

  @Test func `of no workload is followed by how to make one`() {
    let fault = NameFault.unknown(what: "workload", name: "sd\u{1B}xl", suggestion: nil, known: ["gpt2"])
    #expect(
      fault.description == "error: unknown workload 'sd\\u001bxl'; known are gpt2. Any other: "
        + "tools/export_workload.py --module FILE.py:FUNCTION --output FILE.json exports it from PyTorch, and a language model's "
        + "config.json will do for 'generate'")
  }

  @Test(arguments: ["", "-", "--", "ert-base", "100", "zzz", "uncased-bert", "gpt2-large-xl"])
  func `is unknown where nothing fits`(typed: String) throws {
    let fault = #expect(throws: NameFault.self) { try Self.resolve(typed) }
    guard case .unknown? = fault else { throw try #require(fault) }
    #expect(fault?.description.hasPrefix("error: unknown thing '\(typed)'; ") == true)
  }

  @Test func `is listed among the known ones where none is near`() {
    let fault = #expect(throws: NameFault.self) {
      try resolveName("zzz", among: [Named(name: "a"), Named(name: "b")], what: "host")
    }
    #expect(fault?.description == "error: unknown host 'zzz'; known are a, b")
  }

  @Test func `in full always denotes itself`() throws {
    for candidate in Self.candidates {
      for name in [candidate.name] + candidate.aliases { #expect(try Self.resolve(name) == candidate.name) }
    }
  }
}
