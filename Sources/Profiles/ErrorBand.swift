import JSONText

/// How far measurements lie from the model's predictions, by what sets the latency: the model's own error, which
/// projections carry on.
///
/// Errors are logarithms, ln(measured / predicted), given by their quantiles: the distribution need not have a name.
package struct ErrorBand: Sendable, Equatable {
  /// The probabilities that the quantiles belong to: rising, the first 0 and the last 1.
  package var quantileLevels: [Double]
  /// The quantiles of the errors where the host sets the latency.
  package var hostBound: [Double]
  /// The quantiles of the errors where the device does.
  package var deviceBound: [Double]
  /// How many measurements the host's quantiles rest on.
  package var hostBoundRows: Int
  /// How many measurements the device's quantiles rest on.
  package var deviceBoundRows: Int
  /// Where the errors come from.
  package var provenance: Provenance

  /// A band.
  package init(
    quantileLevels: [Double], hostBound: [Double], deviceBound: [Double], hostBoundRows: Int, deviceBoundRows: Int,
    provenance: Provenance
  ) {
    self.quantileLevels = quantileLevels
    self.hostBound = hostBound
    self.deviceBound = deviceBound
    self.hostBoundRows = hostBoundRows
    self.deviceBoundRows = deviceBoundRows
    self.provenance = provenance
  }

  /// The error that a share of measurements does not exceed, linear between the quantiles.
  ///
  /// - Parameters:
  ///   - share: From 0 to 1.
  ///   - isHostBound: Whether the host sets the latency.
  /// - Returns: ln(measured / predicted).
  package func error(_ share: Double, isHostBound: Bool) -> Double {
    let quantiles = isHostBound ? hostBound : deviceBound
    guard let above = quantileLevels.firstIndex(where: { $0 >= share }), above > 0 else { return quantiles[0] }
    let (low, high) = (quantileLevels[above - 1], quantileLevels[above])
    return quantiles[above - 1] + (quantiles[above] - quantiles[above - 1]) * (share - low) / (high - low)
  }
}

extension ErrorBand {
  /// Reads a document of schema `error_band/1`.
  ///
  /// - Throws: `JSONFault` at what is wrong: levels that do not rise from 0 to 1, quantiles that fall or are not as many.
  package init(from document: JSONDocument) throws(JSONFault) {
    var root = try document.cursor.object()
    try root.schema("error_band/1")
    let levels = try root.required("quantile_levels")
    quantileLevels = try Self.numbers(levels, .between(0, 1))
    guard quantileLevels.count >= 2, quantileLevels.first == 0, quantileLevels.last == 1,
      zip(quantileLevels, quantileLevels.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw levels.fault(.described(problem: "must rise from 0 to 1", advice: "write [0, 0.25, 0.5, 0.75, 1]"))
    }
    var errors = try root.required("log_error").object()
    hostBound = try Self.quantiles(try errors.required("host_bound"), quantileLevels.count)
    deviceBound = try Self.quantiles(try errors.required("device_bound"), quantileLevels.count)
    try errors.finish()
    var rows = try root.required("rows").object()
    hostBoundRows = Int(try rows.required("host_bound").integer(1...1_000_000_000))
    deviceBoundRows = Int(try rows.required("device_bound").integer(1...1_000_000_000))
    try rows.finish()
    provenance = try Provenance.read(
      from: &root, known: SourcePaths(["log_error.host_bound", "log_error.device_bound"]))
    try root.finish()
  }

  private static func numbers(_ cursor: JSONCursor, _ range: NumberRange) throws(JSONFault) -> [Double] {
    var numbers: [Double] = []
    for element in try cursor.array() { numbers.append(try element.number(range)) }
    return numbers
  }

  private static func quantiles(_ cursor: JSONCursor, _ count: Int) throws(JSONFault) -> [Double] {
    let quantiles = try numbers(cursor, .between(-10, 10))
    guard quantiles.count == count else {
      throw cursor.fault(
        .described(
          problem: "must have a number for each quantile level, \(count) (it has \(quantiles.count))", advice: ""))
    }
    guard zip(quantiles, quantiles.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw cursor.fault(.described(problem: "must not fall from one quantile to the next", advice: ""))
    }
    return quantiles
  }

  /// The band as a document of schema `error_band/1`, which ``init(from:)`` reads back.
  package func json() -> String {
    var writer = JSONWriter()
    func write(_ key: String, _ numbers: [Double]) {
      writer.key(key)
      writer.beginArray(onOneLine: true)
      for number in numbers { writer.value(number) }
      writer.end()
    }
    writer.beginObject()
    writer.key("schema")
    writer.value("error_band/1")
    write("quantile_levels", quantileLevels)
    writer.key("log_error")
    writer.beginObject()
    write("host_bound", hostBound)
    write("device_bound", deviceBound)
    writer.end()
    writer.key("rows")
    writer.beginObject(onOneLine: true)
    writer.key("host_bound")
    writer.value(hostBoundRows)
    writer.key("device_bound")
    writer.value(deviceBoundRows)
    writer.end()
    writer.key("sources")
    writer.beginObject()
    for source in provenance.sources {
      writer.key(source.path)
      writer.beginObject()
      for (key, text) in [("kind", source.kind.rawValue), ("from", source.from), ("note", source.note)] where text != ""
      {
        writer.key(key)
        writer.value(text)
      }
      writer.end()
    }
    writer.end()
    writer.end()
    return writer.text
  }
}

extension ProfileCatalog {
  /// The error band of a model, from the first folder that has one: `error-bands/NAME.json`.
  ///
  /// - Returns: The band; nil where no folder has one.
  /// - Throws: `ProfileFault` for a file that is wrong.
  package func errorBand(named name: String) throws(ProfileFault) -> ErrorBand? {
    try Self.errorBand(named: name, directories: directories)
  }

  /// The same, of some folders.
  package static func errorBand(named name: String, directories: [String]) throws(ProfileFault) -> ErrorBand? {
    for directory in directories {
      let folder = directory + "/error-bands"
      let files: [String]
      do { files = try listFilesIfThere(in: folder, suffix: ".json") } catch { throw .file(error) }
      guard files.contains(name + ".json") else { continue }
      return try readDocument(folder + "/\(name).json") { document throws(JSONFault) in
        try ErrorBand(from: document)
      }
    }
    return nil
  }
}
