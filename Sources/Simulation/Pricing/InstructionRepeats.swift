import Workloads

/// Finds what is written out several times in a program, and makes loops of it.
///
/// A flat export of thirty-two layers has the instructions of one layer thirty-two times. As a loop they are left as soon as
/// the state comes back, and take the memory of one layer. What a pass does stays the same, instruction by instruction.
struct InstructionRepeats {
  /// Of how many instructions a loop must spare the program for it to be one: entering it and leaving it are two.
  private static let leastSaving = 16

  /// At how many places further on, at most, a stretch is looked for that begins as one does here.
  private static let candidates = 48

  /// A program's instructions, with loops in the place of stretches that follow one another and are equal.
  ///
  /// - Complexity: O(n), and O(1) for each instruction that is compared with one further on, of which there are at most 64 n.
  static func folding(_ instructions: [Instruction]) -> [Instruction] {
    guard instructions.count >= 2 * leastSaving else { return instructions }
    var repeats = InstructionRepeats()
    let body = repeats.fold(instructions[...])
    return repeats.instructions(of: body)
  }

  /// What stands in a program as one: an instruction, a graph with its nodes, or a loop.
  private enum Piece: Equatable {
    case single(Instruction)
    case graph(launch: Instruction, nodes: [Int32])
    case loop(count: Int32, body: [Int32])
  }

  /// The different pieces.
  private var pieces: [Piece] = []
  private var places = PlaceTable()
  /// For each piece where it stands behind the place that is looked at, if it does; -1 for all between two searches.
  private var ahead: [Int32] = []

  // MARK: Pieces

  /// The number of a piece.
  private mutating func number(of piece: Piece) -> Int32 {
    let hash =
      switch piece {
      case .single(let instruction): Self.hash(instruction)
      case .graph(let launch, let nodes): nodes.reduce(Self.hash(launch)) { Self.mix($0, Int($1)) }
      case .loop(let count, let body): body.reduce(Self.mix(0, Int(count))) { Self.mix($0, Int($1)) }
      }
    if let known = places.place(hash: hash, where: { pieces[$0] == piece }) { return Int32(known) }
    pieces.append(piece)
    places.append(hash: hash)
    return Int32(pieces.count - 1)
  }

  private static func hash(_ instruction: Instruction) -> Int {
    let kind = Int(instruction.opcode.rawValue) | Int(instruction.lane) << 8 | Int(instruction.stream) << 16
    return mix(mix(kind, Int(instruction.operand)), Int(instruction.label))
  }

  /// Mixes a number in; the golden ratio's digits spread what differs over the upper bits.
  private static func mix(_ hash: Int, _ number: Int) -> Int {
    let product = (UInt(bitPattern: hash) ^ UInt(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15
    return Int(bitPattern: product ^ product >> 32)
  }

  /// Cuts instructions into pieces and folds them; what stands in loops and graphs first.
  private mutating func fold(_ instructions: ArraySlice<Instruction>) -> [Int32] {
    var numbers: [Int32] = []
    numbers.reserveCapacity(instructions.count)
    var index = instructions.startIndex
    while index < instructions.endIndex {
      let instruction = instructions[index]
      index += 1
      switch instruction.effect {
      case .beginLoop(let rounds):
        let end = Self.endOfLoop(in: instructions, from: index)
        let body = fold(instructions[index..<end - 1])
        numbers.append(number(of: .loop(count: rounds, body: body)))
        index = end
      case .launch(.graph(let length)):
        let nodes = fold(instructions[index..<index + length])
        numbers.append(number(of: .graph(launch: instruction, nodes: nodes)))
        index += length
      default: numbers.append(number(of: .single(instruction)))
      }
    }
    return folding(numbers)
  }

  private static func endOfLoop(in instructions: ArraySlice<Instruction>, from start: Int) -> Int {
    var (index, depth) = (start, 1)
    while depth > 0 {
      switch instructions[index].opcode {
      case .beginLoop: depth += 1
      case .endLoop: depth -= 1
      default: break
      }
      index += 1
    }
    return index
  }

  /// The instructions of pieces.
  private func instructions(of numbers: [Int32]) -> [Instruction] {
    var instructions: [Instruction] = []
    append(numbers, to: &instructions)
    return instructions
  }

  private func append(_ numbers: [Int32], to instructions: inout [Instruction]) {
    for number in numbers {
      switch pieces[Int(number)] {
      case .single(let instruction): instructions.append(instruction)
      case .graph(let launch, let nodes):
        let place = instructions.count
        instructions.append(launch)
        append(nodes, to: &instructions)
        instructions[place].operand = Int32(instructions.count - place - 1)
      case .loop(let count, let body):
        let begin = instructions.count
        instructions.append(Instruction(.beginLoop, operand: Int(count)))
        append(body, to: &instructions)
        instructions.append(Instruction(.endLoop, operand: instructions.count - begin - 1))
      }
    }
  }

  // MARK: Repeats

  /// Folds pieces until there is nothing more to fold: loops may stand in loops.
  private mutating func folding(_ numbers: [Int32]) -> [Int32] {
    var numbers = numbers
    var work = 64 * numbers.count
    while numbers.count >= 2 * Self.leastSaving {
      let folded = foldingOnce(numbers, &work)
      guard folded.count < numbers.count else { break }
      numbers = folded
    }
    return numbers
  }

  /// Makes loops of stretches that follow one another and are equal, from the first on, the shortest first.
  private mutating func foldingOnce(_ numbers: [Int32], _ work: inout Int) -> [Int32] {
    let next = nextPlaces(numbers)
    var folded: [Int32] = []
    var index = 0
    while index < numbers.count {
      guard let (period, count) = repeats(at: index, in: numbers, next, &work) else {
        folded.append(numbers[index])
        index += 1
        continue
      }
      let body = folding(Array(numbers[index..<index + period]))
      folded.append(number(of: .loop(count: Int32(count), body: body)))
      index += count * period
    }
    return folded
  }

  /// For each piece the place at which it comes again; the end where it does not.
  private mutating func nextPlaces(_ numbers: [Int32]) -> [Int32] {
    ahead += [Int32](repeating: -1, count: pieces.count - ahead.count)
    var next = [Int32](repeating: 0, count: numbers.count)
    for index in numbers.indices.reversed() {
      let piece = Int(numbers[index])
      next[index] = ahead[piece] >= 0 ? ahead[piece] : Int32(numbers.count)
      ahead[piece] = Int32(index)
    }
    for piece in numbers { ahead[Int(piece)] = -1 }
    return next
  }

  /// The shortest stretch from a place on that is followed by equal ones, and how many there are of it; nil for none that
  /// is worth a loop.
  private func repeats(
    at start: Int, in numbers: [Int32], _ next: [Int32], _ work: inout Int
  ) -> (period: Int, count: Int)? {
    var other = Int(next[start])
    for _ in 0..<Self.candidates where other < numbers.count && work > 0 {
      let period = other - start
      var length = 0
      while other + length < numbers.count, numbers[start + length] == numbers[other + length] { length += 1 }
      work -= length
      if length >= period, length / period * period >= Self.leastSaving { return (period, length / period + 1) }
      other = Int(next[other])
    }
    return nil
  }
}
