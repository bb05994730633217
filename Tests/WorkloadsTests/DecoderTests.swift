import JSONText
import TestSupport
import Testing

@testable import Workloads

/// Decoders by their sizes, as a `config.json` says them.
@Suite struct DecoderTests {
  static func decoder(_ text: String, file: String = "llama/config.json") throws -> Decoder {
    try Decoder(bytes: Array(text.utf8), file: file)
  }

  static func words(_ text: String) -> String? {
    do {
      _ = try decoder(text, file: "d.json")
      return nil
    } catch {
      return "\(error)"
    }
  }

  static let llama = """
    {
      "architectures": ["LlamaForCausalLM"], "model_type": "llama", "bos_token_id": 128000, "rope_scaling": null,
      "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
      "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": false, "attention_bias": false
    }
    """

  @Test func `a config.json is read natively, with its many other keys`() throws {
    let decoder = try Self.decoder(Self.llama)
    #expect(decoder.name == "llama")
    #expect(decoder.layerCount == 32 && decoder.headWidth == 128 && decoder.keyHeads == 8)
    // Tables and head, 32 layers of attention, feed-forward block and two norms, and the last norm.
    let layer: Int64 = 4096 * 128 * (2 * 32 + 2 * 8) + 3 * 4096 * 14336 + 2 * 4096
    #expect(decoder.weightElements == 2 * 128_256 * 4096 + 32 * layer + 4096)
    #expect(decoder.weightElements == 8_030_261_248)
    #expect(decoder.cachedElements == 2 * 8 * 128)
  }

  @Test func `a model of several sorts of input has its language model inside`() throws {
    let text = #"{ "model_type": "gemma3", "vision_config": {}, "text_config": \#(Self.llama) }"#
    #expect(try Self.decoder(text).weightElements == 8_030_261_248)
  }

  @Test func `shipped decoders have as many weights as their cards say`() throws {
    let folder = packageRoot + "/workloads/decoders"
    let catalog = try WorkloadCatalog(directories: [folder])
    #expect(catalog.names.count >= 30)
    // The reader refuses a file whose sizes come to another count than it states.
    let decoders = try catalog.names.map { try Decoder(path: try catalog.path(of: $0)) }
    #expect(decoders.allSatisfy { $0.weightElements > 100_000_000 })
    #expect(decoders.map(\.weightElements).max() ?? 0 > 670_000_000_000)
    for decoder in decoders {
      var layers = 0
      decoder.layerBlocks.forEachLeaf { _, times in layers += times }
      #expect(layers == decoder.layerCount, "\(decoder.name)")
    }
  }

  @Test func `windows repeat with their period, and dense layers stand first`() throws {
    var decoder = Decoder()
    let (wide, narrow) = (DecoderLayer(), DecoderLayer(isWindowed: true))
    decoder.layers = Array(repeating: [narrow, narrow, wide], count: 4).flatMap { $0 } + [narrow]
    #expect(
      decoder.layerBlocks == [
        .loop(count: 4, body: [.loop(count: 2, body: [.leaf(narrow)]), .loop(count: 1, body: [.leaf(wide)])]),
        .loop(count: 1, body: [.leaf(narrow)]),
      ])
    let sparse = DecoderLayer(hasExperts: true)
    decoder.layers = Array(repeating: wide, count: 3) + Array(repeating: sparse, count: 58)
    #expect(
      decoder.layerBlocks == [.loop(count: 3, body: [.leaf(wide)]), .loop(count: 58, body: [.leaf(sparse)])])
  }

  @Test func `a kind that is not known is named, with the nearest that is`() {
    let words = Self.words(Self.llama.replacing(#""model_type": "llama""#, with: #""model_type": "lama""#))
    #expect(words?.contains("d.json:2:56") == true, "\(words ?? "")")
    #expect(words?.contains("\"lama\"") == true && words?.contains("did you mean \"llama\"") == true, "\(words ?? "")")
    // What is like none is not taken for one.
    let foreign = Self.words(Self.llama.replacing(#""model_type": "llama""#, with: #""model_type": "t5""#))
    #expect(foreign?.contains("\"t5\"") == true && foreign?.contains("did you mean") == false, "\(foreign ?? "")")
  }

  @Test(
    arguments: [
      (#""hidden_size": 4096, "#, "", "hidden_size"),
      (#""num_key_value_heads": 8"#, #""num_key_value_heads": 5"#, "does not divide the 32 heads"),
      (#""vocab_size": 128256"#, #""vocab_size": 0"#, "/vocab_size"),
      (#""vocab_size": 128256"#, #""vocab_size": "many""#, "/vocab_size"),
      (#""num_hidden_layers": 32"#, #""num_hidden_layers": 1e9"#, "/num_hidden_layers"),
      (#""tie_word_embeddings": false"#, #""tie_word_embeddings": "no""#, "/tie_word_embeddings"),
    ] as [(String, String, String)])
  func `what is wrong is said where it stands`(_ old: String, _ new: String, _ wanted: String) {
    let text = Self.llama.replacing(old, with: new)
    #expect(text != Self.llama)
    let words = Self.words(text)
    #expect(words?.contains(wanted) == true && words?.hasPrefix("d.json:") == true, "\(words ?? "right")")
  }

  @Test func `a file of the catalog whose sizes come to another count is wrong`() {
    let text = #"{ "schema": "decoder/1", "name": "x", "parameters": 8030261249, "config": \#(Self.llama) }"#
    let words = Self.words(text)
    #expect(words?.contains("is 8030261249, and the sizes of the config make 8030261248") == true, "\(words ?? "")")
  }
}

extension DecoderLayer {
  /// A layer of its traits.
  init(isWindowed: Bool = false, hasExperts: Bool = false) {
    self.init()
    self.isWindowed = isWindowed
    self.hasExperts = hasExperts
  }
}
