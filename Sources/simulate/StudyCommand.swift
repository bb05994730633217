import CommandSyntax
import JSONText
import Profiles
import Reports
import Studies

/// `simulate study`: the paper's case studies, measured beside simulated.
enum StudyCommand {
  static let subcommand = Subcommand(
    "study", summary: "Repeat the paper's case studies, measured values beside simulated ones",
    [
      study(
        .modelDesign,
        CommandDefinition(
          "model-design", summary: "Multiply-adds and latency, depth and width, precision at small batches",
          options: [.format],
          examples: [CommandExample("simulate study model-design", shows: "what of a design costs time")])),
      study(
        .frameworks,
        CommandDefinition(
          "frameworks", summary: "Eager, TorchScript, ONNX Runtime and CUDA graphs by batch", options: [.format],
          examples: [CommandExample("simulate study frameworks", shows: "the paper's central figure")])),
      study(
        .platforms,
        CommandDefinition(
          "platforms", summary: "Knee and tax from one generation of accelerators to the next",
          options: [
            .format,
            OptionDefinition(
              "measurements", value: "FILE", help: "Further measurements, in the columns of 'simulate validate'"),
          ],
          examples: [CommandExample("simulate study platforms", shows: "from Pascal to Blackwell")])),
    ]
  ) { _, _ throws(Failure) in
    throw .usage(
      "which study? \(CaseStudy.Subject.allCases.map(\.rawValue).joined(separator: ", "))\n"
        + "see 'simulate study --help'")
  }

  private static func study(_ subject: CaseStudy.Subject, _ definition: CommandDefinition) -> Subcommand {
    Subcommand(definition) { command, library throws(Failure) in try run(subject, command, library) }
  }

  private static func run(
    _ subject: CaseStudy.Subject, _ command: ParsedCommand, _ library: Library
  ) throws(Failure) {
    try command.checkFormat()
    let study = try study(
      subject, library, measurements: subject == .platforms ? command.value(of: "measurements") : nil)
    command.print(CaseStudyReport(study: study))
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
