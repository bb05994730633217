import JSONText

extension TraceFormat {
  /// What `torch.profiler.ExecutionTraceObserver` writes: operators and tensors without times.
  static let executionTrace = TraceFormat(
    recognizes: { ExecutionTrace.recognizes($0) },
    read: { input throws(TraceFault) in
      throw .content(.withoutTimes(format: "an execution trace of PyTorch"), file: input.source.name)
    })
}

/// An execution trace of PyTorch: the operators of a run and what they were given, without times.
///
/// Source: `execution_trace_observer.cpp` of pytorch/pytorch.
package enum ExecutionTrace {
  /// Whether a file that begins so is one.
  package static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    let text = head.compact
    return text.starts(with: #"{"schema":""#.utf8)
      && (text.contains("chakra".utf8) || text.contains(#""nodes":["#.utf8)) && text.contains(#""pid":"#.utf8)
  }

  /// Whether a file is one.
  ///
  /// - Throws: Why it cannot be read.
  package static func isOne(path: String) throws(TraceFault) -> Bool {
    recognizes(try ByteSource(path: path).head(TraceReader.headLength))
  }

  /// Reads the operators as a recording, whose order and nesting are those of the run and whose times count operators.
  ///
  /// - Throws: What is wrong with the file.
  package static func read(path: String) throws(TraceFault) -> Trace {
    try read(TraceInput(source: try ByteSource(path: path)))
  }

  /// Reads the operators from memory.
  ///
  /// - Throws: What is wrong with the bytes.
  package static func read(_ bytes: [UInt8], file: String) throws(TraceFault) -> Trace {
    try read(TraceInput(source: ByteSource(bytes, name: file)))
  }

  private static func read(_ input: TraceInput) throws(TraceFault) -> Trace {
    var nodes: [Node] = []
    var walk = try RecordWalk(input)
    let truncation = try walk.read({ $0 == ["nodes"] }) { (_, _, record) throws(TraceFault) in
      guard let id = record["id"]?.integer, let name = record["name"]?.text else { return }
      nodes.append(
        Node(
          id: id, parent: record["ctrl_deps"]?.integer ?? record["parent"]?.integer ?? 0, name: name,
          isOperator: name.contains("::"), inputs: Inputs(record)))
      guard nodes.count <= TraceLimits.events else {
        throw .content(.tooMuch(.events), file: input.source.name)
      }
    }
    return try trace(of: nodes, file: input.source.name, truncation)
  }

  /// A recording of nodes, whose order and nesting are those of the run and whose times count them.
  static func trace(of nodes: [Node], file: String, _ truncation: Truncation? = nil) throws(TraceFault) -> Trace {
    var assembly = TraceAssembly(file: file)
    assembly.trace.truncation = truncation
    try add(nodes, to: &assembly)
    return try assembly.finish()
  }

  /// A node of a trace.
  struct Node {
    var id: Int64
    /// The node around it; its own number for none.
    var parent: Int64
    var name: String
    /// Whether it is a call of an operator, and no range around some.
    var isOperator: Bool
    var inputs: Inputs
  }

  /// Gives each node a stretch of time that holds those of the nodes within it.
  private static func add(_ nodes: [Node], to assembly: inout TraceAssembly) throws(TraceFault) {
    var places: [Int64: Int] = [:]
    for (place, node) in nodes.enumerated() { places[node.id] = place }
    var children: [Int: [Int]] = [:]
    var roots: [Int] = []
    for (place, node) in nodes.enumerated() {
      // The root is its own parent, and what refers to none, or to a later node, is one too.
      if let parent = places[node.parent], nodes[parent].id < node.id {
        children[parent, default: []].append(place)
      } else {
        roots.append(place)
      }
    }
    var times = [TraceAssembly.Time](repeating: TraceAssembly.Time(start: 0, end: 0), count: nodes.count)
    var clock: Int64 = 0
    var pending = roots.reversed().map { (place: $0, isEnd: false) }
    while let (place, isEnd) = pending.popLast() {
      clock += 1
      if isEnd {
        times[place].end = clock
      } else {
        times[place].start = clock
        pending.append((place, true))
        pending += (children[place] ?? []).reversed().map { (place: $0, isEnd: false) }
      }
    }
    let thread = assembly.thread(process: "", thread: "1")
    for (place, node) in nodes.enumerated() where node.isOperator {
      var inputs = InputTexts()
      inputs.shapes = assembly.name(node.inputs.shapes)
      inputs.types = assembly.name(node.inputs.types)
      inputs.values = assembly.name(node.inputs.values)
      try assembly.addOperator(node.name, thread: thread, times[place], inputs: inputs)
    }
  }

  /// What an operator was given, in the words of `torch.profiler`'s recordings.
  struct Inputs {
    var shapes = "[]"
    var types = "[]"
    var values = "[]"

    /// One tensor of so many bytes, of which nothing else is known.
    init(bytes: Int64) {
      shapes = "[[\(bytes)]]"
      types = "[\"signed char\"]"
      values = "[\"\"]"
    }

    init(_ node: JSONRecord) {
      // Before version 1.0.2 the three stood in the node itself.
      let types = (node["inputs"]?["types"] ?? node["input_types"])?.elements ?? []
      let shapes = (node["inputs"]?["shapes"] ?? node["input_shapes"])?.elements ?? []
      let values =
        (node["inputs"]?["values"] ?? (node["inputs"]?.elements.isEmpty == false ? node["inputs"] : nil))?
        .elements ?? []
      var (allShapes, allTypes, allValues): ([String], [String], [String]) = ([], [], [])
      for (place, type) in types.enumerated() {
        let name = type.text ?? ""
        let isTensor = name.hasPrefix("Tensor(") || name.hasPrefix("GenericList[Tensor(")
        allShapes.append(isTensor && place < shapes.count ? Self.text(shapes[place]) : "[]")
        allTypes.append("\"" + Self.type(name) + "\"")
        allValues.append(isTensor || place >= values.count ? "\"\"" : "\"" + Self.text(values[place]) + "\"")
      }
      self.shapes = "[" + allShapes.joined(separator: ", ") + "]"
      self.types = "[" + allTypes.joined(separator: ", ") + "]"
      self.values = "[" + allValues.joined(separator: ", ") + "]"
    }

    /// `Tensor(float)` is `float`, a list of tensors `TensorList`, and what is no tensor a `Scalar` or a list of them.
    private static func type(_ name: String) -> String {
      if name.hasPrefix("Tensor(") {
        // The words come from the file, and go into a text of JSON.
        return String(name.dropFirst(7).dropLast().filter { $0.isLetter || $0.isNumber || $0 == ":" || $0 == " " })
      }
      if name.hasPrefix("GenericList[Tensor(") { return "TensorList" }
      if name.hasPrefix("GenericList") { return "ScalarList" }
      return name == "None" ? "" : "Scalar"
    }

    /// Numbers and lists of them as text; nothing else is of use.
    private static func text(_ value: JSONRecord) -> String {
      switch value {
      case .integer(let number): String(number)
      case .real(let number): number.isFinite ? "\(number)" : ""
      case .flag(let flag): flag ? "True" : "False"
      case .array(let elements): "[" + elements.map(text).joined(separator: ", ") + "]"
      case .text, .object, .null: ""
      }
    }
  }
}
