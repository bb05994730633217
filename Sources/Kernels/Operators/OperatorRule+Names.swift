import Workloads

extension OperatorRule {
  /// The rule of operators of a name; nil for a name that no rule has.
  ///
  /// `aten::` in front, an underscore behind (in place) and an overload's name do not matter.
  package static func named(_ name: String) -> OperatorRule? {
    // Most names are as PyTorch writes them and are found as they are.
    guard let index = indices[name] ?? indices[baseName(name)] else { return nil }
    return all[index]
  }

  /// The rule of a call; ``unknown`` where none knows it.
  package static func of(_ operation: Operator) -> OperatorRule {
    let rule = named(operation.name) ?? unknown
    return rule.variant?(operation) ?? rule
  }

  /// The name without namespace, in-place mark and overload: `aten::relu_` is `relu`.
  package static func baseName(_ operatorName: String) -> String {
    // Bytes, not characters: every operator of every workload comes by here, and finding characters costs ten times.
    var name = operatorName.utf8[...]
    if let colon = name.lastIndex(of: UInt8(ascii: ":")) { name = name[name.index(after: colon)...] }
    if let dot = name.firstIndex(of: UInt8(ascii: ".")) { name = name[..<dot] }
    let underscore = UInt8(ascii: "_")
    if name.last == underscore, name.dropLast().last != underscore { name = name.dropLast() }
    return String(Substring(name))
  }

  /// Whether a normalization is by the root mean square alone, as its name says.
  static func isRootMeanSquare(_ operatorName: String) -> Bool {
    // Of the name as ``baseName(_:)`` has it, but every normalization comes by here: nothing is allocated.
    var (matched, isFound, isOverload) = (0, false, false)
    for byte in operatorName.utf8 {
      if byte == UInt8(ascii: ":") {
        (matched, isFound, isOverload) = (0, false, false)
      } else if byte == UInt8(ascii: ".") {
        isOverload = true
      } else if !isOverload, !isFound {
        let wanted = matched == 0 ? UInt8(ascii: "r") : matched == 1 ? UInt8(ascii: "m") : UInt8(ascii: "s")
        matched = byte == wanted ? matched + 1 : byte == UInt8(ascii: "r") ? 1 : 0
        if matched == 3 { isFound = true }
      }
    }
    return isFound
  }

  /// Where in ``all`` the rule of a name stands, as PyTorch writes it and without its namespace.
  private static let indices: [String: Int] = {
    var indices: [String: Int] = [:]
    indices.reserveCapacity(3 * all.reduce(0) { $0 + $1.names.count })
    for (index, rule) in all.enumerated() {
      for name in rule.names {
        // The first rule of a name has it: adding nothing puts in what is missing, and looks for it once.
        for written in [name, "aten::\(name)", "aten::\(name)_"] { indices[written, default: index] += 0 }
      }
    }
    return indices
  }()
}
