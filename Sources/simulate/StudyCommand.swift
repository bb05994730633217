import CommandSyntax
import JSONText
import Reports
import Studies

/// `simulate study`: the paper's case studies, measured beside simulated.
enum StudyCommand {
  static let subcommand = Subcommand(
    "study", summary: "Repeat the paper's case studies, and carry its tax on, measured values beside simulated ones",
    [
      study(
        .modelDesign, summary: "Multiply-adds and latency, depth and width, precision at small batches",
        shows: "what of a design costs time"),
      study(
        .frameworks, summary: "Eager, TorchScript, ONNX Runtime and CUDA graphs by batch",
        shows: "the paper's central figure"),
      study(
        .platforms, summary: "Knee and tax from one generation of accelerators to the next",
        shows: "from Pascal to Blackwell",
        [
          OptionDefinition(
            "measurements", value: "FILE", help: "Further measurements, in the columns of 'simulate validate'")
        ]),
      TaxStudyRun.subcommand,
      HostStudyRun.subcommand,
    ]
  ) { _, _ throws(Failure) in
    throw .usage(
      "which study? \(names.joined(separator: ", "))\n"
        + "see 'simulate study --help'")
  }

  /// The names of all studies.
  static let names = CaseStudy.Subject.allCases.map(\.rawValue) + [TaxStudyRun.name, HostStudyRun.name]

  private static func study(
    _ subject: CaseStudy.Subject, summary: String, shows: String, _ options: [OptionDefinition] = []
  ) -> Subcommand {
    let name = subject.rawValue
    let definition = CommandDefinition(
      name, summary: summary, options: [.format] + options,
      examples: [CommandExample("simulate study \(name)", shows: shows)])
    return Subcommand(definition) { command, library throws(Failure) in
      try command.checkFormat()
      let measurements = options.isEmpty ? nil : command.value(of: "measurements")
      command.print(CaseStudyReport(study: try study(subject, library, measurements: measurements)))
    }
  }

  /// Runs a study on what the catalog has.
  static func study(
    _ subject: CaseStudy.Subject, _ library: Library, measurements measurementFile: String? = nil
  ) throws(Failure) -> CaseStudy {
    let reference = try CSVText(path: try library.referenceMeasurements())
    let measurements = try checking {
      try measurementFile.map { try Measurement.read(try CSVText(path: $0)) } ?? []
    }
    return try Progress.showing("simulating the study") { _ in
      try CaseStudy(subject, reference: reference, measurements: measurements, from: library)
    }
  }
}

extension CSVText {
  /// Reads a file.
  init(path: String) throws(Failure) {
    self = try checking { try CSVText(bytes: readFileBytes(path, limit: CSVText.fileSizeLimit), file: path) }
  }
}

extension Library {
  /// The paper's measurements, as the catalog has them; a user's folder may have others of the same name.
  func referenceMeasurements() throws(Failure) -> String {
    let name = "framework-tax-paper.csv"
    for directory in profileFolders {
      let folder = directory + "/measurements"
      let files = try checking { try listFilesIfThere(in: folder, suffix: ".csv") }
      if files.contains(name) { return folder + "/" + name }
    }
    throw .input("the catalog has no measurements/\(name)")
  }
}
