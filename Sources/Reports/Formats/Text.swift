import JSONText
import Studies

extension Report {
  /// Tables and sentences for a terminal, an empty line between blocks.
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled, by ANSI escape sequences; headings are then bold.
  ///   - width: The columns of the terminal, to which all is fitted; nil for a file or a pipe, where nothing is left out or
  ///     cut, and prose takes 100.
  /// - Returns: Lines, each ended by a line break.
  package func text(styled: Bool, width: Int? = nil) -> String {
    blocks.map { $0.text(styled: styled, width: width) }.joined(separator: "\n")
  }
}

/// How long a line of prose is, and up to where bars go, where nothing limits them.
private let usualWidth = 100

extension ReportBlock {
  fileprivate func text(styled: Bool, width: Int?) -> String {
    func fitted(_ line: String) -> String {
      guard let width, line.count > width else { return line + "\n" }
      return wrapped(line, width: width, indent: 2)
    }
    switch self {
    case .lines(let lines): return lines.map(fitted).joined()
    case .paragraphs(let texts, let indent):
      return texts.map { wrapped($0, width: min(usualWidth, width ?? usualWidth), indent: indent) }.joined()
    case .commands(let commands, let title): return title + "\n" + Self.text(commands, width: width ?? usualWidth)
    case .table(let table, let title, let bars, let note):
      return (title.map(fitted) ?? "") + table.text(styled: styled, width: width, bars: bars) + (note.map(fitted) ?? "")
    }
  }

  /// Commands with what they show beside them, or below where there is no room.
  private static func text(_ commands: [(line: String, shows: String)], width: Int) -> String {
    let widest = commands.map(\.line.count).max() ?? 0
    let longest = commands.map(\.shows.count).max() ?? 0
    if 2 + widest + 2 + longest <= width {
      return commands.map { "  " + $0.line.padded(to: widest) + "  " + $0.shows + "\n" }.joined()
    }
    return commands.map { command in
      brokenCommand(command.line, width: width - 2, indent: 4).map { "  " + $0 + "\n" }.joined()
        + wrapped("    " + command.shows, width: width, indent: 0)
    }.joined()
  }
}

extension String {
  /// The text with spaces behind it, so that it has so many characters.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Table {
  /// The table in columns for a terminal or a text file; on a terminal that is too narrow for them, a block for each row.
  ///
  /// What its columns state once stands above it, where all rows have the same. Where columns do not fit a terminal, their
  /// headings are broken between words, then the texts of a table that may be cut are, down to 20 characters, then columns
  /// are left out by their rank, and named below. Headings and numbers are never cut.
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled, by ANSI escape sequences; the heading is then bold.
  ///   - width: The columns that the terminal has; nil for no limit, where nothing is cut or left out.
  ///   - bars: Numbers as bars behind the table, where it leaves room for their heading, up to 24 characters.
  /// - Returns: Lines without trailing spaces, each ended by a line break.
  package func text(styled: Bool = false, width: Int? = nil, bars: TableBars? = nil) -> String {
    var table = shown
    let stated = table.takeStated()
    var text = stated.isEmpty ? "" : wrapped(stated, width: width ?? usualWidth, indent: 2)
    guard let layout = table.layout(within: width) else {
      return text + table.stacked(styled: styled, width: width ?? usualWidth)
    }
    if let bars, bars.values.count == count, layout.leftOut.isEmpty {
      let room = min(24, (width ?? usualWidth) - layout.width - 2)
      if room >= max(8, bars.title.count), !layout.isBroken {
        table.append(bars, width: room)
        return text + table.text(table.layout, styled: styled)
      }
    }
    text += table.text(layout, styled: styled)
    let names = unique(layout.leftOut.map { table.columns[$0].title })
    guard !names.isEmpty, let width else { return text }
    return text + wrapped("no room for: " + names.joined(separator: ", "), width: width, indent: 2)
  }

  /// The table as people see it.
  var shown: ShownTable {
    let places = places(for: .people)
    return ShownTable(
      columns: places.map { ShownTable.Column(fields[$0], isCut: isCut && !fields[$0].isNumber) },
      rows: (0..<count).map { index in
        let cells = cells(index)
        return places.map { place in
          let cell = cells[place]
          return (visible(cell.shown ?? fields[place].display.text(of: cell.value)), cell.style)
        }
      })
  }
}
