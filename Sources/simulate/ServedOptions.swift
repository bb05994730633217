import CommandSyntax
import JSONText
import Kernels
import Profiles
import Serving
import Simulation
import Workloads

/// The options that say which decoder is served, by which engine, on what, shared by all commands that serve one.
enum ServedOptions {
  /// The engine where none is named.
  static let defaultEngine = "vllm"

  static let positionals = [
    PositionalDefinition("decoder", help: "The language model: a catalog name or a config.json"),
    PositionalDefinition("accelerator", help: "The accelerator: a catalog name or a file"),
  ]

  /// The options that may be lists, so that runs stand side by side, with what they are where they are not given.
  static let definitions: [OptionDefinition] =
    [
      engine, weights, cache,
      OptionDefinition("prompt", value: "N", help: "Tokens of a prompt", defaultText: "1024", group: "Serving"),
      OptionDefinition(
        "tokens", value: "N", help: "Tokens generated for a request", defaultText: "256", group: "Serving"),
      OptionDefinition("batch", short: "b", value: "N", help: "Requests", defaultText: "1", group: "Serving"),
      OptionDefinition(
        "requests", value: "FILE", help: "Requests with lengths of their own, as CSV",
        longHelp:
          "The columns are arrival_s,prompt_tokens,output_tokens; all requests are there from the beginning, and "
          + "arrival_s may be left out.", group: "Serving"),
      OptionDefinition(
        "precision", short: "p", value: "P",
        help: "Format of activations, weights and cache: " + ServedAxis.precision.choices.joined(separator: ", "),
        defaultText: "bf16", group: "Serving"),
      OptionDefinition(
        "draft", value: "D", help: "What guesses tokens ahead: a decoder, ngram, or heads",
        longHelp: "heads are further layers of the decoder itself, one for each guess.", group: "Speculation"),
      OptionDefinition("draft-tokens", value: "N", help: "Tokens guessed at once", group: "Speculation"),
      OptionDefinition(
        "draft-weights", value: "P", help: "Format of a draft decoder's weights",
        choices: Precision.ofWeights.map(\.rawValue), defaultText: "that of the decoder's", group: "Speculation"),
      OptionDefinition("acceptance", value: "F", help: "The share of guesses that are right", group: "Speculation"),
      ParallelOptions.devices, ParallelOptions.interconnect, ScenarioOptions.host,
      OptionDefinition(
        "framework", short: "f", value: "F", help: "Framework, in place of the engine's: a catalog name or a file",
        defaultText: "the engine's", group: "System"),
      ScenarioOptions.set, KernelModelOption.definition,
    ]

  static let engine = OptionDefinition(
    "engine", short: "e", value: "E", help: "Engine: a catalog name or a file", defaultText: defaultEngine,
    group: "Serving")
  static let weights = OptionDefinition(
    "weights", value: "P", help: "Format of weights: " + ServedAxis.weights.choices.joined(separator: ", "),
    defaultText: "the precision", group: "Serving")
  static let cache = OptionDefinition(
    "cache", value: "P", help: "Format of cached keys and values: " + ServedAxis.cache.choices.joined(separator: ", "),
    defaultText: "the precision", group: "Serving")

  /// What is named as a file.
  static func files(_ command: ParsedCommand, drafts: Bool = true) -> [String] {
    let names = ["engine", "host", "framework", "interconnect"] + (drafts ? ["draft"] : [])
    let options = names.flatMap { command.values(of: $0) }
    return (command.positionals + options).flatMap { ServedAxis.items($0) }.filter(Library.isFile)
      + command.values(of: "requests") + KernelModelOption.files(command)
  }

  /// What a command line serves: for each list of names every one of them.
  ///
  /// - Parameters:
  ///   - command: The command line.
  ///   - library: Where names are found.
  ///   - axes: Its options that may be lists.
  /// - Returns: Every combination.
  /// - Throws: ``Failure`` where something is missing or no number.
  static func points(
    _ command: ParsedCommand, _ library: Library, axes: [ServedAxis] = ServedAxis.ofGeneration
  ) throws(Failure) -> ServedPoints {
    guard let decoder = command.positionals.first else {
      throw .usage(
        "a decoder is needed, as in 'simulate \(command.path[0]) llama-3.1-8b h100-sxm'; "
          + "'simulate profiles list decoders' names them, and a config.json will do")
    }
    guard command.positionals.count >= 2 else {
      throw .usage(
        "an accelerator is needed, as in 'simulate \(command.path[0]) \(decoder) h100-sxm'; "
          + "'simulate profiles list accelerators' names them")
    }
    if let extra = command.positionals.dropFirst(2).first {
      throw .usage("unexpected argument '\(extra)'\n" + command.helpHint)
    }
    if library.isAccelerator(decoder) {
      throw .input(
        "'\(decoder)' is an accelerator, and the decoder stands first: as in 'simulate \(command.path[0]) llama-3.1-8b "
          + "\(decoder)'")
    }
    var points = ServedPoints()
    try points.add(.decoder, ServedAxis.items(decoder), of: "the decoder", command)
    try points.add(.accelerator, ServedAxis.items(command.positionals[1]), of: "the accelerator", command)
    for axis in axes {
      guard let text = command.value(of: axis.rawValue) else { continue }
      try points.add(axis, axis.items(text), of: "--\(axis.rawValue)", command)
    }
    return points
  }

