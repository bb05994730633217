import JSONText

/// How far measurements lie from the model's predictions, by what sets the latency: the model's own error, which a run
/// states and projections carry on.
///
/// Errors are logarithms, ln(measured / predicted), given by their quantiles: the distribution need not have a name.
package struct ErrorBand: Sendable, Equatable {
  /// The errors of a regime.
  package struct Errors: Sendable, Equatable {
    /// Their quantiles, one for each level, none below the one before it.
    package var quantiles: [Double]
    /// How many measurements they rest on.
    package var rows: Int

    /// Errors.
    package init(quantiles: [Double], rows: Int) {
      self.quantiles = quantiles
      self.rows = rows
    }
  }

  /// The probabilities that the quantiles belong to: rising, the first 0 and the last 1.
  package var quantileLevels: [Double]
  /// The errors where the host sets the latency.
  package var hostBound: Errors
  /// The errors where the device does.
  package var deviceBound: Errors
  /// The errors where host and device need about the same; nil where too few measurements say.
  package var nearKnee: Errors?
  /// Where the errors come from.
  package var provenance: Provenance

  /// A band.
  package init(
    quantileLevels: [Double], hostBound: Errors, deviceBound: Errors, nearKnee: Errors? = nil, provenance: Provenance
  ) {
    self.quantileLevels = quantileLevels
    self.hostBound = hostBound
    self.deviceBound = deviceBound
    self.nearKnee = nearKnee
    self.provenance = provenance
  }

  /// The error that a share of measurements does not exceed, linear between the quantiles.
  ///
  /// Near the knee, where no measurements say, it is the larger of the two sides' errors.
  ///
  /// - Parameters:
  ///   - share: From 0 to 1.
  ///   - regime: What sets the latency.
  /// - Returns: ln(measured / predicted).
  package func error(_ share: Double, _ regime: LatencyRegime) -> Double {
    switch regime {
    case .hostBound: return quantile(share, of: hostBound)
    case .deviceBound: return quantile(share, of: deviceBound)
    case .nearKnee:
      if let nearKnee { return quantile(share, of: nearKnee) }
      let (host, device) = (quantile(share, of: hostBound), quantile(share, of: deviceBound))
      return share < 0.5 ? min(host, device) : max(host, device)
    }
  }

  /// The factors that a share of measurements lies between, as far below as above: of 0.9 those of 5 and of 95 percent.
  package func logarithms(_ coverage: Double, _ regime: LatencyRegime) -> ClosedRange<Double> {
    let tail = (1 - coverage) / 2
    let low = error(tail, regime)
    return low...max(low, error(1 - tail, regime))
  }

  private func quantile(_ share: Double, of errors: Errors) -> Double {
    guard let above = quantileLevels.firstIndex(where: { $0 >= share }), above > 0 else { return errors.quantiles[0] }
    let (low, high) = (quantileLevels[above - 1], quantileLevels[above])
    let (start, end) = (errors.quantiles[above - 1], errors.quantiles[above])
    return start + (end - start) * (share - low) / (high - low)
  }
}

extension ErrorBand {
  /// Reads a document of schema `error_band/1`.
  ///
  /// - Throws: `JSONFault` at what is wrong: levels that do not rise from 0 to 1, quantiles that fall or are not as many,
  ///   quantiles near the knee without a number of rows.
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
    var rows = try root.required("rows").object()
    let count = quantileLevels.count
    func regime(_ key: String) throws(JSONFault) -> Errors {
      Errors(
        quantiles: try Self.quantiles(try errors.required(key), count),
        rows: Int(try rows.required(key).integer(1...1_000_000_000)))
    }
    hostBound = try regime("host_bound")
    deviceBound = try regime("device_bound")
    if let quantiles = errors.optional("near_knee") {
      nearKnee = Errors(
        quantiles: try Self.quantiles(quantiles, count),
        rows: Int(try rows.required("near_knee").integer(1...1_000_000_000)))
    }
    try errors.finish()
    try rows.finish()
    provenance = try Provenance.read(
      from: &root, known: SourcePaths(["log_error.host_bound", "log_error.device_bound", "log_error.near_knee"]))
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
    let regimes =
      [("host_bound", hostBound), ("device_bound", deviceBound)] + (nearKnee.map { [("near_knee", $0)] } ?? [])
    writer.key("log_error")
    writer.beginObject()
    for (key, errors) in regimes { write(key, errors.quantiles) }
    writer.end()
    writer.key("rows")
    writer.beginObject(onOneLine: true)
    for (key, errors) in regimes {
      writer.key(key)
      writer.value(errors.rows)
    }
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
