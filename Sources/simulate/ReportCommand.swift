import Charts
import CommandSyntax
import JSONText
import Kernels
import OutputFiles
import Profiles
import Reports
import Simulation
import Studies
import Workloads

/// `simulate report`: pictures, as a page with all of them or as a file with one.
enum ReportCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "report", summary: "Make a page of charts to read and send, or one chart as a file",
    discussion: """
      Writes one HTML file that needs nothing beside it: the finding, latency by batch size, where the time goes on each \
      accelerator generation, the roofline, one pass on the timeline, years to come with what is uncertain about them \
      and how good such projections were in the past, sensitivities, and every input with \
      its source. Accelerator, framework, precision and batch can be chosen on the page. --sweep makes a page of a \
      sweep's rows instead, and --study one of a case study; 'simulate trace FILE --report PAGE' makes one of a recording.
      With --chart, one chart is written (of the roofline for several accelerators too, with commas between them), in \
      the format of the file's ending: .svg, .png, .vl.json (Vega-Lite), or the \
      numbers behind it as .csv, .jsonl or .md (Markdown).
      """,
    positionals: ScenarioOptions.positionals,
    options: [
      OptionDefinition("output", short: "o", value: "FILE", help: "The file to write", group: "Output"),
      OptionDefinition(
        "chart", value: "C", help: "Only one chart", choices: Figure.Kind.allCases.map(\.rawValue), group: "Output"),
      OptionDefinition(
        "width", value: "N",
        help: "Width of an SVG chart in pixels, or half that of a PNG; below 560 it is laid out for phones",
        defaultText: "900", group: "Output"),
      OptionDefinition(
        "measurements", value: "FILE", help: "Measured latencies to show, in the columns of 'simulate validate'",
        group: "Contents"),
      OptionDefinition("year", value: "Y", help: "How far to project", defaultText: "2032", group: "Contents"),
      OptionDefinition(
        "samples", value: "N", help: "How many samples the projection draws", defaultText: "1000", group: "Contents"),
      OptionDefinition("sweep", value: "FILE", help: "A page of the rows of a sweep, from its CSV", group: "Contents"),
      OptionDefinition(
        "study", value: "S", help: "A page of a case study", choices: StudyCommand.names, group: "Contents"),
    ] + ScenarioOptions.definitions,
    examples: [
      CommandExample("simulate report bert-base h100-sxm --output report.html", shows: "everything about one system"),
      CommandExample(
        "simulate report resnet50 v100 --chart latency --output latency.svg", shows: "one chart for a document"),
      CommandExample("simulate report --sweep rows.csv --output sweep.html", shows: "a sweep's rows"),
    ])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    guard let path = command.value(of: "output"), !path.isEmpty else {
      throw .usage("--output FILE is needed, as in --output report.html")
    }
    let inputs = ScenarioOptions.files(command) + ["measurements", "sweep"].flatMap { command.values(of: $0) }
    try command.checkOutputs(["output"], inputs: inputs, library)
    let words = commandLine
    try command.refuseASCII(of: nil)
    if command.isPresent("sweep") || command.isPresent("study") {
      try checkPageOptions(command)
      return try writePage(try page(command, library, words), to: path)
    }
    let kind = try checking { try command.choice(of: "chart", as: Figure.Kind.self) }
    let format = try format(of: path, command, isChart: kind != nil)
    try checkSystemOptions(command, kind, format)
    let width = try checking { try command.integer(of: "width", .within(280...10_000)) }
    let names = try ScenarioOptions.acceleratorNames(command)
    guard names.isEmpty else {
      guard kind == .roofline, let format else {
        throw .usage("only --chart roofline shows several accelerators; a page lets choose among generations itself")
      }
      try command.refuse(["host", "synchronized"], "a roofline is of the accelerator's kernels alone")
      guard let figure = try RooflineCommand.comparison(of: names, command, library).figure else {
        throw .input("--chart roofline: these systems have nothing to show\(reason(.roofline, isAlone: false))")
      }
      return try format.write(figure, width: Double(width ?? 900))
    }
    let report = try systemReport(command, library, only: kind, words)
    guard let kind, let format else {
      return try writePage(Progress.showing("drawing the report") { _ in report.html() }, to: path)
    }
    guard let figure = report.figure(kind) else {
      let isAlone = report.study.ownCase?.scenario.system.accelerator == nil
      throw .input("--chart \(kind.rawValue): this system has nothing to show\(reason(kind, isAlone: isAlone))")
    }
    try format.write(figure, width: Double(width ?? 900))
  }

  private static func writePage(_ page: String, to path: String) throws(Failure) {
    let written = WrittenFile(try checking { try OutputTarget(path) })
    try writeOutput(page, to: path)
    written.say()
  }

  // MARK: Options

  /// The most samples for each latency of the past: a page shows how often bands held, and not the bands.
  private static let hindcastSamples = 100

  private static func checkPageOptions(_ command: ParsedCommand) throws(Failure) {
    for name in ["chart", "measurements", "year", "samples"] where command.isPresent(name) {
      throw .usage("--\(name) goes with a system, not with --sweep or --study")
    }
    guard !(command.isPresent("sweep") && command.isPresent("study")) else {
      throw .usage("--sweep and --study make different pages; give one of them")
    }
    let reason: Message =
      command.isPresent("sweep") ? "--sweep shows the rows of its file" : "--study has its own systems"
    try command.refusePositionals(reason)
    try command.refuse(ScenarioOptions.definitions.map(\.name) + ["width"], reason)
    try command.checkEnding(of: "output", holds: "HTML", ["html", "htm"])
  }

  private static func checkSystemOptions(
    _ command: ParsedCommand, _ kind: Figure.Kind?, _ format: ChartFile?
  ) throws(Failure) {
    if format?.isDrawn != true { try command.refuse(["width"], "only an SVG or PNG chart has one") }
    guard let kind else { return }
    if kind != .projection, kind != .uncertainty {
      try command.refuse(["year", "samples"], "the \(kind.rawValue) chart projects nothing")
    }
    if kind != .latency {
      try command.refuse(["measurements"], "the \(kind.rawValue) chart shows no measured latencies")
    }
  }

  /// The command as it was given.
  static var commandLine: String {
    "simulate " + Platform.arguments.map { shellText(withoutFolders($0)) }.joined(separator: " ")
  }

  /// An argument without the folders of this machine: a page is sent to others, and says what of, not where that lies.
  private static func withoutFolders(_ argument: String) -> String {
    var parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = parts.last, path.hasPrefix("/"), let name = path.split(separator: "/").last else {
      return argument
    }
    parts[parts.count - 1] = name
    return parts.joined(separator: "=")
  }

  /// The command that makes the page of a system.
  @Sendable private static func commandLine(of scenario: Scenario) -> String {
    let parameters = scenario.workload.parameters.map { " --parameter \($0.name)=\($0.value)" }.joined()
    return "simulate report \(scenario.workload.name) \(scenario.system.accelerator?.name ?? "none") --host "
      + "\(scenario.system.host.name) --framework \(scenario.system.framework.name) --precision "
      + "\(scenario.precision.rawValue)\(parameters) --output report.html"
  }

  // MARK: A system

  private static func systemReport(
    _ command: ParsedCommand, _ library: Library, only kind: Figure.Kind?, _ words: String
  ) throws(Failure) -> SystemReport {
    let resolved = try ScenarioOptions.resolve(command, library)
    let measurements = try command.value(of: "measurements").map { (path) throws(Failure) in
      try MeasurementFile(path, library).rows
    }
    // A year that cannot be is said before anything is simulated.
    let projection = try projection(command, library, resolved, only: kind)
    let accelerators = kind == nil || kind == .breakdown ? try library.flagships() : []
    let frameworks = kind == nil ? try Self.frameworks(library) : []
    let study = try Progress.showing("simulating the systems of the report") { _ in
      try SystemStudy(
        resolved.scenario, resolved.workload, parameters: resolved.parameters, accelerators: accelerators,
        frameworks: frameworks, contents: kind?.contents ?? .all)
    }
    let errors = try checking {
      try ProfileCatalog.errorBand(
        named: resolved.scenario.kernelModel.errorBandName, directories: library.profileFolders)
    }
    // A page is worth having where the catalog's history is not what it should be.
    let samples = try checking { try command.integer(of: "samples", ProjectCommand.samples) } ?? hindcastSamples
    let hindcast =
      kind == .hindcast
      ? try HindcastRun.report(library)
      : kind == nil && projection != nil
        ? try? HindcastRun.pageReport(library, sampleCount: min(samples, hindcastSamples)) : nil
    return SystemReport(
      study: study, projection: projection, hindcast: hindcast, measurements: measurements ?? [], errors: errors,
      command: words,
      otherCommand: commandLine(of:))
  }

  private static func projection(
    _ command: ParsedCommand, _ library: Library, _ resolved: ScenarioOptions.Resolved, only kind: Figure.Kind?
  ) throws(Failure) -> Projection? {
    let year = try checking { try command.integer(of: "year") }
    let samples = try checking { try command.integer(of: "samples", ProjectCommand.samples) }
    guard kind == nil || kind == .projection || kind == .uncertainty, resolved.scenario.system.accelerator != nil else {
      return nil
    }
    do {
      return try ProjectCommand.projection(
        resolved, library, namesHost: command.isPresent("host"), upTo: year ?? 2032, sampleCount: samples ?? 1000,
        seed: 1)
    } catch {
      // A page is worth having without one; who asked for this chart or a year is told why there is none.
      if kind != nil || year != nil { throw error }
      return nil
    }
  }

  /// The frameworks that a page lets choose from.
  private static func frameworks(_ library: Library) throws(Failure) -> [FrameworkProfile] {
    let names = ["pytorch-eager-2", "torch-compile", "onnxruntime", "cuda-graph"]
    return try library.profiles.frameworks.filter { names.contains($0.name) }
  }

  private static func reason(_ kind: Figure.Kind, isAlone: Bool) -> String {
    switch kind {
    case .roofline, .projection, .uncertainty, .hindcast: isAlone ? "; it needs an accelerator" : "; it has no kernels"
    case .timeline: "; its pass is too long for a picture"
    default: ""
    }
  }

  // MARK: A sweep or a study

  private static func page(_ command: ParsedCommand, _ library: Library, _ words: String) throws(Failure) -> String {
    if let path = command.value(of: "sweep") {
      let table = try CSVText(path: path)
      let rows = try checking { try SweepTable(table) }
      return try Progress.showing("drawing \(NumberFormat.integer(rows.count)) rows") { _ in
        SweepPage(rows: rows, file: path, command: words).html()
      }
    }
    if command.value(of: "study") == TaxStudyRun.name {
      return TaxStudyPage(study: try TaxStudyRun.study(library), command: words).html()
    }
    if command.value(of: "study") == HostStudyRun.name {
      return HostStudyPage(study: try HostStudyRun.study(library), command: words).html()
    }
    let subject = try checking { try command.choice(of: "study", as: CaseStudy.Subject.self) }
    return CaseStudyPage(study: try StudyCommand.study(subject ?? .frameworks, library), command: words).html()
  }

  // MARK: Formats

  /// The file of a chart; nil for a page.
  private static func format(
    of path: String, _ command: ParsedCommand, isChart: Bool
  ) throws(Failure) -> ChartFile? {
    if isChart { return try ChartFile(path, option: "output") }
    if let found = ChartFile.format(of: path) {
      throw .usage("a \(found.rawValue) file holds one chart; say which, as in --chart latency")
    }
    try command.checkEnding(of: "output", holds: "HTML", ["html", "htm"])
    return nil
  }
}
