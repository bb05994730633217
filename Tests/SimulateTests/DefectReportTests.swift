import Foundation
import TestSupport
import Testing

/// What a user sees where the program itself is wrong: never nothing.
@Suite("A defect says that it is one", .tags(.process)) struct DefectReportTests {
  static let words = "error: simulate has a defect, which is no fault of your input ("

  /// The program waits for a recording that nobody writes, and gets the signal that a trap would raise.
  @Test(arguments: ["ILL", "TRAP", "FPE", "BUS", "SEGV", "ABRT"]) func `at every signal of a trap`(signal: String)
    throws
  {
    let directory = TemporaryDirectory()
    let pipe = directory.path + "/recording.json"
    // A writer that holds the pipe open makes sure that the program is reading when the signal comes.
    let result = try Command.shell(
      "mkfifo '\(pipe)'; simulate trace '\(pipe)' & p=$!; exec 3> '\(pipe)'; kill -\(signal) $p; wait $p; s=$?; rm '\(pipe)'; exit $s"
    )
    #expect(result.status == 70 && result.output.isEmpty, "\(result)")
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 2 && result.errors.hasPrefix(Self.words + "signal \(signal)"), "\(result.errors)")
    #expect(lines.last?.hasPrefix("please report it") == true)
  }

  @Test func `where recursion has used up the stack`() throws {
    // 48 KiB are too few for any run.
    let result = try Command.shell("ulimit -s 48; exec simulate run bert-base v100")
    #expect(result.status == 70 && result.errors.hasPrefix(Self.words + "signal SEGV"), "\(result)")
  }

  @Test func `whatever the language's own reports are set to`() throws {
    for setting in ["enable=yes", "enable=no"] {
      let directory = TemporaryDirectory()
      let pipe = directory.path + "/recording.json"
      let result = try Command.shell(
        "mkfifo '\(pipe)'; simulate trace '\(pipe)' & p=$!; exec 3> '\(pipe)'; kill -ILL $p; wait $p; s=$?; rm '\(pipe)'; exit $s",
        environment: ["SWIFT_BACKTRACE": setting])
      #expect(result.status == 70 && result.errors.hasPrefix(Self.words), "\(result)")
    }
  }
}
