import CommandSyntax
import JSONText
import Profiles
import Replay
import Reports
import Roofline
import Traces

/// `simulate trace` with several recordings: ranks of one run, read together.
enum TraceRanks {
  /// What would change the target, or shows one recording.
  private static let optionsOfOne = [
    "recorded-accelerator", "accelerator", "interconnect", "framework", "host", "recorded-host", "host-speed",
    "device-speed", "batch-scale", "profiler-overhead-us", "set", "timeline", "report", "operators", "kernels",
    "layers", "idle", "steps",
    "against",
  ]

  /// Reads the recordings, compares their ranks, and prints what was found.
  static func run(_ command: ParsedCommand) throws(Failure) {
    let paths = command.positionals
    if let option = optionsOfOne.first(where: { command.isPresent($0) }) {
      throw .usage(
        "--\(option) is of one recording, and there are \(paths.count); give the recording of one rank\n"
          + command.helpHint)
    }
    if paths.count(where: { $0 == "-" }) > 1 {
      throw .usage("standard input ('-') is given twice, and holds one recording\n" + command.helpHint)
    }
    let step = try TraceCommand.step(command)
    var recordings: [RankRecording] = []
    for (place, path) in paths.enumerated() {
      let trace = try TraceCommand.read(path, step: step)
      TraceCommand.warn(about: trace)
      let run = try checking { try RecordedRun(trace, step: step) }
      // The trace itself goes: of many ranks, all events would not fit into memory.
      recordings.append(RankRecording(run, place: place))
    }
    let study = RankStudy(recordings)
    warn(about: study)
    command.print(TraceRanksReport(study: study, step: step))
  }

  private static func warn(about study: RankStudy) {
    for (rank, next) in zip(study.ranks, study.ranks.dropFirst()) where rank.recording.rank == next.recording.rank {
      Platform.warn(
        "\(next.recording.file): warning: is of rank \(next.recording.rank), as \(rank.recording.file) is; "
          + "give each rank's recording once")
    }
    for rank in study.ranks where rank.recording.collectives.isEmpty {
      Platform.warn("\(rank.recording.file): warning: has no collectives; how it waits for other ranks is not known")
    }
    for rank in study.ranks where rank.clockOffsetUS == nil && !rank.recording.collectives.isEmpty {
      Platform.warn(
        "\(rank.recording.file): warning: has no collective in common with the other recordings; "
          + "are they of the same run and step?")
    }
    let sizes = Set(study.ranks.compactMap(\.recording.rankCount))
    if sizes.count > 1 {
      Platform.warn(
        "warning: the recordings are of runs of different numbers of ranks "
          + "(\(sizes.sorted().map(String.init).joined(separator: ", "))); give those of one run")
    }
    if study.disjointCount > 0 {
      Platform.warn(
        "warning: \(study.disjointCount) of \(study.matchedCount) collectives end on one rank before another begins; "
          + "are the recordings of the same run and step, and complete?")
    }
    for (kind, counts) in study.unequal {
      let numbers = zip(study.ranks, counts).map { "\($1) on rank \($0.recording.rank)" }.joined(separator: ", ")
      Platform.warn(
        "warning: the ranks have different numbers of '\(kind?.rawValue ?? "unknown")' collectives (\(numbers)); "
          + "they are matched as far as they go")
    }
  }
}
