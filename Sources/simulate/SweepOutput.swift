import JSONText
import OutputFiles
import Studies
import Synchronization

/// The rows of a sweep, or of a part of one, on their way out.
struct SweepOutput {
  let sweep: Sweep
  let points: Range<Int>
  /// What stands above the rows.
  let header: [UInt8]

  // MARK: Streams

  /// Writes the rows to standard output.
  func print() throws(Failure) {
    Platform.print(bytes: header)
    let fault = try run(points) { rows in Platform.print(bytes: rows) }
    if let (fault, rows) = fault { throw Failure(fault, after: rows, inWords: "are written") }
  }

  /// Writes the rows into a pipe or a device.
  func stream(to target: OutputTarget) throws {
    var file = try OutputFile(target)
    try file.write(header)
    let fault = try run(points) { rows in
      try file.write(rows)
      if !file.isRead { throw OutputFault.unread }
    }
    try file.finish()
    if let (fault, rows) = fault { throw Failure(fault, after: rows, inWords: "are written") }
  }

  // MARK: Files

  /// Writes the rows to a file, or the rest of them.
  func write(to target: OutputTarget, resumes: Bool) throws {
    if resumes, !PartialFile.exists(for: target), target.replacesFile {
      throw Failure.input(
        at: target.path, "the file is complete, there is nothing to resume; without --resume it is replaced")
    }
    let written = WrittenFile(target)
    let file = try PartialFile(target, resumes: resumes)
    let old = try ResumedRows(in: file.reader, length: file.length, of: sweep, points, header: header)
    try file.cut(to: old.length)
    if old.length == 0 { try file.append(header) }
    let rest = (points.lowerBound + old.rowCount)..<points.upperBound
    let position = SweepPosition(rest.lowerBound)
    let interruption = stopMessage(position, file.partialPath)
    defer { interruption.cancel() }
    let fault = try run(rest, position) { rows in try file.append(rows) }
    guard let (fault, rows) = fault else {
      try file.finish()
      written.say(rows: points.count)
      return
    }
    if rows == 0, !resumes {
      file.discard()
      throw Failure(fault, after: 0, inWords: "")
    }
    throw Failure(
      fault, after: rows,
      inWords: "stay in \(file.partialPath): rename it to keep them; a sweep that begins with the same points goes on "
        + "from there with --resume")
  }

  /// What is said when the user stops the sweep.
  private func stopMessage(_ position: SweepPosition, _ partialPath: String) -> Interruption {
    let points = points
    return Interruption {
      let share = Double(position.done - points.lowerBound) / Double(max(1, points.count))
      if Platform.showsProgress { Platform.showProgress("") }
      Platform.warn(
        "stopped at \(NumberFormat.percent(share, decimals: 0)); the rows so far are in \(partialPath), and --resume "
          + "goes on")
    }
  }

  // MARK: Running

  /// Simulates points and shows how far it is.
  ///
  /// - Returns: Why a point cannot be simulated, and how many rows of the output stand before it; nil when all is done.
  private func run(
    _ rest: Range<Int>, _ position: SweepPosition? = nil, emit: ([UInt8]) throws -> Void
  ) throws(Failure) -> (fault: SweepFault, rows: Int)? {
    let first = points.lowerBound
    let progress = Progress("sweep", of: points.count, from: rest.lowerBound - first)
    var end = rest.lowerBound
    defer { progress.finish() }
    do {
      let notes = try sweep.run(rest) { rows, done in
        try emit(rows)
        end = done
        position?.done = done
        progress.note(done - first)
      }
      progress.finish()
      SweepCommand.warn(notes)
      return nil
    } catch let fault as SweepFault {
      return (fault, end - points.lowerBound)
    } catch { throw Failure(error) }
  }
}

/// How far a sweep is, for whoever asks from another thread.
final class SweepPosition: Sendable {
  private let value: Atomic<Int>

  init(_ start: Int) { value = Atomic(start) }

  /// The points before this one are done.
  var done: Int {
    get { value.load(ordering: .relaxed) }
    set { value.store(newValue, ordering: .relaxed) }
  }
}

extension Failure {
  /// A point that cannot be simulated, and where the rows are that stand before it.
  init(_ fault: SweepFault, after rows: Int, inWords place: String) {
    let kept: Message =
      rows == 0
      ? "" : "; the " + (rows == 1 ? "row" : "\(NumberFormat.integer(rows)) rows") + " before it \(place)"
    self.init(.wrongInput, at: fault.place, Message(fault.words) + kept, causes: [fault])
  }
}
