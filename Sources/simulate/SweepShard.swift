import CommandSyntax

/// Which part of how many a sweep is: as asked for, or as a Slurm job array says.
struct SweepShard {
  /// Which part, from 1.
  let number: Int
  /// How many parts there are.
  let count: Int

  /// Reads `--shard`, or the job array's variables, or takes all for one part.
  init(_ command: ParsedCommand) throws(Failure) {
    if let text = command.value(of: "shard") {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let number = parts[0], let count = parts[1], count >= 1, (1...count).contains(number)
      else {
        throw .usage("--shard must be K/N, the K-th of N parts counted from 1 (it is '\(text)')")
      }
      (self.number, self.count) = (number, count)
    } else if Platform.environment("SLURM_ARRAY_TASK_ID") != nil {
      self = try Self.ofJobArray()
    } else {
      (number, count) = (1, 1)
    }
  }

  private init(number: Int, count: Int) { (self.number, self.count) = (number, count) }

  /// The part that the task of a job array has, which need not begin at 1, nor go up by 1.
  private static func ofJobArray() throws(Failure) -> SweepShard {
    guard let task = try number("SLURM_ARRAY_TASK_ID"), let count = try number("SLURM_ARRAY_TASK_COUNT") else {
      throw .usage(
        "SLURM_ARRAY_TASK_ID is set and SLURM_ARRAY_TASK_COUNT is not; give --shard K/N, or --shard 1/1 for all")
    }
    let first = try number("SLURM_ARRAY_TASK_MIN") ?? 1
    let step = try number("SLURM_ARRAY_TASK_STEP") ?? 1
    let (distance, overflow) = task.subtractingReportingOverflow(first)
    guard count >= 1, step >= 1, !overflow, distance >= 0, distance % step == 0, distance / step < count else {
      throw .usage(
        "SLURM_ARRAY_TASK_ID is \(task) in an array of \(count) tasks from \(first) by \(step): no even row of "
          + "parts; use an array such as 1-N, or give --shard K/N")
    }
    return SweepShard(number: distance / step + 1, count: count)
  }

  private static func number(_ variable: String) throws(Failure) -> Int? {
    guard let text = Platform.environment(variable) else { return nil }
    guard let number = Int(text) else {
      throw .usage(
        "the environment variable \(variable) must be a whole number (it is '\(text)'); unset it, or give "
          + "--shard K/N")
    }
    return number
  }
}
