import CommandSyntax
import JSONText
import Kernels
import Profiles
import Reports
import Serving
import Simulation
import Studies

/// `simulate study hosts`: what served models owe their host.
enum HostStudyRun {
  /// The study's name.
  static let name = "hosts"

  /// A model that is served: on how many devices, and what its requests are to keep.
  ///
  /// The limits are those of the interactive scenarios of MLPerf Inference 5.1 (Llama-3.1-8B and Llama-2-70B); the mixture of
  /// experts has the smaller model's.
  private static let subjects: [(decoder: String, devices: Int64, limits: ServingLimits)] = [
    ("llama-3.1-8b", 1, ServingLimits(ttftMS: 500, tpotMS: 30)),
    ("llama-3.1-70b", 8, ServingLimits(ttftMS: 450, tpotMS: 40)),
    ("qwen3-30b-a3b", 1, ServingLimits(ttftMS: 500, tpotMS: 30)),
  ]

  /// The forms: an engine of the catalog, and a framework in place of its own.
  private static let forms: [(name: String, engine: String, framework: String?)] = [
    ("eager", "vllm", SystemDefaults.framework), ("graph", "vllm", nil), ("overlapped", "vllm-async", nil),
  ]

  static let subcommand = Subcommand(definition) { command, library throws(Failure) in
    try command.checkFormat()
    let study = try study(
      library, accelerator: command.value(of: "accelerator") ?? accelerator, host: command.value(of: "host"),
      durationSeconds: try checking { try command.double(of: "duration-s", .within(1...3600)) } ?? duration,
      seed: UInt64(try checking { try command.integer(of: "seed", .atLeast(0)) } ?? 1))
    command.print(HostStudyReport(study: study))
  }

  private static let accelerator = "nvidia-h100-sxm"
  private static let duration = 60.0

  private static let definition = CommandDefinition(
    name, summary: "What a faster host, or one with fewer cores, is worth to served models",
    options: [
      .format,
      OptionDefinition(
        "accelerator", value: "A", help: "The accelerator: a catalog name or a file", defaultText: accelerator),
      OptionDefinition(
        "host", value: "H", help: "The usual host: a catalog name or a file", defaultText: "the accelerator's"),
      OptionDefinition(
        "duration-s", value: "S", help: "For how long requests arrive at each rate that is tried", defaultText: "60"),
      OptionDefinition("seed", value: "N", help: "What draws when requests arrive", defaultText: "1"),
    ],
    examples: [
      CommandExample("simulate study hosts", shows: "where 8 % stay 8 %, and where they become a factor"),
      CommandExample(
        "simulate study hosts --accelerator b200 --format html > hosts.html", shows: "the same as a page, on a B200"),
    ])

  /// Runs the study on what the catalog has.
  ///
  /// - Parameters:
  ///   - library: The catalog.
  ///   - accelerator: What serves.
  ///   - host: What feeds it; nil for the accelerator's own.
  ///   - durationSeconds: For how long requests arrive.
  ///   - seed: What draws when they do.
  /// - Returns: The study.
  /// - Throws: ``Failure`` where a name is unknown or a model does not fit.
  static func study(
    _ library: Library, accelerator: String = accelerator, host: String? = nil, durationSeconds: Double = duration,
    seed: UInt64 = 1
  ) throws(Failure) -> HostStudy {
    let subjects = try subjects.map { (subject) throws(Failure) in
      let forms = try Self.forms.map { (form) throws(Failure) in
        HostStudy.Form(
          form.name,
          try served(subject.decoder, form, subject.devices, accelerator, host, library))
      }
      return HostStudy.Subject(
        subject.decoder, forms, ServingLoad(arrivals: .concurrency(1), durationSeconds: durationSeconds, seed: seed),
        subject.limits)
    }
    return try Progress.showing("serving on many hosts") { _ throws(Failure) in
      try GenerateCommand.simulating { try HostStudy(subjects) }
    }
  }

  private static func served(
    _ decoder: String, _ form: (name: String, engine: String, framework: String?), _ devices: Int64,
    _ accelerator: String, _ host: String?, _ library: Library
  ) throws(Failure) -> ServedDecoder {
    var point = ServedPoint()
    point[.decoder] = decoder
    point[.accelerator] = accelerator
    point[.engine] = form.engine
    point[.framework] = form.framework
    point[.host] = host
    return try ServedOptions.served(point, Parallelism(tensor: devices), .calibrated, library)
  }
}
