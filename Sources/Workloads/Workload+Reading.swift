import JSONText

extension Workload {
  /// The schema that files name.
  public static let schema = "workload/1"

  /// The most bytes that a workload file may have, 64 MiB: those of some hundred thousand operators without repeats.
  public static let fileSizeLimit = 64 << 20

  /// The most values of a file that is read into a tree, 4,194,304: what bounds the memory for it.
  ///
  /// A program whose operators are plain needs no tree, and may have more.
  static let valueLimit = 1 << 22

  /// The highest value of a parameter: that of a tensor with as many elements as there may be.
  public static let parameterValueLimit = Shape.elementLimit

  /// The most parameters that a workload may have.
  public static let parameterLimit = 64

  /// Reads a workload file.
  ///
  /// - Parameter path: The file; a relative path starts at the working directory.
  /// - Throws: ``WorkloadFault/unreadable(_:)`` or ``WorkloadFault/inFile(_:)``.
  public init(path: String) throws(WorkloadFault) {
    let bytes: [UInt8]
    do {
      bytes = try readFileBytes(path, limit: Workload.fileSizeLimit)
    } catch {
      throw .unreadable(error)
    }
    do {
      try self.init(bytes: bytes, file: path)
    } catch {
      throw .inFile(error)
    }
  }

  /// Reads the text of a workload file.
  ///
  /// - Parameters:
  ///   - bytes: The text, in UTF-8.
  ///   - file: The name of the file, for faults.
  /// - Throws: The first thing that is wrong, with its place.
  public init(bytes: [UInt8], file: String) throws(JSONFault) {
    try self.init(bytes: bytes, file: file, scans: true)
  }

  /// Reads a text, its program from a tree where `scans` is false: the same, as tests hold one way to the other.
  init(bytes: [UInt8], file: String, scans: Bool) throws(JSONFault) {
    let source = JSONSource(bytes: bytes, file: file)
    if scans, let scanned = try? Workload(scanning: source) {
      self = scanned
    } else {
      let document = try JSONDocument(source: source, valueLimit: Workload.valueLimit)
      try self.init(document, scanned: nil)
    }
  }

  /// Reads a text whose program is plain; whatever is thrown says only that it has to be read from a tree.
  private init(scanning source: JSONSource) throws(JSONFault) {
    var scanned: ScannedProgram?
    let left = JSONLeftMember("program") { bytes, offset, members in
      guard let names = parameterNames(members) else { return nil }
      var scanner = ProgramScanner(bytes, of: source, from: offset, parameters: names)
      guard let program = scanner.program(depth: 0) else { return nil }
      scanned = ScannedProgram(statements: program, operators: scanner.operators)
      return scanner.offset
    }
    let document = try JSONDocument(source: source, valueLimit: Workload.valueLimit, leaving: left)
    try self.init(document, scanned: scanned)
  }

  /// Reads such a document.
  ///
  /// - Throws: The first thing that is wrong, with its place.
  package init(from document: JSONDocument) throws(JSONFault) {
    try self.init(document, scanned: nil)
  }

  /// Reads a document, whose program may have been read already.
  private init(_ document: JSONDocument, scanned: ScannedProgram?) throws(JSONFault) {
    var root = try document.cursor.object()
    try root.schema(Workload.schema)
    // Both are only shown: whatever they hold, they are one line of characters that show themselves.
    name = visible(try root.required("name").nonEmptyString())
    title = try root.optional("title").map { (cursor) throws(JSONFault) in visible(try cursor.string()) }
    source = try root.optional("source")?.string()
    notes = try root.optional("notes")?.string()
    parameters = try readParameters(try root.required("parameters"))
    let reader = ProgramReader(parameters: parameters.map(\.name))
    weightElements = try root.optional("weight_elements").map { (value) throws(JSONFault) in
      try reader.integer(value, atLeast: 0)
    }
    inputs = try reader.tensors(of: &root, listedAs: "inputs", types: "dtypes")
    outputs = try reader.tensors(of: &root, listedAs: "outputs", types: "output_dtypes")
    library = try root.optional("library").map(readLibrary) ?? .torch
    let modules = root.optional("modules")
    let entries = try root.required("program")
    var operators = scanned?.operators ?? OperatorTexts()
    if let scanned {
      program = scanned.statements
    } else {
      program = try reader.program(entries, depth: 0, into: &operators)
    }
    self.operators = operators
    self.modules = try reader.modules(modules, calledBy: program)
    try root.finish()
    json = document.source
  }
}

/// A program that was read without a tree.
private struct ScannedProgram {
  let statements: [WorkloadStatement]
  let operators: OperatorTexts
}

/// The names of the parameters among the members of a document's root; nil if they do not stand there.
private func parameterNames(_ members: [JSONMember]) -> [String]? {
  guard let parameters = members.first(where: { $0.key == "parameters" }),
    case .object(let names) = parameters.value.content
  else { return nil }
  return names.map(\.key)
}

private func readLibrary(_ cursor: JSONCursor) throws(JSONFault) -> ModuleLibrary {
  let known = ModuleLibrary.allCases.map(\.rawValue)
  return ModuleLibrary(rawValue: try cursor.choice(of: known, as: "library of modules")) ?? .torch
}

/// Reads `{ "batch": 1, ... }`.
private func readParameters(_ cursor: JSONCursor) throws(JSONFault) -> [WorkloadParameter] {
  var parameters: [WorkloadParameter] = []
  let members = try cursor.object().members
  guard members.count <= Workload.parameterLimit else {
    throw cursor.fault(.tooManyParameters(limit: Workload.parameterLimit))
  }
  for member in members {
    guard isParameterName(member.key) else { throw member.fault(.badParameterName(member.key)) }
    let value = try member.value.integer(0...Workload.parameterValueLimit)
    parameters.append(WorkloadParameter(name: member.key, defaultValue: value))
  }
  return parameters
}
