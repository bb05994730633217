import JSONText
import Kernels
import Profiles
import Roofline
import Traces

/// What a recording says of one collective: from its kernel's arguments, the operators around its launch, and its name.
struct CollectiveReading: Hashable {
  /// What the ranks do; nil where nothing says it.
  var kind: CollectiveKind?
  /// How many they are; nil where nothing says it.
  var ranks: Double?
  /// Bytes that a rank gives; nil where they were not recorded.
  var bytes: Double?
  /// The process group; nil where it was not recorded.
  var group: String?
  /// Which of the group's collectives it is; nil where it was not recorded.
  var sequence: Int64?

  /// - Parameters:
  ///   - kernel: The kernel's name.
  ///   - collective: What was recorded with the kernel, a place in the recording's list; -1 for nothing.
  ///   - operation: The innermost operator around the launch, an index into the recording's host events; -1 for none.
  ///   - parents: For each host event, the operator around it.
  ///   - trace: The recording.
  init(kernel: String, collective: Int32, operation: Int32, parents: [Int32], _ trace: Trace) {
    kind = CollectiveKind(kernel: kernel)
    if let recorded = trace.collective(collective) { add(recorded, trace) }
    var index = operation
    // Operators nest a dozen deep.
    for _ in 0..<64 where index >= 0 && trace.hostEvents.indices.contains(Int(index)) {
      let event = trace.hostEvents[Int(index)]
      if let recorded = trace.collective(of: event) { add(recorded, trace) }
      if kind == nil { kind = OperatorRule.named(trace.name(event.name))?.collective }
      index = parents[Int(index)]
    }
    // Libraries make an exchange of all with all of sends and receipts in one kernel.
    if kind == nil, kernel.lowercased().contains("sendrecv") { kind = .allToAll }
    if ranks == nil, let count = trace.rankCount, count > 0 { ranks = Double(count) }
  }

  /// Takes over what is not known yet.
  private mutating func add(_ recorded: RecordedCollective, _ trace: Trace) {
    if kind == nil, recorded.name >= 0 { kind = CollectiveKind(words: trace.name(recorded.name)) }
    if ranks == nil, recorded.ranks > 0 { ranks = Double(recorded.ranks) }
    if group == nil, recorded.group >= 0 { group = trace.name(recorded.group) }
    if sequence == nil, recorded.sequence >= 0 { sequence = recorded.sequence }
    let isExchange = CollectiveKind(words: trace.name(recorded.name)) == .allToAll
    let elements = isExchange ? max(recorded.elements, recorded.elementsReceived) : recorded.elements
    if bytes == nil, elements > 0, let width = Self.width(of: trace.name(recorded.elementType)) {
      bytes = Double(elements) * width
    }
  }

  /// Bytes of an element by the name of its type; nil where it is none of PyTorch's.
  private static func width(of type: String) -> Double? {
    switch type.lowercased() {
    case "byte", "char", "bool", "uint8", "int8": 1
    case let name where name.hasPrefix("float8"): 1
    case "half", "bfloat16", "short", "float16", "int16", "uint16": 2
    case "float", "int", "float32", "int32", "uint32", "complexhalf": 4
    case "double", "long", "float64", "int64", "uint64", "complexfloat": 8
    case "complexdouble": 16
    default: nil
    }
  }
}

extension CollectiveKind {
  /// What the name of a library's kernel says; nil where it may be several.
  init?(kernel name: String) {
    let lower = name.lowercased()
    if lower.contains("cross_device_reduce") || lower.contains("quickreduce") {
      self = .allReduce
    } else if lower.contains("sendrecv") {
      return nil
    } else {
      self.init(words: name)
    }
  }

  /// What PyTorch's or a library's word for a collective says.
  ///
  /// What goes to or from one rank takes the way of the collective with the same traffic at that rank.
  init?(words: String) {
    let lower = words.lowercased().filter { $0 != "_" }
    let found = Self.words.first { word, _ in lower.contains(word) }
    guard let found else { return nil }
    self = found.kind
  }

  /// More special words before those that they contain.
  private static let words: [(word: String, kind: CollectiveKind)] = [
    ("reducescatter", .reduceScatter), ("allreduce", .allReduce), ("allgather", .allGather), ("alltoall", .allToAll),
    ("deepep", .allToAll), ("barrier", .allReduce), ("broadcast", .broadcast), ("sendrecv", .allToAll),
    ("gather", .allGather), ("scatter", .allToAll), ("reduce", .broadcast), ("send", .sendReceive),
    ("recv", .sendReceive),
  ]
}
