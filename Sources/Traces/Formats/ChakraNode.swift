import JSONText

/// A node of a Chakra graph, as far as a workload has a use for it.
struct ChakraNode {
  var id: Int64 = 0
  var name = ""
  /// The number of its type in the schema.
  var type: Int64 = 0
  /// The node that it was called from, if any is named.
  var parent: Int64?
  /// What went in, as Python writes lists.
  var shapes = ""
  var types = ""
  var values = ""
  /// Whether the host runs it; unsaid, it does.
  var isOfHost = true
  /// The number of what ranks do together, and the bytes that one gives.
  var collective: Int64?
  var bytes: Int64?

  /// The numbers of the types that matter (`NodeType`).
  enum Kind {
    static let metadata: Int64 = 1
    static let computation: Int64 = 4
    static let send: Int64 = 5
    static let receive: Int64 = 6
    static let collective: Int64 = 7
  }

  /// A type by its name, as protobuf's JSON has it.
  static func kind(named name: String) -> Int64 {
    switch name {
    case "METADATA_NODE": Kind.metadata
    case "COMP_NODE": Kind.computation
    case "COMM_SEND_NODE": Kind.send
    case "COMM_RECV_NODE": Kind.receive
    case "COMM_COLL_NODE": Kind.collective
    default: 0
    }
  }

  /// PyTorch's name of what ranks do together; nil for what is no communication, or none that is known.
  ///
  /// Numbers are those of `CollectiveCommType`; unsaid is the first of them, as in every protobuf.
  var communication: String? {
    switch type {
    case Kind.send, Kind.receive: return "c10d::send"
    case Kind.collective: break
    default: return nil
    }
    switch collective ?? 0 {
    case 0: return "c10d::allreduce_"
    case 2: return "c10d::allgather_"
    case 5: return "c10d::broadcast_"
    case 6: return "c10d::alltoall_"
    case 7, 8: return "c10d::reduce_scatter_"
    default: return nil
    }
  }

  /// Notes an attribute that matters.
  mutating func note(attribute name: String, integer: Int64?, flag: Bool?) {
    switch name {
    case "is_cpu_op": isOfHost = flag ?? (integer.map { $0 != 0 } ?? isOfHost)
    case "comm_type": collective = integer
    case "comm_size": bytes = integer
    default: break
    }
  }

  /// As a node of an execution trace, which it is made from; nil for what a workload has no place for.
  var asOperator: ExecutionTrace.Node? {
    let parent = parent ?? id
    if let communication {
      guard let bytes, bytes > 0 else { return nil }
      return ExecutionTrace.Node(
        id: id, parent: parent, name: communication, isOperator: true,
        inputs: ExecutionTrace.Inputs(bytes: bytes))
    }
    // A kernel stands below the operator that launched it; one alone is a piece of work of which nothing else is known.
    if !isOfHost, self.parent != nil { return nil }
    let isOperator = name.contains("::") || (self.parent == nil && !isOfHost) || type == Kind.collective
    let record: JSONRecord = .object([
      "inputs": .object([
        "shapes": PythonLiteral.value(of: shapes), "types": PythonLiteral.value(of: types),
        "values": PythonLiteral.value(of: values),
      ])
    ])
    return ExecutionTrace.Node(
      id: id, parent: parent, name: name, isOperator: isOperator && type != Kind.metadata,
      inputs: ExecutionTrace.Inputs(record))
  }
}

extension ChakraNode {
  /// A node as the wire format has it.
  init(_ bytes: [UInt8], _ range: Range<Int>) throws(WireReader.Damage) {
    var reader = WireReader(bytes, range)
    func text(_ value: WireReader.Value) -> String {
      value.range.map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
    }
    while let (field, value) = try reader.next() {
      switch field {
      case 1: id = value.integer ?? 0
      case 2: name = text(value)
      case 3: type = value.integer ?? 0
      case 4: if parent == nil { parent = try Self.first(value, bytes) }
      case 8:
        guard let range = value.range else { continue }
        var inputs = WireReader(bytes, range)
        while let (field, value) = try inputs.next() {
          switch field {
          case 1: values = text(value)
          case 2: shapes = text(value)
          case 3: types = text(value)
          default: break
          }
        }
      case 10: if let range = value.range { try note(bytes, range) }
      default: break
      }
    }
  }

  /// The first of repeated numbers, which are packed or not.
  private static func first(_ value: WireReader.Value, _ bytes: [UInt8]) throws(WireReader.Damage) -> Int64? {
    guard let range = value.range else { return value.integer }
    var packed = WireReader(bytes, range)
    return range.isEmpty ? nil : Int64(bitPattern: try packed.variableForProbe())
  }

  private mutating func note(_ bytes: [UInt8], _ range: Range<Int>) throws(WireReader.Damage) {
    var reader = WireReader(bytes, range)
    var name = ""
    var integer: Int64?
    while let (field, value) = try reader.next() {
      switch field {
      case 1: name = value.range.map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
      // Integers of both signs, and truth values.
      case 7, 9, 11, 13, 19, 21, 23, 25, 27: integer = value.integer
      // These two have their sign in the last bit.
      case 15, 17: integer = value.number.map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
      default: break
      }
    }
    note(attribute: name, integer: integer, flag: nil)
  }

  /// A node as protobuf's JSON has it, or the feeder's own JSON.
  init(_ record: JSONRecord) {
    func member(_ names: String...) -> JSONRecord? { names.lazy.compactMap { record[$0] }.first }
    id = member("id", "Id")?.integer ?? 0
    name = member("name", "Name")?.text ?? ""
    let type = member("type", "NodeType")
    self.type = type?.text.map { Int64($0) ?? Self.kind(named: $0) } ?? 0
    parent = member("ctrlDeps", "ctrl_deps")?.elements.first?.integer
    shapes = record["inputs"]?["shapes"]?.text ?? ""
    types = record["inputs"]?["types"]?.text ?? ""
    values = record["inputs"]?["values"]?.text ?? ""
    for attribute in record["attr"]?.elements ?? [] {
      guard case .object(let members) = attribute, let name = attribute["name"]?.text else { continue }
      let value = members.first { $0.key.hasSuffix("Val") || $0.key.hasSuffix("_val") }?.value
      note(attribute: name, value)
    }
    // The feeder's own JSON has attributes beside the rest.
    for name in ["is_cpu_op", "comm_type", "comm_size"] {
      if let value = record[name] { note(attribute: name, value) }
    }
  }

  private mutating func note(attribute name: String, _ value: JSONRecord?) {
    var flag: Bool?
    if case .flag(let known)? = value { flag = known }
    note(attribute: name, integer: value?.integer, flag: flag)
  }
}
