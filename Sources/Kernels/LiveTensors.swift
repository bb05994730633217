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

  private let target: LoweringTarget
  private var tensors: [Made] = []
  /// The tensor that was made last of so many elements of a type.
  private var last: [Key: Int] = [:]
  private var time = 0

  /// The tensors of a program.
  ///
  /// - Parameters:
  ///   - groups: Its operators, fused, each group with whether it launches nothing.
  ///   - target: What the program was lowered to.
  /// - Complexity: The length of the program's text, times the depth of its loops.
  init(_ groups: [Block<(members: [ResolvedOperator], launchesNothing: Bool)>], _ target: LoweringTarget) {
    self.target = target
    groups.forEachRound { group, _ in run(group.members, launchesNothing: group.launchesNothing) }
  }

  private mutating func run(_ group: [ResolvedOperator], launchesNothing: Bool) {
    defer { time += 1 }
    var source: Int?
    var chained: Int64?
    for member in group {
      let operation = member.operation
      for index in operation.inputs.indices {
        let elements = operation.inputs[index].elementCount
        if elements == chained {
          chained = nil
          continue
        }
        guard !member.rule.isWeight(index),
          let tensor = last[Key(elements: elements, type: operation.inputTypes[index])]
        else { continue }
        tensors[tensor].lastRead = time
        if source == nil { source = tensor }
      }
      chained = operation.outputs.first?.elementCount
    }
    if let result = group.last { make(result.operation, from: source, isAlias: launchesNothing) }
  }

  private mutating func make(_ result: Operator, from source: Int?, isAlias: Bool) {
    let isAlias = isAlias || result.name.utf8.last == UInt8(ascii: "_")
    for (shape, type) in zip(result.outputs, result.outputTypes) {
      let key = Key(elements: shape.elementCount, type: type)
      if isAlias {
        if let source { last[key] = source }
      } else {
        last[key] = tensors.count
        let bytes = Double(shape.elementCount) * target.bytes(type)
        tensors.append(Made(bytes: bytes, made: time, lastRead: time))
      }
    }
  }
}
