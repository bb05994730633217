import CommandSyntax
import JSONText
import OutputFiles
import Profiles
import Replay
import Reports
import Roofline
import Traces

/// `simulate trace`: replays a recording, as it was or on other hardware.
enum TraceCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "trace", summary: "Replay a recording of a real run, as it was or on other hardware",
    discussion: """
      Reads what profilers write (torch.profiler on NVIDIA, AMD and Intel; Nsight Systems' SQLite and JSON lines; \
      rocprofv3's JSON and database; JAX and TensorFlow; Perfetto; ONNX Runtime), plain or gzipped, and replays its \
      threads, launch queue and streams. What waits for what is found out anew, so that a change of the hardware shows what it \
      would change. The recorded host is host speed 1. Several recordings are those of ranks of one run: they are \
      compared, and waiting for other ranks is told from transfer.
      """,
    positionals: [
      PositionalDefinition(
        "file", help: "The recording, or those of ranks of one run; - is standard input", isRequired: true,
        isRepeatable: true)
    ],
    options: TraceQuestions.options + [
      OptionDefinition("step", value: "N", help: "Only the step ProfilerStep#N"),
      OptionDefinition(
        "recorded-accelerator", value: "A", help: "The recording's accelerator: a catalog name or a file",
        defaultText: "by what the recording says of it"),
      OptionDefinition(
        "accelerator", short: "a", value: "A", help: "Another accelerator: a catalog name or a file", group: "Target"),
      OptionDefinition(
        "interconnect", value: "I", help: "What connects accelerators: a catalog name or a file",
        longHelp:
          "It moves recorded collectives. NAME+OTHER has groups of devices that NAME joins, and OTHER between them.",
        defaultText: "the accelerator's", group: "Target"),
      OptionDefinition(
        "framework", short: "f", value: "F", help: "Another framework, as cuda-graph", group: "Target"),
      OptionDefinition(
        "recorded-host", value: "H", help: "The recording's host: a catalog name or a file",
        defaultText: "the one of the recorded accelerator's time"),
      OptionDefinition(
        "host", value: "H", help: "Another host: a catalog name or a file",
        longHelp: "Every host time is divided by the ratio of the two hosts' single-thread speeds.", group: "Target"),
      OptionDefinition(
        "host-speed", value: "X", help: "Divide every host time by X", group: "Target"),
      OptionDefinition(
        "device-speed", value: "X", help: "Divide every device time by X", group: "Target"),
      OptionDefinition(
        "batch-scale", value: "X", help: "So many times the recorded batch",
        longHelp:
          "Kernels of operators with recorded shapes are told anew with the batch in them changed; weights stay, and so does the "
          + "host's time. Work without shapes is taken to grow in proportion.", group: "Target"),
      OptionDefinition(
        "profiler-overhead-us", value: "US",
        help: "Take this much host time off each operator, or the estimate for 'estimated'",
        longHelp:
          "The profiler inflates the host. How much it is at most is estimated from operators that do nothing, and "
          + "said; it is taken off only when asked for, since the estimate is a bound.", group: "Target"),
      OptionDefinition(
        "set", value: "PATH=VALUE", help: "Override a profile number, as accelerator.launch.latency_us=1",
        group: "Target", isRepeatable: true),
      .format,
      OptionDefinition(
        "timeline", value: "FILE", help: "Write recorded, replayed and target timelines, for Perfetto"),
      OptionDefinition("report", value: "FILE", help: "Write a page of charts, in HTML"),
    ],
    examples: [
      CommandExample("simulate trace trace.json.gz", shows: "what the recording waits for"),
      CommandExample("simulate trace trace.json.gz --accelerator mi300x", shows: "the same program on an MI300X"),
      CommandExample("simulate trace rank0.json.gz rank1.json.gz", shows: "how long ranks wait for one another"),
      CommandExample("simulate trace report.sqlite --operators --idle", shows: "where its time goes, and why it idles"),
      CommandExample("simulate trace new.json.gz --against old.json.gz", shows: "what became slower"),
      CommandExample("simulate trace trace.json.gz --framework cuda-graph --step 7", shows: "a step as a CUDA graph"),
    ])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    guard command.positionals.count == 1 else { return try TraceRanks.run(command) }
    if TraceQuestions.areAsked(command) { return try TraceQuestions.run(command, library) }
    try checkOutputs(command, library)
    let step = try step(command)
    let changes = try changes(command, library)
    let trace = try read(command.positional("file") ?? "", step: step)
    warn(about: trace)
    let run = try checking { try RecordedRun(trace, step: step) }
    if TraceQuestions.areImplied(run, command) {
      return try TraceQuestions.answer(run, [.operators], command, library)
    }
    let timelinePath = command.value(of: "timeline")
    let pagePath = command.value(of: "report")
    let fitsPage = TracePage.spanCount(run) <= TracePage.spanLimit
    let study = try Progress.showing("replaying \(trace.file)") { _ in
      try Self.study(
        run, changes, command, library, recordsTimeline: timelinePath != nil || (pagePath != nil && fitsPage))
    }
    if let pagePath {
      let answers = try TraceQuestions.answers(run, [.operators, .kernels, .idle], command, library)
      let page = try Progress.showing("making \(pagePath)") { _ in
        TracePage(
          study: study, command: ReportCommand.commandLine,
          missingTimeline: "--timeline FILE writes them for Perfetto, and --step N makes a page of one step.",
          answers: answers
        ).html()
      }
      try writeOutput(page, to: pagePath)
    }
    if let timelinePath {
      try Progress.showing("writing \(timelinePath)", unit: .bytes) { progress in
        try write(TraceTimeline(study: study), to: timelinePath, progress)
      }
    }
    warn(about: study, command)
    command.print(TraceReport(study: study, overrides: changes.overrides, batchScale: changes.batchScale))
  }

  private static func write(
    _ timeline: TraceTimeline, to path: String, _ progress: Progress
  ) throws(Failure) {
    var written = 0
    try checking {
      try OutputFile.write(to: OutputTarget(path)) { (emit) throws(OutputFault) in
        try timeline.write { (bytes) throws(OutputFault) in
          try emit(bytes)
          written += bytes.count
          progress.note(written)
        }
      }
    }
  }

  /// Reads a recording, and says how far it is.
  static func read(_ path: String, step: Int64?) throws(Failure) -> Trace {
    try Progress.showing("reading " + (path == "-" ? "standard input" : path), unit: .bytes) { progress in
      try TraceReader.read(path: path, step: step) { done, total in progress.note(done, of: total) }
    }
  }

  private static func checkOutputs(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let named = ["accelerator", "framework", "recorded-accelerator", "interconnect", "host", "recorded-host"].flatMap {
      command.values(of: $0)
    }
    let inputs = command.positionals + named.filter(Library.isFile)
    try command.checkOutputs(["report", "timeline"], inputs: inputs, library, printsResult: true)
    try command.checkEnding(of: "report", holds: "HTML", ["html", "htm"])
    try command.checkEnding(of: "timeline", holds: "JSON", ["json"])
  }

  /// The number of a step.
  static func step(_ command: ParsedCommand) throws(Failure) -> Int64? {
    try checking { try command.integer(of: "step", .within(0...Int(Int32.max))) }.map(Int64.init)
  }

  /// The recording's accelerator: the one that is named, or the one that fits what the profiler says.
  static func recordedAccelerator(
    _ trace: Trace, _ command: ParsedCommand, _ library: Library
  ) throws(Failure) -> AcceleratorProfile? {
    if let name = command.value(of: "recorded-accelerator") { return try library.accelerator(name) }
    let profiles = try library.profiles
    return trace.devices.first.flatMap { profiles.accelerator(matching: $0) }
  }

  private static func changes(_ command: ParsedCommand, _ library: Library) throws(Failure) -> TraceChanges {
    var changes = TraceChanges()
    if let name = command.value(of: "accelerator") {
      guard let accelerator = try library.accelerator(name) else {
        throw .usage("--accelerator none: a recording of kernels needs a device to replay them on")
      }
      changes.accelerator = accelerator
    }
    if let name = command.value(of: "framework") { changes.framework = try library.framework(name) }
    changes.hostSpeed = try speed("host-speed", command)
    changes.deviceSpeed = try speed("device-speed", command)
    changes.batchScale = try speed("batch-scale", command)
    changes.overrides = try ScenarioOptions.overrides(command)
    return changes
  }

  private static func speed(_ name: String, _ command: ParsedCommand) throws(Failure) -> Double? {
    guard let text = command.value(of: name) else { return nil }
    guard let value = decimalNumber(text), (1e-6...1e6).contains(value) else {
      throw .usage("--\(name) must be a number from 0.000001 to 1000000 (it is '\(text)')")
    }
    return value
  }

  private static func study(
    _ run: RecordedRun, _ changes: TraceChanges, _ command: ParsedCommand, _ library: Library, recordsTimeline: Bool
  ) throws(Failure) -> TraceStudy {
    var changes = changes
    if let text = command.value(of: "profiler-overhead-us") {
      changes.profilerOverheadUS = try overhead(text, run)
    }
    let accelerator = try recordedAccelerator(run.trace, command, library)
    try changeHost(&changes, recorded: accelerator, command, library)
    let connection = try connect(&changes, run, recorded: accelerator, command, library)
    let host = try library.host(SystemDefaults.referenceHost)
    let framework = try library.framework("pytorch-eager")
    let errors = try checking { try ProfileCatalog.moveErrors(directories: library.profileFolders) }
    do {
      return try TraceStudy(
        run, accelerator: accelerator, connection: connection, host: host, framework: framework, changes: changes,
        errors: errors, recordsTimeline: recordsTimeline)
    } catch { throw failure(error, run) }
  }

  /// Another host: the speed that it has by the recording's.
  private static func changeHost(
    _ changes: inout TraceChanges, recorded accelerator: AcceleratorProfile?, _ command: ParsedCommand,
    _ library: Library
  ) throws(Failure) {
    guard let name = command.value(of: "host") else {
      return try command.refuse(["recorded-host"], "it is compared with another, which --host names")
    }
    try command.refuse(["host-speed"], "--host says how fast the host is")
    let recorded = try library.host(command.value(of: "recorded-host"), of: accelerator)
    changes.hosts = (recorded, try library.host(name))
    if command.value(of: "recorded-host") == nil {
      Platform.warn(
        "note: the recording does not say its host; it is taken for '\(recorded.name)'; "
          + "--recorded-host names another")
    }
  }

  /// What connected the devices of a recording with collectives; what is to connect them becomes one of the changes.
  private static func connect(
    _ changes: inout TraceChanges, _ run: RecordedRun, recorded: AcceleratorProfile?, _ command: ParsedCommand,
    _ library: Library
  ) throws(Failure) -> DeviceConnection? {
    guard run.hasCollectives else {
      try command.refuse(["interconnect"], "the recording has no collectives")
      return nil
    }
    let name = command.value(of: "interconnect") ?? changes.accelerator?.interconnect
    changes.connection = try name.map { (name) throws(Failure) in try ParallelOptions.connection(name, library) }
    return try recorded?.interconnect.map { (name) throws(Failure) in try ParallelOptions.connection(name, library) }
  }

  private static func overhead(_ text: String, _ run: RecordedRun) throws(Failure) -> Double {
    if text == "estimated" {
      guard let estimate = estimatedProfilerOverhead(run) else {
        throw .input(
          at: run.trace.file,
          "has too few operators that do nothing to estimate the profiler's time; "
            + "give a number")
      }
      return estimate
    }
    guard let value = decimalNumber(text), (0...1e6).contains(value) else {
      throw .usage("--profiler-overhead-us must be 'estimated' or a number from 0 to 1000000 (it is '\(text)')")
    }
    return value
  }

  private static func failure(_ fault: TraceStudyFault, _ run: RecordedRun) -> Failure {
    switch fault {
    case .unknownDevice:
      let name = run.trace.devices.first?.name ?? ""
      return Failure.input(
        at: run.trace.file,
        "no accelerator profile fits the recording's device"
          + (name.isEmpty ? "" : " '\(name)'") + "; name one with --recorded-accelerator")
    case .rewritesOperators(let framework):
      return Failure.usage(
        "--framework \(framework) rewrites operators, which a recording of kernels cannot show; "
          + "cuda-graph keeps them, and 'simulate run' predicts a model under any framework")
    case .unknownBatch(let fraction, let hasShapes):
      return Failure.input(
        at: run.trace.file,
        "does not say what of it grows with the batch, but of \(NumberFormat.percent(fraction, decimals: 0)) of the device's time; "
          + (hasShapes
            ? "its operators with shapes have no dimension that is the batch and stays a whole number"
            : "record it with record_shapes=True, eagerly, so that operators and their shapes stand around the launches")
      )
    case .override(.noInterconnect(let path)):
      let advice: Message =
        run.hasCollectives
        ? "nothing is known of what connects the devices; name it with --interconnect"
        : "the recording has no collectives"
      return Failure.usage("--set \(path) would change nothing: " + advice)
    case .override(let fault): return Failure(fault)
    case .simulation(let fault): return Failure(fault, at: run.trace.file)
    }
  }

  /// What was odd about the file.
  static func warn(about trace: Trace) {
    func warn(if isOdd: Bool, _ words: Message) {
      if isOdd { Platform.warn("\(trace.file): warning: " + words) }
    }
    if let truncation = trace.truncation {
      Platform.warn(
        "\(trace.file):\(truncation.line): warning: breaks off at byte \(truncation.byteOffset); "
          + "the \(trace.eventCount) events before it are used")
    }
    warn(
      if: trace.isDamaged && trace.truncation == nil,
      "its compressed data is damaged; what was decompressed is used")
    warn(if: trace.hasTrailingBytes, "something that is not gzip follows its compressed data, and is not read")
    let (events, are): (Message, Message) =
      trace.outOfRangeCount == 1 ? ("1 event has", "is") : ("\(trace.outOfRangeCount) events have", "are")
    warn(if: trace.outOfRangeCount > 0, events + " a time or duration that cannot be, and " + are + " left out")
    warn(
      if: trace.incompleteCount > 0,
      "\(trace.incompleteCount) events without name, start or duration are left out")
    warn(
      if: trace.malformedCount + trace.repairedCount > 0,
      "\(trace.malformedCount + trace.repairedCount) events are no valid JSON (the first on line "
        + "\(trace.firstMalformedLine ?? 1)); \(trace.repairedCount) of them could be mended, "
        + "\(trace.malformedCount) are left out")
    warn(
      if: trace.overrunCount > 0,
      "\(trace.overrunCount) kernels run on after a later one of their stream has ended, which cannot be; they are taken "
        + "to end where the next one begins")
    warn(
      if: !trace.unreadFiles.isEmpty,
      "the archive holds \(trace.unreadFiles.count) more files (\(trace.unreadFiles.first ?? "")), which are not read; unpack it to "
        + "give another, or those of several ranks")
    warn(
      if: trace.unfinishedCount > 0,
      "\(trace.unfinishedCount) events had not ended (a negative duration); they take no time")
    for remark in trace.remarks { Platform.warn("note: \(remark)") }
  }

  private static func warn(about study: TraceStudy, _ command: ParsedCommand) {
    warnOfMisses(study)
    if let occupied = study.recorded.occupiedUntil.max(), occupied > 0 {
      Platform.warn(
        "note: the device was busy with work from before the recording until \(occupied / 1000) us after its start")
    }
    let wait = study.recorded.unexplainedWait
    if study.unexplainedShare > 0.02 {
      let rest: Message =
        study.replayMisses || study.run.isUnderRecorded || study.isTelling
        ? "" : ", and what bounds the run cannot be told"
      Platform.warn(
        "note: jobs began \(wait / 1000) us later than anything recorded tells, in all; that stays as it was" + rest)
    }
    if study.pricing.senselessShapes > 0 {
      Platform.warn(
        "\(study.run.trace.file): warning: \(study.pricing.senselessShapes) calls have recorded shapes that no operator "
          + "of their name can have; their kernels' times are told without them")
    }
    if study.isConnectionChanged { warnOfCollectives(study) }
    if let estimate = study.profilerOverheadEstimateUS, study.target != nil,
      command.value(of: "profiler-overhead-us") == nil
    {
      Platform.warn(
        "note: the profiler takes up to \(NumberFormat.fixed(estimate, decimals: 1)) us of host time for an operator, "
          + "which the target still has; --profiler-overhead-us estimated takes it off")
    }
  }

  /// That the replay is not the recording, or the recording not the run.
  private static func warnOfMisses(_ study: TraceStudy) {
    let run = study.run
    if run.isUnderRecorded {
      let graphs: Message =
        run.emptyGraphLaunchCount > 0
        ? "\(run.emptyGraphLaunchCount) of \(run.graphLaunchCount) graph launches"
        : "\(run.emptyLaunchCount) of \(run.launchCount) launches"
      Platform.warn(
        "\(run.trace.file): warning: " + graphs
          + " have no recorded kernels, so the device was busier than it seems; record with ProfilerActivity.CUDA and a "
          + "current driver")
    }
    guard study.replayMisses else { return }
    func percent(_ deviation: Double) -> String { NumberFormat.fixed(100 * deviation, decimals: 1) + " %" }
    Platform.warn(
      "\(run.trace.file): warning: the replay misses the recording: its span by \(percent(study.spanDeviation)), device "
        + "busy by \(percent(study.busyDeviation)); something that waits was not recorded, and what bounds the run cannot be "
        + "told")
  }

  /// What was taken for granted of collectives that were moved, and which were not.
  private static func warnOfCollectives(_ study: TraceStudy) {
    let pricing = study.pricing
    guard pricing.collectiveCount > 0, let target = study.targetSystem else { return }
    let unmoved = study.unmovedCollectives
    if unmoved > 0 {
      func unknown(_ system: System) -> Message {
        "nothing is known of what connects several '\(system.accelerator?.name ?? "")'"
      }
      let reason: Message =
        if study.system.interconnect == nil {
          unknown(study.system)
            + ", on which they were recorded; --recorded-accelerator takes a file whose profile says it"
        } else if target.interconnect == nil {
          unknown(target) + "; name it with --interconnect"
        } else {
          "their ranks are one alone, or more than '\(study.system.interconnect?.name ?? "")' or "
            + "'\(target.interconnect?.name ?? "")' connects; --interconnect NAME+OTHER joins groups of devices"
        }
      Platform.warn(
        "\(study.run.trace.file): warning: \(unmoved) of \(pricing.collectiveCount) collectives keep their recorded time: "
          + reason)
    }
    guard unmoved < pricing.collectiveCount else { return }
    if pricing.unsaid.ranks > 0 {
      Platform.warn(
        "note: the recording does not say how many ranks take part in \(pricing.unsaid.ranks) of "
          + "\(pricing.collectiveCount) collectives; 8 are assumed")
    }
    if pricing.unsaid.kinds > 0 {
      Platform.warn(
        "note: the recording does not say what \(pricing.unsaid.kinds) of \(pricing.collectiveCount) collectives do; "
          + "they are taken for all-reduces")
    }
  }
}
