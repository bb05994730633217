import Charts
import JSONText
import OutputFiles
import Reports

/// A file that holds one chart, or the numbers behind it, as the ending of its name says.
struct ChartFile: Sendable {
  /// How a chart is written.
  enum Format: String, CaseIterable, Sendable {
    /// A drawing.
    case svg = ".svg"
    /// A picture of dots.
    case png = ".png"
    /// A specification for Vega-Lite.
    case vegaLite = ".vl.json"
    /// The same.
    case json = ".json"
    /// The numbers.
    case csv = ".csv"
    /// The numbers, a JSON object on each line.
    case jsonl = ".jsonl"
    /// The numbers as a table.
    case markdown = ".md"
  }

  let path: String
  let format: Format
  private let painter: PicturePainter?

  /// A file.
  ///
  /// - Parameters:
  ///   - path: Its path; `-` is standard output, which gets a drawing.
  ///   - option: The option that names it, for messages.
  /// - Throws: ``Failure`` for a name that says no format, and for a picture that nothing here can make.
  init(_ path: String, option: String) throws(Failure) {
    self.path = path
    // A drawing is what standard output is most likely to be read for.
    guard let format = path == "-" ? .svg : Self.format(of: path) else {
      throw .usage("--\(option) ends in .svg, .png, .vl.json, .csv, .jsonl or .md (it is '\(path)')")
    }
    self.format = format
    painter = format == .png ? try PicturePainter(for: path) : nil
  }

  /// The format that a name's ending says.
  static func format(of path: String) -> Format? { Format.allCases.first { path.lowercased().hasSuffix($0.rawValue) } }

  /// Whether the width of the drawing matters.
  var isDrawn: Bool { format == .svg || format == .png }

  /// Writes a chart.
  ///
  /// - Parameters:
  ///   - figure: The chart.
  ///   - width: The width of a drawing, in pixels; a picture has twice as many dots.
  /// - Throws: ``Failure`` where it cannot be written; then what was there before is there still.
  func write(_ figure: Figure, width: Double = 900) throws(Failure) {
    let written = WrittenFile(try checking { try OutputTarget(path) })
    switch format {
    case .svg: try writeOutput(figure.chart.svg(width: width), to: path)
    case .png:
      guard let painter else { return }
      let bytes = try painter.picture(of: figure.chart.svg(width: width, isAdaptive: false))
      try checking {
        try OutputFile.write(to: OutputTarget(path)) { (emit) throws(OutputFault) in try emit(bytes) }
      }
    case .vegaLite, .json: try writeOutput(figure.chart.vegaLite(), to: path)
    case .csv: try writeOutput(figure.table.csv(), to: path)
    case .jsonl: try writeOutput(figure.table.jsonLines(), to: path)
    case .markdown: try writeOutput(figure.table.markdown(), to: path)
    }
    written.say()
  }
}
