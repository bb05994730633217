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

  private let precision: Precision
  private let launchesNothing: ([Operator]) -> Bool
  private var tensors: [Made] = []
  /// The tensor that was made last of so many elements of a type.
  private var last: [Key: Int] = [:]
  private var time = 0

  /// The tensors of a program that has been fused.
  ///
  /// - Parameters:
  ///   - program: Its groups.
  ///   - precision: The format of floating-point tensors.
  ///   - launchesNothing: Whether a group makes no tensor.
  /// - Complexity: The length of the program's text, times the depth of its loops.
  init(_ program: [FusedStatement], precision: Precision, launchesNothing: @escaping ([Operator]) -> Bool) {
    self.precision = precision
    self.launchesNothing = launchesNothing
    walk(program, isLaterRound: false)
  }

  /// Of a loop the first round, and the second for all later ones.
  private mutating func walk(_ program: [FusedStatement], isLaterRound: Bool) {
    for statement in program {
      switch statement {
      case .group(let members): run(members)
      case .loop(let count, let body):
        walk(body, isLaterRound: isLaterRound)
        if count > 1, !isLaterRound { walk(body, isLaterRound: true) }
      }
    }
  }

  private mutating func run(_ group: [Operator]) {
    defer { time += 1 }
    var first: Int?
    for (index, member) in group.enumerated() {
      var chained = index == 0 ? nil : group[index - 1].outputs.first?.elementCount
      for (operand, (shape, type)) in zip(member.inputs, member.inputTypes).enumerated() {
        if shape.elementCount == chained {
          chained = nil
          continue
        }
        guard !member.isWeight(operand), let tensor = last[Key(elements: shape.elementCount, type: type)] else { continue }
        tensors[tensor].lastRead = time
        if first == nil { first = tensor }
      }
    }
    guard let result = group.last else { return }
    let isAlias = launchesNothing(group) || result.name.hasSuffix("_")
    for (shape, type) in zip(result.outputs, result.outputTypes) {
      let key = Key(elements: shape.elementCount, type: type)
      if isAlias, let first {
        last[key] = first
      } else if !isAlias {
        last[key] = tensors.count
        tensors.append(Made(bytes: Double(shape.elementCount) * type.bytes(in: precision), made: time, lastRead: time))
      }
    }
  }
}
