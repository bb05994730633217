import JSONText

extension Workload {
  /// The schema that files name.
  public static let schema = "workload/1"

  /// The most bytes that a workload file may have, 16 MiB; the largest that is shipped has a hundredth of them.
  public static let fileSizeLimit = 16 << 20

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
    try self.init(from: JSONDocument(bytes: bytes, file: file))
  }

  /// Reads such a document.
  ///
  /// - Throws: The first thing that is wrong, with its place.
  package init(from document: JSONDocument) throws(JSONFault) {
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
    program = try reader.program(try root.required("program"), depth: 0)
    self.modules = try reader.modules(modules, calledBy: program)
    try root.finish()
    json = document.source
  }
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
