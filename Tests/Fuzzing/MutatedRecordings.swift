#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
import Foundation

/// Reads and replays recordings that are damaged: `SEED-FILE FIRST COUNT`, for tools/fuzz_recordings.py, which builds this.
///
/// The input of a number is always the same, so that one that ends the program is found again by its number.
@main
enum MutatedRecordings {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4, let first = UInt64(arguments[2]), let count = UInt64(arguments[3]) else {
      fatalError("usage: SEED-FILE FIRST COUNT [write]")
    }
    let seed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[1])))
    for number in first..<first + count {
      let input = DamagedRecording.input(number, of: seed)
      if arguments.count > 4 {
        FileHandle.standardOutput.write(Data(input))
        continue
      }
      do throws(FuzzFinding) { try FuzzTarget.recordings.run(input) } catch {
        print("input \(number): \(error.description)")
        exit(3)
      }
    }
  }
}
