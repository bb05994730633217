import JSONText
import Workloads

/// How a table writes an operator's operands and attributes: as JSON in a field.
enum OperatorText {
  /// Attributes that are 0 or 1: what the operator is asked, and what the benchmark ran beside it.
  private static let flags = ["is_causal", "quantizes", "writes_cache"]
  /// Attributes that cost rules read.
  private static let numbers = [
    "stride", "padding", "dilation", "groups", "transposed", "kernel_size", "dim", "output_size", "ceil_mode", "k",
    "pinned", "dims", "normalized_dims",
  ]

  /// The dimensions of shapes; nil for a text that is none.
  ///
  /// A table of a hundred thousand operators has as many shapes: those that are written without blanks are read here, and
  /// all others as JSON.
  static func dimensions(_ text: String) -> [[Int64]]? { plainDimensions(text) ?? dimensionsOfJSON(text) }

  /// `[[64,4096],[4096,4096]]`, of dimensions of at most 18 digits; nil for any other text.
  private static func plainDimensions(_ text: String) -> [[Int64]]? {
    var (shapes, shape, digits, value) = ([[Int64]](), [Int64](), 0, Int64(0))
    var (depth, isDone, wantsMore) = (0, false, false)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "[") where !isDone && depth < 2 && digits == 0 && (depth == 0 || shapes.isEmpty || wantsMore):
        depth += 1
        wantsMore = false
      case UInt8(ascii: "0")...UInt8(ascii: "9") where depth == 2 && digits < 18 && (digits == 0 || value > 0):
        value = 10 * value + Int64(byte - UInt8(ascii: "0"))
        digits += 1
      case UInt8(ascii: ",") where depth == 2 && digits > 0:
        shape.append(value)
        (digits, value, wantsMore) = (0, 0, true)
      case UInt8(ascii: ",") where depth == 1 && !shapes.isEmpty && !wantsMore: wantsMore = true
      case UInt8(ascii: "]") where depth == 2 && (digits > 0 || (shape.isEmpty && !wantsMore)):
        if digits > 0 { shape.append(value) }
        shapes.append(shape)
        (shape, digits, value, depth, wantsMore) = ([], 0, 0, 1, false)
      case UInt8(ascii: "]") where depth == 1 && !wantsMore: (depth, isDone) = (0, true)
      default: return nil
      }
    }
    return isDone ? shapes : nil
  }

  private static func dimensionsOfJSON(_ text: String) -> [[Int64]]? {
    do throws(JSONFault) {
      return try document(text).cursor.array().map { (shape) throws(JSONFault) in
        try shape.array().map { (dimension) throws(JSONFault) in try dimension.integer(0 ... .max) }
      }
    } catch {
      return nil
    }
  }

  /// Integers by name, each or a list of them; nil for a text that is none.
  ///
  /// Words are notes of whoever measured, and left out where no rule reads the attribute.
  static func attributes(_ text: String) -> [OperatorAttribute]? {
    do throws(JSONFault) {
      let read = try document(text).cursor.object().members.map { (member) throws(JSONFault) -> OperatorAttribute? in
        if case .string = member.value.value.content, !flags.contains(member.key), !numbers.contains(member.key) {
          return nil
        }
        let items = if case .array = member.value.value.content { try member.value.array() } else { [member.value] }
        return OperatorAttribute(
          name: member.key, values: try items.map { (item) throws(JSONFault) in try item.integer(.min ... .max) })
      }
      return read.compactMap(\.self)
    } catch {
      return nil
    }
  }

  /// Words by name; nil for a text that has none, or something else.
  static func words(_ text: String) -> [(name: String, word: String)]? {
    do throws(JSONFault) {
      return try document(text).cursor.object().members.map { (member) throws(JSONFault) in
        (member.key, try member.value.string())
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

  /// Types by name; nil for a text that is none.
  static func types(_ text: String) -> [ElementType]? {
    do throws(JSONFault) {
      let names = try document(text).cursor.array().map { (type) throws(JSONFault) in try type.string() }
      let types = names.compactMap { ElementType(rawValue: $0) }
      return types.count == names.count ? types : nil
    } catch {
      return nil
    }
  }

  /// Shapes as a field holds them.
  static func field(_ shapes: [Shape]) -> String {
    "[" + shapes.map { "[" + $0.dimensions.map(String.init).joined(separator: ",") + "]" }.joined(separator: ",") + "]"
  }

  /// Attributes as a field holds them; nothing for none.
  static func field(_ attributes: [OperatorAttribute]) -> String {
    if attributes.isEmpty { return "" }
    let members = attributes.map { attribute in
      let values = attribute.values.map(String.init).joined(separator: ",")
      return "\"\(attribute.name)\":" + (attribute.values.count == 1 ? values : "[\(values)]")
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// Types as a field holds them.
  static func field(_ types: [ElementType]) -> String {
    "[" + types.map { "\"\($0.rawValue)\"" }.joined(separator: ",") + "]"
  }

  private static func document(_ text: String) throws(JSONFault) -> JSONDocument {
    try JSONDocument(bytes: Array(text.utf8), file: "")
  }
}

/// What the texts of a table's operators come to, each read once: a table has each shape for many accelerators.
struct OperatorTexts {
  /// What a text should be.
  struct Expectation: Error {
    let words: String
  }

  private var shapes: [String: [Shape]] = [:]
  private var attributes: [String: [OperatorAttribute]] = ["": []]

  /// The shapes of operands.
  mutating func shapes(_ text: String) throws(Expectation) -> [Shape] {
    if let known = shapes[text] { return known }
    let read = try Self.read(text)
    shapes[text] = read
    return read
  }

  /// The shapes of operands, of a table in which few are alike.
  static func read(_ text: String) throws(Expectation) -> [Shape] {
    guard let dimensions = OperatorText.dimensions(text) else {
      throw Expectation(words: "shapes as JSON, as [[64,4096],[4096,4096]]")
    }
    let read = dimensions.compactMap { Shape(checking: $0) }
    guard read.count == dimensions.count else { throw Expectation(words: "shapes of at most 2^50 elements") }
    return read
  }

  /// Attributes by name.
  mutating func attributes(_ text: String) throws(Expectation) -> [OperatorAttribute] {
    if let known = attributes[text] { return known }
    guard let read = OperatorText.attributes(text) else {
      throw Expectation(words: "blank or integers and lists of them as JSON, as {\"is_causal\":1}")
    }
    for attribute in read {
      if let wanted = OperatorText.expectation(of: attribute) { throw Expectation(words: wanted) }
    }
    attributes[text] = read
    return read
  }
}
