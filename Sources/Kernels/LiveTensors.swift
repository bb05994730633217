import Profiles
import Workloads

/// The tensors that a pass makes, and how many bytes of them live at once at least.
///
/// A tensor lives from the call that makes it to the last one that reads it. Which one a call reads is told by the number
/// and type of its elements: the one that was made last. Calls that launch nothing, and those that work in place, make
/// no tensor but another name for the one that they read; what lies within a fused group is never in memory. A library's
/// workspace and what an allocator rounds up are left out.
struct LiveTensors {
  /// The most bytes that live at once.
  var peakBytes: Double {
    var changes = [Double](repeating: 0, count: time + 1)
    for tensor in tensors {
      changes[tensor.made] += tensor.bytes
      changes[tensor.lastRead + 1] -= tensor.bytes
    }
    var (live, peak) = (0.0, 0.0)
    for change in changes {
      live += change
      peak = max(peak, live)
    }
    return peak
  }

  private struct Made {
    let bytes: Double
    let made: Int
    var lastRead: Int
  }

  /// What a call reads or makes.
  private struct Operand {
    let elements: Int64
    /// The number of its key; -1 of a weight, which lives throughout.
    let key: Int32
    let bytes: Double
  }

  private var tensors: [Made] = []
  /// By the number of a key the tensor that was made last of so many elements of a type, or -1.
  private var last: [Int32] = []
  private var time = 0

  /// The operands of all calls, those of one behind those of another.
  private var operands: [Operand] = []
  /// For each call where its inputs begin among them, and its results, which end where the next call's inputs begin.
  private var starts: [(inputs: Int32, results: Int32)] = []

  /// The tensors of a program.
  ///
  /// - Parameters:
  ///   - program: Its operators, fused.
  ///   - launchesNothing: For each of its groups, whether it launches nothing.
  ///   - target: What the program was lowered to.
  /// - Complexity: The length of the program's text, times the depth of its loops.
  init(_ program: FusedProgram, launchesNothing: [Bool], _ target: LoweringTarget) {
    let groups = program.groups
    findOperands(groups.calls, target)
    let worksInPlace = groups.calls.operators.map { $0.name.utf8.last == UInt8(ascii: "_") }
    program.sequence.forEachRound { group, _ in
      let members = groups.places(of: group)
      run(members, isAlias: launchesNothing[group] || worksInPlace[Int(members[members.endIndex - 1])])
    }
    (operands, starts, last) = ([], [], [])
  }

  private mutating func findOperands(_ calls: DifferentCalls, _ target: LoweringTarget) {
    var keys: [(elements: Int64, type: ElementType)] = []
    var places = PlaceTable()
    func number(_ elements: Int64, _ type: ElementType) -> Int32 {
      var hash = QuickHash()
      hash.add(elements)
      let known = places.place(hash: hash.value) { keys[$0].elements == elements && keys[$0].type == type }
      if let known { return Int32(known) }
      keys.append((elements, type))
      places.append(hash: hash.value)
      return Int32(keys.count - 1)
    }
    func operand(_ shape: Shape, _ type: ElementType, isWeight: Bool) -> Operand {
      let (elements, bytes) = (shape.elementCount, Double(shape.elementCount) * target.bytes(type))
      guard !isWeight else { return Operand(elements: elements, key: -1, bytes: bytes) }
      return Operand(elements: elements, key: number(elements, type), bytes: bytes)
    }
    starts.reserveCapacity(calls.count + 1)
    for call in 0..<calls.count {
      let first = Int32(operands.count)
      let (inputs, inputTypes) = (calls.operators[call].inputs, calls.operators[call].inputTypes)
      for index in inputs.indices {
        operands.append(operand(inputs[index], inputTypes[index], isWeight: calls.rules[call].isWeight(index)))
      }
      starts.append((first, Int32(operands.count)))
      let (outputs, outputTypes) = (calls.operators[call].outputs, calls.operators[call].outputTypes)
      for index in outputs.indices { operands.append(operand(outputs[index], outputTypes[index], isWeight: false)) }
    }
    starts.append((Int32(operands.count), Int32(operands.count)))
    last = [Int32](repeating: -1, count: keys.count)
  }

  private mutating func run(_ group: ArraySlice<Int32>, isAlias: Bool) {
    defer { time += 1 }
    var source: Int32?
    var chained: Int64?
    for member in group {
      let (inputs, results) = starts[Int(member)]
      for index in Int(inputs)..<Int(results) {
        let operand = operands[index]
        if operand.elements == chained {
          chained = nil
          continue
        }
        guard operand.key >= 0, last[Int(operand.key)] >= 0 else { continue }
        let tensor = last[Int(operand.key)]
        tensors[Int(tensor)].lastRead = time
        if source == nil { source = tensor }
      }
      chained = results < starts[Int(member) + 1].inputs ? operands[Int(results)].elements : nil
    }
    if let result = group.last { make(Int(result), from: source, isAlias: isAlias) }
  }

  /// Makes the results of a call.
  private mutating func make(_ call: Int, from source: Int32?, isAlias: Bool) {
    for index in Int(starts[call].results)..<Int(starts[call + 1].inputs) {
      let operand = operands[index]
      if isAlias {
        if let source { last[Int(operand.key)] = source }
      } else {
        last[Int(operand.key)] = Int32(tensors.count)
        tensors.append(Made(bytes: operand.bytes, made: time, lastRead: time))
      }
    }
  }
}
