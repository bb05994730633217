#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

import JSONText

/// How far measurements lie from what a recording of one system predicts of another: the errors of moves.
///
/// A move multiplies what was measured by the ratio of two modeled times, so that an error which both have cancels. Rows are
/// of pairs of systems of which the same passes were measured; they are few, and a band allows for that.
package struct MoveErrors: Sendable, Equatable {
  /// What is different after a move.
  package enum Part: String, CaseIterable, Sendable {
    /// The accelerator: the times of kernels.
    case accelerators
    /// The batch: the times of kernels.
    case batches
    /// The host: its times, all divided by one number.
    case hosts
  }

  /// The moves between two systems, or of one system from batch to batch.
  package struct Row: Sendable, Equatable {
    /// Two systems, or one.
    package var systems: [String]
    /// How many passes were moved.
    package var passes: Int
    /// The root of the mean of the squares of ln(measured / moved).
    package var logarithmicError: Double

    /// A row.
    package init(systems: [String], passes: Int, logarithmicError: Double) {
      self.systems = systems
      self.passes = passes
      self.logarithmicError = logarithmicError
    }
  }

  /// The rows of each part.
  package var rows: [Part: [Row]]
  /// Where they come from.
  package var provenance: Provenance

  /// Errors.
  package init(rows: [Part: [Row]], provenance: Provenance = Provenance()) {
    self.rows = rows
    self.provenance = provenance
  }

  /// The different systems of some parts: on how many machines a band rests.
  package func systems(_ part: Part) -> Set<String> { Set((rows[part] ?? []).flatMap(\.systems)) }

  /// How many times what some parts of a move predict nine in ten measurements are, at most.
  ///
  /// Every row counts alike, however many passes it has: what is asked about is another pair. The errors are taken to be
  /// normal around zero, and their deviation as known no better than by the systems, which pairs share: hence Student's
  /// distribution with one degree of freedom less than there are systems. Parts add up by their squares.
  ///
  /// - Parameter parts: What is different.
  /// - Returns: At least 1; as far below, the measurements are divided by it. Nil where nothing was measured of a part.
  package func ninetyPercent(_ parts: Set<Part>) -> Double? {
    var squares = 0.0
    for part in parts {
      guard let rows = rows[part], !rows.isEmpty else { return nil }
      let square = rows.reduce(0) { $0 + $1.logarithmicError * $1.logarithmicError } / Double(rows.count)
      let quantile = Student.quantile95(degreesOfFreedom: max(1, systems(part).count - 1))
      squares += square * quantile * quantile
    }
    return exp(squares.squareRoot())
  }
}

/// Student's distribution: how far a mean of few lies from what many would give.
enum Student {
  /// What 95 in 100 do not exceed, in deviations: with both tails nine in ten lie within.
  ///
  /// Source: any table of the distribution; beyond 30 degrees of freedom the first term of Fisher's expansion.
  static func quantile95(degreesOfFreedom: Int) -> Double {
    let table = [
      6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746,
      1.740, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701, 1.699, 1.697,
    ]
    guard degreesOfFreedom > table.count else { return table[max(1, degreesOfFreedom) - 1] }
    let normal = 1.644854
    return normal + (normal * normal * normal + normal) / (4 * Double(degreesOfFreedom))
  }
}

extension MoveErrors {
  /// Reads a document of schema `move_errors/1`.
  ///
  /// - Throws: `JSONFault` at what is wrong: a pair of one system, no passes, an error that is none.
  package init(from document: JSONDocument) throws(JSONFault) {
    var root = try document.cursor.object()
    try root.schema("move_errors/1")
    var rows: [Part: [Row]] = [:]
    for part in Part.allCases {
      guard let list = root.optional(part.rawValue) else { continue }
      for element in try list.array() {
        var row = try element.object()
        rows[part, default: []].append(
          Row(
            systems: try Self.systems(row.required("systems"), part),
            passes: Int(try row.required("passes").integer(1...1_000_000_000)),
            logarithmicError: try row.required("log_error").number(.between(0, 10))))
        try row.finish()
      }
    }
    self.rows = rows
    provenance = try Provenance.read(from: &root, known: SourcePaths(Part.allCases.map(\.rawValue)))
    try root.finish()
  }

  private static func systems(_ cursor: JSONCursor, _ part: Part) throws(JSONFault) -> [String] {
    var names: [String] = []
    for element in try cursor.array() { names.append(try element.nonEmptyString()) }
    let count = part == .batches ? 1 : 2
    guard names.count == count, Set(names).count == count else {
      throw cursor.fault(
        .described(
          problem: count == 1 ? "must be one system" : "must be two different systems",
          advice: count == 1 ? #"write ["nvidia-h100-sxm"]"# : #"write ["nvidia-h100-sxm", "amd-mi300x"]"#))
    }
    return names
  }
}

extension ProfileCatalog {
  /// The errors of moved recordings, from the first folder that has `error-bands/moves.json`.
  ///
  /// - Returns: The errors; nil where no folder has some.
  /// - Throws: `ProfileFault` for a file that is wrong.
  package static func moveErrors(directories: [String]) throws(ProfileFault) -> MoveErrors? {
    for directory in directories {
      let folder = directory + "/error-bands"
      let files: [String]
      do { files = try listFilesIfThere(in: folder, suffix: ".json") } catch { throw .file(error) }
      guard files.contains("moves.json") else { continue }
      return try readDocument(folder + "/moves.json") { document throws(JSONFault) in
        try MoveErrors(from: document)
      }
    }
    return nil
  }
}
