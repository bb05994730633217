/// A place in a program, with the loops around it.
///
/// Both readers of a program walk with one of these: the host through all instructions, the device through the nodes of
/// a graph.
struct ProgramCursor: Sendable {
  /// The index of the next instruction.
  private(set) var index: Int
  private var remaining: [Int32] = []

  init(at index: Int) {
    self.index = index
  }

  /// How many loops are around the place.
  var depth: Int { remaining.count }

  /// How many rounds of the innermost loop are not over, the present one included.
  var roundsLeft: Int { Int(remaining[remaining.count - 1]) }

  /// How many rounds of each loop are not over, the outermost first.
  var rounds: [Int32] { remaining }

  /// Leaves out rounds of the innermost loop; the present one stays.
  mutating func skipRounds(_ count: Int) { remaining[remaining.count - 1] -= Int32(count) }

  /// Steps over an ordinary instruction.
  mutating func step() { index += 1 }

  /// Steps over several instructions.
  mutating func skip(_ count: Int) { index += count }

  /// Enters a loop, or steps over one that runs zero times.
  @inline(__always)
  mutating func beginLoop(rounds: Int32, in instructions: [Instruction]) {
    index += 1
    if rounds > 0 {
      remaining.append(rounds)
    } else {
      index = instructions.endOfLoop(from: index)
    }
  }

  /// Goes back to the first instruction of the loop, or leaves it after the last round.
  mutating func endLoop(length: Int) {
    let last = remaining.count - 1
    if remaining[last] > 1 {
      remaining[last] -= 1
      index -= length
    } else {
      remaining.removeLast()
      index += 1
    }
  }
}
