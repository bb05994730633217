import CommandSyntax
import JSONText
import Kernels
import Profiles
import Serving
import Simulation
import Studies
import Workloads

/// The options that say which decoder is served, by which engine, on what, shared by all commands that serve one.
enum ServedOptions {
  /// The engine where none is named.
  static let defaultEngine = "vllm"

  static let positionals = [
    PositionalDefinition("decoder", help: "The language model: a catalog name or a config.json"),
    PositionalDefinition("accelerator", help: "The accelerator: a catalog name or a file"),
  ]

  static let definitions: [OptionDefinition] =
    [
      OptionDefinition(
        "engine", short: "e", value: "E", help: "Engine: a catalog name or a file", defaultText: defaultEngine,
        group: "Serving"),
      OptionDefinition("prompt", value: "N", help: "Tokens of a prompt", defaultText: "1024", group: "Serving"),
      OptionDefinition(
        "tokens", value: "N", help: "Tokens generated for a request", defaultText: "256", group: "Serving"),
      OptionDefinition("batch", short: "b", value: "N", help: "Requests", defaultText: "1", group: "Serving"),
      OptionDefinition(
        "requests", value: "FILE", help: "Requests with lengths of their own, as CSV",
        longHelp: "The columns are arrival_s,prompt_tokens,output_tokens; all requests are there from the beginning, and "
          + "arrival_s may be left out.", group: "Serving"),
      OptionDefinition(
        "precision", short: "p", value: "P", help: "Format of activations, weights and cache",
        choices: precisions.map(\.rawValue), defaultText: "bf16", group: "Serving"),
      OptionDefinition(
        "weights", value: "P", help: "Format of weights", choices: Precision.ofWeights.map(\.rawValue),
        defaultText: "the precision", group: "Serving"),
      OptionDefinition(
        "cache", value: "P", help: "Format of cached keys and values", choices: Precision.ofCaches.map(\.rawValue),
        defaultText: "the precision", group: "Serving"),
      OptionDefinition(
        "draft", value: "D", help: "What guesses tokens ahead: a decoder, ngram, or heads",
        longHelp: "heads are further layers of the decoder itself, one for each guess.", group: "Speculation"),
      OptionDefinition("draft-tokens", value: "N", help: "Tokens guessed at once", group: "Speculation"),
      OptionDefinition(
        "draft-weights", value: "P", help: "Format of a draft decoder's weights",
        choices: Precision.ofWeights.map(\.rawValue), defaultText: "that of the decoder's", group: "Speculation"),
      OptionDefinition("acceptance", value: "F", help: "The share of guesses that are right", group: "Speculation"),
      OptionDefinition(
        "devices", value: "N", help: "Accelerators that the model is split over", defaultText: "1", group: "System"),
      ScenarioOptions.host,
      OptionDefinition(
        "framework", short: "f", value: "F", help: "Framework, in place of the engine's: a catalog name or a file",
        defaultText: "the engine's", group: "System"),
      ScenarioOptions.set, KernelModelOption.definition,
    ]

  private static let precisions: [Precision] = [.fp32, .fp16, .bf16, .fp8]

  /// What is served, and what the user changed about it.
  struct Resolved {
    var served: ServedDecoder
    var load: GenerationLoad
    var speculation: Speculation?
    var overrides: [(path: String, value: Double)]

    /// Simulates; a fault is one of the engine's file or of the model's.
    func checkingSimulation<Result>(_ body: () throws -> Result) throws(Failure) -> Result {
      do { return try body() } catch let fault as SimulationFault { throw Failure(fault, at: nil) } catch {
        throw Failure(error)
      }
    }
  }

  /// What is named as a file.
  static func files(_ command: ParsedCommand) -> [String] {
    let options = ["engine", "host", "framework", "draft"].flatMap { command.values(of: $0) }
    return (command.positionals + options).filter(Library.isFile) + command.values(of: "requests")
      + KernelModelOption.files(command)
  }

  /// Reads the options against a library.
  ///
  /// - Throws: ``Failure`` where something is missing, unknown, out of range, or does not fit together.
  static func resolve(_ command: ParsedCommand, _ library: Library) throws(Failure) -> Resolved {
    guard let decoderName = command.positionals.first else {
      throw .usage(
        "a decoder is needed, as in 'simulate generate llama-3.1-8b h100-sxm'; "
          + "'simulate profiles list decoders' names them, and a config.json will do")
    }
    guard command.positionals.count >= 2 else {
      throw .usage(
        "an accelerator is needed, as in 'simulate generate \(decoderName) h100-sxm'; "
          + "'simulate profiles list accelerators' names them")
    }
    if let extra = command.positionals.dropFirst(2).first {
      throw .usage("unexpected argument '\(extra)'\n" + command.helpHint)
    }
    if library.isAccelerator(decoderName) {
      throw .input(
        "'\(decoderName)' is an accelerator, and the decoder stands first: as in 'simulate generate llama-3.1-8b "
          + "\(decoderName)'")
    }
    let decoder = try library.decoder(decoderName)
    guard let accelerator = try library.accelerator(command.positionals[1]) else {
      throw .input("generation on the host alone is not simulated; name an accelerator")
    }
    let engine = try library.engine(command.value(of: "engine") ?? defaultEngine)
    let host = try library.host(command.value(of: "host"), of: accelerator)
    func system(_ framework: String) throws(Failure) -> System {
      let name = command.value(of: "framework") ?? framework
      var system = System(accelerator: accelerator, host: host, framework: try library.framework(name))
      system.engine = engine
      return system
    }
    var (prefill, decode) = (try system(engine.prefillFramework), try system(engine.decodeFramework))
    let overrides = try ScenarioOptions.overrides(command)
    try checking {
      for (path, value) in overrides {
        try prefill.set(path, to: value)
        try decode.set(path, to: value)
      }
    }
    var served = ServedDecoder(
      decoder: decoder, operators: try library.engineOperators(engine), prefill: prefill, decode: decode,
      formats: try formats(command, decode), kernelModel: try KernelModelOption.model(command, of: [accelerator], library))
    served.devices = try devices(command, of: decoder)
    return Resolved(
      served: served, load: try load(command), speculation: try speculation(command, served, library),
      overrides: overrides)
  }

