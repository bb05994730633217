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

  private struct Key: Hashable {
    let elements: Int64
    let type: ElementType
  }

  private let lowered: LoweredProgram
  private var tensors: [Made] = []
  /// The tensor that was made last of so many elements of a type.
  private var last: [Key: Int] = [:]
  private var time = 0

  /// The tensors of a program.
  ///
  /// - Parameters:
  ///   - groups: Its operators, fused.
  ///   - lowered: What they have become, statement by statement.
  /// - Complexity: The length of the program's text, times the depth of its loops.
  init(_ groups: [FusedStatement], _ lowered: LoweredProgram) {
    self.lowered = lowered
    walk(groups, lowered.statements, isLaterRound: false)
  }

  /// Of a loop the first round, and the second for all later ones.
  private mutating func walk(
    _ groups: [FusedStatement], _ statements: [LoweredProgram.Statement], isLaterRound: Bool
  ) {
    for (group, statement) in zip(groups, statements) {
      switch (group, statement) {
      case (.group(let members), .operation(let index)): run(members, lowered.operations[index])
      case (.loop(let count, let body), .loop(_, let inner)):
        walk(body, inner, isLaterRound: isLaterRound)
        if count > 1, !isLaterRound { walk(body, inner, isLaterRound: true) }
      default: preconditionFailure("each group has become a statement")
      }
    }
  }

  private mutating func run(_ group: [Operator], _ operation: LoweredProgram.Operation) {
    defer { time += 1 }
    var source: Int?
    var chained: Int64?
    for member in group {
      let kind = group.count == 1 ? operation.kind : OperatorKind(operatorName: member.name)
      for index in member.inputs.indices {
        let elements = member.inputs[index].elementCount
        if elements == chained {
          chained = nil
          continue
        }
        guard !member.isWeight(index, kind),
          let tensor = last[Key(elements: elements, type: member.inputTypes[index])]
        else { continue }
        tensors[tensor].lastRead = time
        if source == nil { source = tensor }
      }
      chained = member.outputs.first?.elementCount
    }
    if let result = group.last { make(result, from: source, isAlias: operation.kernels.isEmpty) }
  }

  private mutating func make(_ result: Operator, from source: Int?, isAlias: Bool) {
    let isAlias = isAlias || result.name.utf8.last == UInt8(ascii: "_")
    for (shape, type) in zip(result.outputs, result.outputTypes) {
      let key = Key(elements: shape.elementCount, type: type)
      if isAlias {
        if let source { last[key] = source }
      } else {
        last[key] = tensors.count
        let bytes = Double(shape.elementCount) * type.bytes(in: lowered.target.precision)
        tensors.append(Made(bytes: bytes, made: time, lastRead: time))
      }
    }
  }
}
