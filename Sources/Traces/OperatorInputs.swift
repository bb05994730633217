import JSONText

/// What a recorded operator was given, as far as it was recorded.
package struct OperatorInputs: Sendable, Equatable {
  /// For each input the dimensions of its tensors: of one, of those of a list, or of none.
  package let shapes: [[[Int64]]]
  /// For each input its type as PyTorch calls it: `float`, `c10::Half`, `Scalar`; empty where it is not said.
  package let types: [String]
  /// For each input that is no tensor its value as text: `[2, 2]`, `False`; empty for a tensor.
  package let values: [String]
}

/// Where the inputs of an operator stand among a recording's texts; equal for equal inputs.
package struct InputTexts: Sendable, Hashable {
  /// The shapes as a JSON array, an index into ``Trace/names``; -1 where none were recorded.
  var shapes: Int32 = -1
  /// The types as a JSON array, an index into ``Trace/names``; -1 where none were recorded.
  var types: Int32 = -1
  /// The values as a JSON array, an index into ``Trace/names``; -1 where none were recorded.
  var values: Int32 = -1

  /// Whether the shapes are known.
  package var haveShapes: Bool { shapes >= 0 }
}

extension Trace {
  /// The inputs of an operator.
  ///
  /// Recordings repeat the same few texts, which are kept once and read when they are asked for.
  ///
  /// - Complexity: O(length of the texts).
  package func inputs(of event: HostEvent) -> OperatorInputs {
    let texts = event.inputs
    return OperatorInputs(
      shapes: InputValue.list(name(texts.shapes)).map(\.tensors), types: InputValue.list(name(texts.types)).map(\.text),
      values: InputValue.list(name(texts.values)).map(\.text))
  }
}

/// A value of an operator's recorded inputs: shapes, or text.
private enum InputValue {
  case numbers([Int64])
  case list([[Int64]])
  case text(String)

  /// The text, if it is one.
  var text: String {
    if case .text(let text) = self { return text }
    return ""
  }

  /// The shapes: one tensor's, or those of a list of tensors.
  var tensors: [[Int64]] {
    switch self {
    case .numbers(let numbers): [numbers]
    case .list(let list): list
    case .text: []
    }
  }

  /// The elements of a JSON array, as far as they are of use; none if the text is something else.
  static func list(_ json: String) -> [InputValue] {
    var parser = JSONPullParser(Array(json.utf8), file: "")
    var values: [InputValue] = []
    var numbers: [Int64] = []
    var list: [[Int64]] = []
    guard let first = try? parser.next(), case .beginArray = first else { return [] }
    while let token = try? parser.next() {
      switch token {
      case .beginArray:
        numbers = []
        if parser.depth == 2 { list = [] }
      case .number(let range) where parser.depth >= 2: numbers.append(parser.integer(of: range) ?? 0)
      case .string(let range) where parser.depth == 1: values.append(.text(parser.text(of: range)))
      case .number where parser.depth == 1, .boolean where parser.depth == 1, .null where parser.depth == 1:
        values.append(.text(""))
      case .endArray:
        if parser.depth == 0 { return values }
        if parser.depth == 1 {
          values.append(list.isEmpty ? .numbers(numbers) : .list(list))
        } else if parser.depth == 2 {
          list.append(numbers)
        }
      case .end: return values
      default: break
      }
    }
    return values
  }
}