  /// Makes what one point serves.
  ///
  /// - Parameters:
  ///   - point: Names and lengths.
  ///   - command: What is the same for all points.
  ///   - library: Where names are found.
  ///   - overrides: Numbers of the point's own.
  /// - Returns: The decoder with its engine and systems.
  /// - Throws: ``Failure`` where a name is unknown, or something does not fit together.
  static func served(
    _ point: ServedPoint, _ command: ParsedCommand, _ library: Library, overrides: [(path: String, value: Double)]
  ) throws(Failure) -> ServedDecoder {
    let parallelism = try ParallelOptions.parallelism(point[.devices] ?? "1", command)
    let accelerator = try library.accelerator(point[.accelerator] ?? "")
    let model = try KernelModelOption.model(command, of: accelerator.map { [$0] } ?? [], library)
    return try served(point, parallelism, model, library, overrides: overrides)
  }

  /// Makes what one point serves, spread in some way.
  ///
  /// - Parameters:
  ///   - point: Names.
  ///   - parallelism: How the decoder is spread over devices.
  ///   - kernelModel: What predicts kernel times.
  ///   - library: Where names are found.
  ///   - overrides: Numbers of the point's own.
  /// - Returns: The decoder with its engine and systems.
  /// - Throws: ``Failure`` where a name is unknown, or something does not fit together.
  static func served(
    _ point: ServedPoint, _ parallelism: Parallelism, _ kernelModel: KernelModel, _ library: Library,
    overrides: [(path: String, value: Double)] = []
  ) throws(Failure) -> ServedDecoder {
    let decoder = try library.decoder(point[.decoder] ?? "")
    guard let accelerator = try library.accelerator(point[.accelerator] ?? "") else {
      throw .input("generation on the host alone is not simulated; name an accelerator")
    }
    let engine = try library.engine(point[.engine] ?? defaultEngine)
    let host = try library.host(point[.host], of: accelerator)
    func system(_ framework: String) throws(Failure) -> System {
      var system = System(
        accelerator: accelerator, host: host, framework: try library.framework(point[.framework] ?? framework))
      system.engine = engine
      try ParallelOptions.connect(&system, parallelism, point[.interconnect], library)
      return system
    }
    var (prefill, decode) = (try system(engine.prefillFramework), try system(engine.decodeFramework))
    try checking {
      for (path, value) in overrides {
        try prefill.set(path, to: value)
        try decode.set(path, to: value)
      }
    }
    try ParallelOptions.check(decode)
    let served = ServedDecoder(
      decoder: decoder, operators: try library.engineOperators(engine.operators, of: engine),
      eagerOperators: try engine.eagerOperators.map { (name) throws(Failure) in
        try library.engineOperators(name, of: engine)
      }, prefill: prefill, decode: decode, formats: point.formats(decode), kernelModel: kernelModel)
    try checking { try served.checkParallelism() }
    return served
  }

  /// Questions what is set of a point's accelerator and host, where it is far from all that the catalog has.
  static func question(
    _ overrides: [(path: String, value: Double)], of point: ServedPoint, _ library: Library
  ) throws(Failure) {
    guard !overrides.isEmpty, let accelerator = try library.accelerator(point[.accelerator] ?? "") else { return }
    let host = try library.host(point[.host], of: accelerator)
    try ProfileFile.warn(
      about: overrides, of: System(accelerator: accelerator, host: host, framework: FrameworkProfile()), library)
  }

  /// Says that requests are longer than a decoder was made for, if they are.
  static func warn(thatRequestsOf tokens: Int64, areLongFor decoder: Decoder, _ words: Message) {
    guard let limit = decoder.longestContext, tokens > limit else { return }
    Platform.warn(
      "warning: \(decoder.title) was made for \(NumberFormat.integer(Int(limit))) tokens, and " + words
        + " \(NumberFormat.integer(Int(tokens)))")
  }

  /// The requests of one point.
  static func load(_ point: ServedPoint, _ command: ParsedCommand) throws(Failure) -> GenerationLoad {
    if let path = command.value(of: "requests") {
      try command.refuse(["prompt", "tokens", "batch"], "--requests gives each request its own lengths")
      return GenerationLoad(try RequestFile(path).requests)
    }
    return GenerationLoad(
      batch: point.length(.batch) ?? 1, prompt: point.length(.prompt) ?? 1024, tokens: point.length(.tokens) ?? 256)
  }

  /// How tokens are guessed ahead; nil where they are not.
  static func speculation(
    _ command: ParsedCommand, _ served: ServedDecoder, _ library: Library
  ) throws(Failure) -> Speculation? {
    guard let draft = command.value(of: "draft") else {
      for option in ["draft-tokens", "draft-weights", "acceptance"] where command.isPresent(option) {
        throw .usage(
          "--\(option) is of --draft, as in --draft ngram --draft-tokens 4 --acceptance 0.6\n" + command.helpHint)
      }
      return nil
    }
    guard let tokens = try checking({ try command.integer(of: "draft-tokens", .within(1...1024)) }),
      let acceptance = try checking({ try command.double(of: "acceptance", .within(0...1)) })
    else {
      throw .usage(
        "--draft needs --draft-tokens N and --acceptance F, as --draft-tokens 4 --acceptance 0.7\n" + command.helpHint)
    }
    var drafter = served
    // Another model has plans of its own.
    drafter.plans = nil
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
      try checking { try drafter.checkParallelism() }
      if let weights = try checking({ try command.choice(of: "draft-weights", as: Precision.self) }) {
        drafter.formats = drafter.formats.with(weights: weights, of: served.decode)
      }
      kind = .decoder(drafter)
    }
    return Speculation(kind, tokens: Int64(tokens), acceptance: acceptance)
  }
}