  /// The formats of tensors, and in which products with weights are computed.
  private static func formats(_ command: ParsedCommand, _ system: System) throws(Failure) -> TensorFormats {
    let asked = try checking { try command.choice(of: "precision", as: Precision.self) }
    let weights = try checking { try command.choice(of: "weights", as: Precision.self) }
    let cache = try checking { try command.choice(of: "cache", as: Precision.self) }
    let peaks = system.accelerator?.peakTFLOPS
    // What has no units for it computes in the format that it has.
    let wide: Precision = peaks?[.bf16] == nil && peaks?[.fp16] != nil ? .fp16 : .bf16
    var formats = TensorFormats(asked ?? wide)
    if asked == .fp8 {
      // Activations are kept wide between products: what is narrow is what products and attention read.
      formats = TensorFormats(wide)
      (formats.weights, formats.cache) = (.fp8, .fp8)
    }
    if let weights { formats.weights = weights }
    if let cache { formats.cache = cache }
    let engine = system.engine ?? EngineProfile()
    let isNarrow = formats.weights.bytesPerElement < formats.activations.bytesPerElement
    let computes = engine.computedFormats.contains(formats.weights) && peaks?[formats.weights] != nil
    formats.weightArithmetic = isNarrow && !computes ? formats.activations : formats.weights
    if formats.convertsWeights { formats.conversionsPerClock = engine.conversionsPerClock[formats.weights] }
    return formats
  }

  private static func devices(_ command: ParsedCommand, of decoder: Decoder) throws(Failure) -> Int64 {
    let count = try checking { try command.integer(of: "devices", .within(1...1024)) } ?? 1
    guard count == 1 else {
      throw .usage("--devices: a model on several devices is not simulated yet; leave it out")
    }
    return Int64(count)
  }

  private static func load(_ command: ParsedCommand) throws(Failure) -> GenerationLoad {
    if let path = command.value(of: "requests") {
      try command.refuse(["prompt", "tokens", "batch"], "--requests gives each request its own lengths")
      return GenerationLoad(try RequestFile(path).requests)
    }
    func number(_ name: String, _ fallback: Int, _ limits: ClosedRange<Int>) throws(Failure) -> Int64 {
      Int64(try checking { try command.integer(of: name, .within(limits)) } ?? fallback)
    }
    return GenerationLoad(
      batch: try number("batch", 1, 1...1_000_000), prompt: try number("prompt", 1024, 1...100_000_000),
      tokens: try number("tokens", 256, 1...10_000_000))
  }

  private static func speculation(
    _ command: ParsedCommand, _ served: ServedDecoder, _ library: Library
  ) throws(Failure) -> Speculation? {
    guard let draft = command.value(of: "draft") else {
      for option in ["draft-tokens", "draft-weights", "acceptance"] where command.isPresent(option) {
        throw .usage("--\(option) is of --draft, as in --draft ngram --draft-tokens 4 --acceptance 0.6\n" + command.helpHint)
      }
      return nil
    }
    guard let tokens = try checking({ try command.integer(of: "draft-tokens", .within(1...1024)) }),
      let acceptance = try checking({ try command.double(of: "acceptance", .within(0...1)) })
    else {
      throw .usage("--draft needs --draft-tokens N and --acceptance F, as --draft-tokens 4 --acceptance 0.7\n" + command.helpHint)
    }
    var drafter = served
    let kind: Speculation.Draft
    switch draft {
    case "ngram":
      try command.refuse(["draft-weights"], "what followed the same words before has no weights")
      kind = .ngram
    case "heads":
      try command.refuse(["draft-weights"], "heads have the decoder's weights")
      drafter.decoder.layers = Array(served.decoder.layers.suffix(1))
      kind = .heads(drafter)
    default:
      drafter.decoder = try library.decoder(draft)
      if let weights = try checking({ try command.choice(of: "draft-weights", as: Precision.self) }) {
        drafter.formats.weights = weights
        drafter.formats.weightArithmetic = drafter.formats.activations
        drafter.formats.conversionsPerClock = served.engine.conversionsPerClock[weights]
      }
      kind = .decoder(drafter)
    }
    return Speculation(kind, tokens: Int64(tokens), acceptance: acceptance)
  }
}
