import CommandSyntax
import JSONText
import Profiles
import Reports
import Studies

/// `simulate study`: the paper's case studies, measured beside simulated.
enum StudyCommand {
  private static let options = [
    OptionDefinition(
      "format", value: "F", help: "Format of the result", choices: ["table", "json", "csv"], defaultText: "table")
  ]

  static let subcommand = Subcommand(
    "study", summary: "Repeat the paper's case studies, measured values beside simulated ones",
    [
      study(
        .modelDesign,
        CommandDefinition(
          "model-design", summary: "Multiply-adds and latency, depth and width, precision at small batches",
          options: options,
          examples: [CommandExample("simulate study model-design", shows: "what of a design costs time")])),
      study(
        .frameworks,
        CommandDefinition(
          "frameworks", summary: "Eager, TorchScript, ONNX Runtime and CUDA graphs by batch", options: options,
          examples: [CommandExample("simulate study frameworks", shows: "the paper's central figure")])),
      study(
        .platforms,
        CommandDefinition(
          "platforms", summary: "Knee and tax from one generation of accelerators to the next",
          options: options + [
            OptionDefinition(
              "measurements", value: "FILE", help: "Further measurements, in the columns of 'simulate validate'")
          ],
          examples: [CommandExample("simulate study platforms", shows: "from Pascal to Blackwell")])),
    ]
  ) { _, _ throws(Failure) in
    throw Failure(
      .wrongUsage,
      "error: which study? \(CaseStudy.Subject.allCases.map(\.rawValue).joined(separator: ", "))\n"
        + "see 'simulate study --help'")
  }

  private static func study(_ subject: CaseStudy.Subject, _ definition: CommandDefinition) -> Subcommand {
    Subcommand(definition) { command, library throws(Failure) in try run(subject, command, library) }
  }

  private static func run(
    _ subject: CaseStudy.Subject, _ command: ParsedCommand, _ library: Library
  ) throws(Failure) {
    try command.refuseASCII(of: command.format)
    let study = try study(
      subject, library, measurements: subject == .platforms ? command.value(of: "measurements") : nil)
    let report = CaseStudyReport(study: study)
    switch command.format {
    case "json": Platform.print(document: report.json())
    case "csv": Platform.print(document: report.csv())
    default: Platform.print(report.text(styled: Platform.showsStyles, width: Platform.width))
    }
  }

  /// Runs a study on what the catalog has.
  static func study(
    _ subject: CaseStudy.Subject, _ library: Library, measurements measurementFile: String? = nil
  ) throws(Failure) -> CaseStudy {
    let reference = try table(try library.referenceMeasurements())
    var measurements: [Measurement] = []
    if subject == .platforms, let path = measurementFile {
      let further = try table(path)
      measurements = try checkingInput { () throws(CSVFault) in try Measurement.read(further) }
    }
    do {
      return try Progress.showing("simulating the study") { _ in
        try CaseStudy(subject, reference: reference, measurements: measurements, from: library)
      }
    } catch let failure as Failure {
      throw failure
    } catch { throw Failure(.wrongInput, "\(error)") }
  }

  private static func table(_ path: String) throws(Failure) -> CSVText {
    let bytes = try checkingInput { () throws(FileFault) in try readFileBytes(path, limit: CSVText.fileSizeLimit) }
    return try checkingInput { () throws(CSVFault) in try CSVText(bytes: bytes, file: path) }
  }
}

extension Library {
  /// The paper's measurements, as the catalog has them; a user's folder may have others of the same name.
  func referenceMeasurements() throws(Failure) -> String {
    let name = "framework-tax-paper.csv"
    for directory in profileFolders {
      let folder = directory + "/measurements"
      let files = try checkingInput { () throws(FileFault) in try listFilesIfThere(in: folder, suffix: ".csv") }
      if files.contains(name) { return folder + "/" + name }
    }
    throw Failure(.wrongInput, "error: the catalog has no measurements/\(name)")
  }
}
