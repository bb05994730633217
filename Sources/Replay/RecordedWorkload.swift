import JSONText
import Kernels
import Roofline
import Traces
import Workloads

/// The operators of a recording with shapes, as a workload: those that the kernel model knows, the outermost of each.
package struct RecordedWorkload: Sendable {
  /// The operators in the order of their calls.
  package private(set) var operators: [Operator] = []
  /// Operators without a rule or shapes, and without a known one within or around them, by name: how many there are.
  package private(set) var unknown: [String: Int] = [:]

  /// Looks for the operators of a recording.
  ///
  /// - Complexity: O(n log n) for n operators.
  package init(_ run: RecordedRun) {
    let trace = run.trace
    let parents = RecordedProgram.parents(run)
    var known = [Bool](repeating: false, count: trace.hostEvents.count)
    var hasKnown = [Bool](repeating: false, count: trace.hostEvents.count)
    for index in run.hostEvents where trace.hostEvents[index].kind == .frameworkOperator {
      let parent = Int(parents[index])
      // What is within an operator that is known is part of it.
      if parent >= 0, known[parent] {
        known[index] = true
        continue
      }
      let event = trace.hostEvents[index]
      guard
        let operation = RecordedOperator.reading(event, trace).known?.operation ?? Self.communication(event, trace)
      else { continue }
      known[index] = true
      operators.append(operation)
      var outer = parent
      while outer >= 0, !hasKnown[outer] {
        hasKnown[outer] = true
        outer = Int(parents[outer])
      }
    }
    let parentsOfSome = Set(parents.filter { $0 >= 0 })
    for index in run.hostEvents where trace.hostEvents[index].kind == .frameworkOperator {
      // Operators within an unknown one say what it does; those that hold nothing are the ones that are missing.
      guard !known[index], !hasKnown[index], !parentsOfSome.contains(Int32(index)) else { continue }
      unknown[trace.name(trace.hostEvents[index].name), default: 0] += 1
    }
  }

  /// What ranks do together, with the one tensor that each gives; nil for everything else.
  ///
  /// A replay has no use for it, since kernels of collectives are told by their own names.
  private static func communication(_ event: HostEvent, _ trace: Trace) -> Operator? {
    let name = trace.name(event.name)
    guard name.hasPrefix("c10d::"), event.inputs.haveShapes, let kind = OperatorRule.named(name)?.collective else {
      return nil
    }
    let inputs = trace.inputs(of: event)
    let tensors = inputs.shapes.enumerated().filter { $1.contains { !$0.isEmpty } }
    // PyTorch's have their results before what a rank gives, where these are other tensors.
    let hasResultsFirst = kind == .allGather || kind == .reduceScatter || kind == .allToAll
    guard let given = hasResultsFirst && tensors.count > 1 ? tensors[1] : tensors.first,
      let shape = given.element.first.flatMap({ Shape(checking: $0) })
    else { return nil }
    let type = given.offset < inputs.types.count ? inputs.types[given.offset] : ""
    return Operator(name: name, inputs: [shape], inputTypes: [RecordedOperator.elementType(type)])
  }

  /// A workload file of the operators, whose sizes are those of the run.
  ///
  /// It has no parameters, unless ranks do something together: how many they are is `ranks`. Each rank's own sizes are what was
  /// recorded, whatever their number.
  ///
  /// - Parameters:
  ///   - name: The workload's name.
  ///   - source: What it was made from.
  /// - Returns: The text.
  package func file(name: String, source: String) -> [UInt8] {
    var json = JSONWriter(layout: .compact)
    json.beginObject()
    for (key, text) in [("schema", Workload.schema), ("name", name), ("source", source)] {
      json.key(key)
      json.value(text)
    }
    json.key("parameters")
    json.beginObject()
    if operators.contains(where: { OperatorRule.named($0.name)?.collective != nil }) {
      json.key("ranks")
      json.value(1)
    }
    json.end()
    json.key("program")
    json.beginArray()
    for operation in operators { json.write(operation) }
    json.end()
    json.end()
    return json.takeBytes()
  }
}

extension JSONWriter {
  /// Writes an operator as a workload file has it.
  fileprivate mutating func write(_ operation: Operator) {
    beginObject()
    key("operator")
    value(operation.name)
    for (key, shapes) in [("inputs", operation.inputs), ("outputs", operation.outputs)] {
      self.key(key)
      beginArray()
      for shape in shapes { write(shape.dimensions) }
      end()
    }
    if operation.inputTypes.count == operation.inputs.count, operation.inputTypes.contains(where: { $0 != .float }) {
      key("dtypes")
      beginArray()
      for type in operation.inputTypes { value(type.rawValue) }
      end()
    }
    if !operation.attributes.isEmpty {
      key("attributes")
      beginObject()
      for attribute in operation.attributes {
        key(attribute.name)
        if let only = attribute.values.first, attribute.values.count == 1 {
          rawNumber(String(only))
        } else {
          write(attribute.values)
        }
      }
      end()
    }
    end()
  }

  private mutating func write(_ numbers: [Int64]) {
    beginArray()
    for number in numbers { rawNumber(String(number)) }
    end()
  }
}
