import JSONText
import Workloads

/// How a table writes an operator's operands and attributes: as JSON in a field.
enum OperatorText {
  /// Attributes that are 0 or 1: what the operator is asked, and what the benchmark ran beside it.
  private static let flags = ["is_causal", "quantizes", "writes_cache"]
  /// Attributes that cost rules read.
  private static let numbers = ["stride", "padding", "dilation", "groups", "transposed", "kernel_size"]

  /// The dimensions of shapes; nil for a text that is none.
  static func dimensions(_ text: String) -> [[Int64]]? {
    do throws(JSONFault) {
      return try document(text).cursor.array().map { (shape) throws(JSONFault) in
        try shape.array().map { (dimension) throws(JSONFault) in try dimension.integer(0 ... .max) }
      }
    } catch {
      return nil
    }
  }

  /// Integers by name, each or a list of them; nil for a text that is none.
  static func attributes(_ text: String) -> [OperatorAttribute]? {
    do throws(JSONFault) {
      return try document(text).cursor.object().members.map { (member) throws(JSONFault) in
        let items = if case .array = member.value.value.content { try member.value.array() } else { [member.value] }
        return OperatorAttribute(
          name: member.key, values: try items.map { (item) throws(JSONFault) in try item.integer(.min ... .max) })
      }
    } catch {
      return nil
    }
  }

  /// What an attribute should be; nil where nothing is wrong.
  ///
  /// One that nothing knows is kept, unless its name is nearly that of one that is known.
  static func expectation(of attribute: OperatorAttribute) -> String? {
    if flags.contains(attribute.name) {
      return attribute.values == [0] || attribute.values == [1] ? nil : "JSON with 0 or 1 as \(attribute.name)"
    }
    if numbers.contains(attribute.name) { return nil }
    return nearestName(to: attribute.name, among: flags + numbers).map {
      "JSON with \(quoted($0)), if that is what \(quoted(attribute.name)) means"
    }
  }

  private static func document(_ text: String) throws(JSONFault) -> JSONDocument {
    try JSONDocument(bytes: Array(text.utf8), file: "")
  }
}
