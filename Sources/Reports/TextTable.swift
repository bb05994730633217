import JSONText

/// A table of texts, rendered for a terminal, for Markdown or as CSV.
///
/// ```swift
/// var table = TextTable(columns: [
///   TextTable.Column("workload"), TextTable.Column("latency", unit: "ms", alignment: .number, key: "latency_ms"),
/// ])
/// table.append(["resnet50", "7.25"])
/// table.append(["gpt2-large", TextTable.Cell("31.5", style: .bold)])
/// print(table.text(), terminator: "")
/// // workload    latency
/// //                  ms
/// // ──────────  ───────
/// // resnet50       7.25
/// // gpt2-large    31.5
/// ```
///
/// Cells come formatted: the table aligns, it does not round. A character counts as one terminal column. What cells and
/// headings say may come from outside: it is made `visible(_:)`, whatever it is, and stays on its line.
///
/// Invariant: every row has one cell per column.
public struct TextTable: Hashable, Sendable {
  /// How the cells of a column line up.
  public enum Alignment: Hashable, Sendable {
    /// On the left.
    case text
    /// On the decimal point, or behind the digits where there is none; the title stands on the right.
    case number
  }

  /// A column: its heading and how its cells line up.
  public struct Column: Hashable, Sendable {
    /// The heading.
    public let title: String

    /// The unit of the cells, on a line of its own under the title; `nil` for none.
    public let unit: String?

    /// How the cells line up.
    public let alignment: Alignment

    /// The heading in CSV, for programs.
    public let key: String

    /// Creates a column.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - unit: The unit of the cells.
    ///   - alignment: How the cells line up.
    ///   - key: The heading in CSV; the title by default.
    public init(_ title: String, unit: String? = nil, alignment: Alignment = .text, key: String? = nil) {
      self.title = visible(title)
      self.unit = unit.map(visible)
      self.alignment = alignment
      self.key = key ?? title
    }
  }

  /// A cell: a text, and how it stands out.
  public struct Cell: Hashable, Sendable, ExpressibleByStringLiteral {
    /// What the cell says to people.
    public let text: String

    /// How the text stands out on a terminal; `nil` for plain.
    public let style: TextStyle?

    /// What the cell says to programs, in CSV: the exact number where the text is rounded.
    public let data: String

    /// Creates a cell.
    ///
    /// - Parameters:
    ///   - text: What the cell says to people; one line.
    ///   - style: How it stands out on a terminal.
    ///   - data: What it says in CSV; the text by default.
    public init(_ text: String, style: TextStyle? = nil, data: String? = nil) {
      self.text = visible(text)
      self.style = style
      self.data = data ?? text
    }

    /// Creates a plain cell.
    public init(stringLiteral text: String) { self.init(text) }
  }

  /// The columns, from the left.
  public let columns: [Column]

  /// The rows, from the top.
  public private(set) var rows: [[Cell]] = []

  /// Creates a table without rows.
  public init(columns: [Column]) { self.columns = columns }

  /// Adds a row at the bottom.
  ///
  /// - Precondition: `row` has one cell per column.
  public mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row of \(row.count) cells in a table of \(columns.count) columns")
    rows.append(row)
  }
}
