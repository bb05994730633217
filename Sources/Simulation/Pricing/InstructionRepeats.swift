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

  /// How many pieces make a beginning, in a sequence of more than ``fewPieces``; in others one does.
  private static let beginning = 8
  private static let fewPieces = 256

  /// A program's instructions, with loops in the place of stretches that follow one another and are equal.
  ///
  /// - Complexity: O(n), and O(1) for each instruction that is compared with one further on, of which there are at most 64 n.
  static func folding(_ instructions: [Instruction]) -> [Instruction] {
    guard instructions.count >= 2 * leastSaving else { return instructions }
    var repeats = InstructionRepeats()
    repeats.singles.reserveCapacity(instructions.count)
    repeats.firsts.reserveCapacity(2 * instructions.count)
    let body = repeats.fold(instructions[...])
    // Each is a piece still: nothing repeats itself.
    return body.count == instructions.count ? instructions : repeats.instructions(of: body)
  }

  /// What stands in a program as one: an instruction, a graph with its nodes, or a loop.
  private enum Piece: Equatable {
    case single(Instruction)
    case graph(launch: Instruction, nodes: [Int32])
    case loop(count: Int32, body: [Int32])
  }

  /// The different pieces that are one instruction each, numbered from 0 on.
  private var singles: [Instruction] = []
  /// The other pieces, numbered from -1 down, and how many instructions each of them is.
  private var compounds: [Piece] = []
  private var sizes: [Int] = []
  /// The numbers of those that are found by their hashes.
  private var hashed: [Int32] = []
  private var places = PlaceTable()

  /// For each operand the piece that is the first instruction with it, of work and of anything else; -1 for none.
  private var firsts: [Int32] = []

  // MARK: Pieces

  /// The number of a piece.
  private mutating func number(of piece: Piece) -> Int32 {
    var hash = QuickHash()
    switch piece {
    case .single(let instruction): Self.add(instruction, to: &hash)
    case .graph(let launch, let nodes):
      Self.add(launch, to: &hash)
      for node in nodes { hash.add(UInt64(UInt32(bitPattern: node))) }
    case .loop(let count, let body):
      hash.add(UInt64(UInt32(bitPattern: count)))
      for place in body { hash.add(UInt64(UInt32(bitPattern: place))) }
    }
    let known = places.place(hash: hash.value) { self.piece(hashed[$0]) == piece }
    if let known { return hashed[known] }
    places.append(hash: hash.value)
    hashed.append(append(piece))
    return hashed[hashed.count - 1]
  }

  /// The piece of a number.
  private func piece(_ number: Int32) -> Piece {
    number >= 0 ? .single(singles[Int(number)]) : compounds[Int(~number)]
  }

  /// Takes up a piece that is new.
  private mutating func append(_ piece: Piece) -> Int32 {
    switch piece {
    case .single(let instruction):
      singles.append(instruction)
      return Int32(singles.count - 1)
    case .graph(_, let nodes): sizes.append(1 + size(of: nodes[...]))
    case .loop(_, let body): sizes.append(2 + size(of: body[...]))
    }
    compounds.append(piece)
    return ~Int32(compounds.count - 1)
  }

  /// How many instructions some pieces are.
  private func size(of numbers: ArraySlice<Int32>) -> Int {
    numbers.reduce(0) { $0 + ($1 >= 0 ? 1 : sizes[Int(~$1)]) }
  }

  private static func add(_ instruction: Instruction, to hash: inout QuickHash) {
    hash.add(
      UInt64(instruction.opcode.rawValue) | UInt64(instruction.lane) << 8 | UInt64(instruction.stream) << 16
        | UInt64(UInt32(bitPattern: instruction.operand)) << 32)
    hash.add(UInt64(UInt32(bitPattern: instruction.label)))
  }

  /// The number of an instruction: nearly always that of the only one with its operand.
  private mutating func number(of instruction: Instruction) -> Int32 {
    guard instruction.operand >= 0, instruction.operand < 1 << 28 else { return number(of: .single(instruction)) }
    let place = Int(instruction.operand) * 2 + (instruction.opcode == .work ? 0 : 1)
    if place >= firsts.count {
      firsts += [Int32](repeating: -1, count: max(place + 1, firsts.count * 2) - firsts.count)
    }
    guard firsts[place] >= 0 else {
      firsts[place] = append(.single(instruction))
      return firsts[place]
    }
    if singles[Int(firsts[place])] == instruction { return firsts[place] }
    return number(of: .single(instruction))
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
      default: numbers.append(number(of: instruction))
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
      switch piece(number) {
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
    while size(of: numbers[...]) >= 2 * Self.leastSaving {
      let folded = foldingOnce(numbers, &work)
      guard folded.count < numbers.count else { break }
      numbers = folded
    }
    return numbers
  }

  /// Makes loops of stretches that follow one another and are equal, from the first on, the shortest first.
  private mutating func foldingOnce(_ numbers: [Int32], _ work: inout Int) -> [Int32] {
    guard let next = nextPlaces(numbers) else { return numbers }
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

  /// For each place the next one from which a stretch begins as it does from there, and the end where none does; nil where no
  /// place has one.
  ///
  /// What two places have in common is compared later: beginnings are told apart by their hashes alone.
  private func nextPlaces(_ numbers: [Int32]) -> [Int32]? {
    let length = numbers.count > Self.fewPieces ? Self.beginning : 1
    var next = [Int32](repeating: Int32(numbers.count), count: numbers.count)
    var (known, hashes, last) = (PlaceTable(), [Int](), [Int32]())
    let isRepeated = repeatedSingles(numbers)
    // From where on no piece comes but once: a stretch with such a piece begins nowhere else.
    var end = numbers.count
    var isAnyRepeated = false
    for index in stride(from: numbers.count - 1, through: 0, by: -1) {
      if let isRepeated, numbers[index] >= 0, !isRepeated[Int(numbers[index])] { end = index }
      guard index + length <= end else { continue }
      var hash = QuickHash()
      for place in index..<index + length { hash.add(UInt64(UInt32(bitPattern: numbers[place]))) }
      if let place = known.place(hash: hash.value, where: { hashes[$0] == hash.value }) {
        next[index] = last[place]
        last[place] = Int32(index)
        isAnyRepeated = true
      } else {
        known.append(hash: hash.value)
        hashes.append(hash.value)
        last.append(Int32(index))
      }
    }
    return isAnyRepeated ? next : nil
  }

  /// Which of ``singles`` come several times; nil for a small part of a program, of which it is not worth being known.
  private func repeatedSingles(_ numbers: [Int32]) -> [Bool]? {
    guard numbers.count * 4 >= singles.count else { return nil }
    let none = [Bool](repeating: false, count: singles.count)
    var (isThere, isRepeated) = (none, none)
    for number in numbers where number >= 0 {
      if isThere[Int(number)] { isRepeated[Int(number)] = true }
      isThere[Int(number)] = true
    }
    return isRepeated
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
      if length >= period, length / period * size(of: numbers[start..<other]) >= Self.leastSaving {
        return (period, length / period + 1)
      }
      other = Int(next[other])
    }
    return nil
  }
}
