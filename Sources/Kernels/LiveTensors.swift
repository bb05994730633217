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
      changes[Int(tensor.made)] += tensor.bytes
      changes[Int(tensor.lastRead) + 1] -= tensor.bytes
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
    let made: Int32
    var lastRead: Int32
  }

  private var tensors: [Made] = []
  /// By a tensor's number that of its elements and type, by which calls find what they read.
  private var keys: [Int32] = []
  /// By the number of a key the tensor that was made last of so many elements of a type, or -1.
  private var last: [Int32] = []
  private var time = 0

  /// The tensors of a program.
  ///
  /// - Parameters:
  ///   - program: Its operators, fused.
  ///   - operands: What the calls of these read and make.
  ///   - launchesNothing: Whether a group, by its index, launches nothing.
  ///   - target: What the program was lowered to.
  /// - Complexity: The length of the program's text, times the depth of its loops.
  init(
    _ program: FusedProgram, _ operands: CallOperands, launchesNothing: (Int) -> Bool, _ target: LoweringTarget
  ) {
    findKeys(operands.tensors)
    let bytes = operands.tensors.all.map { Double($0.shape.elementCount) * target.bytes($0.type) }
    let groups = program.groups
    let calls = groups.calls.operators
    let worksInPlace = calls.flags { $0.utf8.last == UInt8(ascii: "_") }
    program.sequence.forEachRound { group, _ in
      let members = groups.places(of: group)
      run(
        members, operands, bytes,
        isAlias: launchesNothing(group) || worksInPlace[Int(members[members.endIndex - 1])])
    }
    (keys, last) = ([], [])
  }

  private mutating func findKeys(_ different: DifferentTensors) {
    var known: [(elements: Int64, type: ElementType)] = []
    var places = PlaceTable()
    keys = different.all.map { tensor in
      let (elements, type) = (tensor.shape.elementCount, tensor.type)
      var hash = QuickHash()
      hash.add(elements)
      let place = places.place(hash: hash.value) { known[$0].elements == elements && known[$0].type == type }
      if let place { return Int32(place) }
      known.append((elements, type))
      places.append(hash: hash.value)
      return Int32(known.count - 1)
    }
    last = [Int32](repeating: -1, count: known.count)
  }

  private mutating func run(
    _ group: ArraySlice<Int32>, _ operands: CallOperands, _ bytes: [Double], isAlias: Bool
  ) {
    defer { time += 1 }
    var source: Int32?
    var chained: Int64?
    for member in group {
      for place in operands.inputs(of: Int(member)) {
        let operand = operands.all[place]
        if operand.elements == chained {
          chained = nil
          continue
        }
        // A weight lives throughout.
        guard !operand.role.isWeight else { continue }
        let tensor = last[Int(keys[Int(operand.number)])]
        guard tensor >= 0 else { continue }
        tensors[Int(tensor)].lastRead = Int32(time)
        if source == nil { source = tensor }
      }
      let results = operands.results(of: Int(member))
      chained = results.isEmpty ? nil : operands.all[results.lowerBound].elements
    }
    guard let result = group.last else { return }
    for place in operands.results(of: Int(result)) {
      make(operands.all[place].number, bytes, from: source, isAlias: isAlias)
    }
  }

  /// Makes a tensor, or another name for one.
  private mutating func make(_ number: Int32, _ bytes: [Double], from source: Int32?, isAlias: Bool) {
    let key = Int(keys[Int(number)])
    if isAlias {
      if let source { last[key] = source }
    } else {
      last[key] = Int32(tensors.count)
      tensors.append(Made(bytes: bytes[Int(number)], made: Int32(time), lastRead: Int32(time)))
    }
  }
}
