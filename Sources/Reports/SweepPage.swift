import Charts
import JSONText
import Studies

/// The rows of a sweep as a page: latency and tax against what was varied most finely, and all rows to sort.
package struct SweepPage: Sendable {
  private let rows: SweepTable
  private let file: String
  private let command: String

  /// A page.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - file: What they were read from.
  ///   - command: How the page is made.
  package init(rows: SweepTable, file: String, command: String) {
    self.rows = rows
    self.file = file
    self.command = command
  }

  /// The document.
  package func html() -> String {
    let bound = rows.bounds.filter { $0 == "framework-bound" }.count
    let share = NumberFormat.percent(Double(bound) / Double(rows.count), decimals: 0)
    let beyond = rows.fits.count { !$0 }
    let possible = rows.latencyUS.indices.filter { beyond == rows.count || fits($0) }
    let fastest = possible.min { rows.latencyUS[$0] < rows.latencyUS[$1] } ?? 0
    let words = rows.varied.map { "\($0.name) \($0.texts[fastest])" }.joined(separator: ", ")
    let finding =
      "Of \(NumberFormat.integer(rows.count)) points, \(NumberFormat.integer(bound)) wait for the framework; the lowest "
      + "latency, \(shortNumber(rows.latencyUS[fastest] / 1e3)) ms, is at \(words)."
      + (beyond > 0 ? " \(NumberFormat.integer(beyond)) do not fit the device's memory." : "")
    return HTMLPage(
      finding: finding, number: share, numberMeaning: "of the points wait for the framework",
      introduction: "<p class=\"system\">The sweep in \(markupEscaped(file)).</p>", sections: sections,
      data: data, command: command
    ).html
  }

  private var sections: [HTMLPage.Section] {
    var sections: [HTMLPage.Section] = []
    if let axis = horizontal {
      let pictures: [(String, String, String, Bool, [Double])] = [
        ("latency", "Latency", "milliseconds per pass", true, rows.latencyUS.map { $0 / 1e3 }),
        ("tax", "Framework tax", "framework tax, % of the latency", false, rows.taxFraction.map { $0 * 100 }),
      ]
      for (identifier, name, unit, isLogarithmic, values) in pictures {
        let figure = figure(name, unit, isLogarithmic, values, axis)
        sections.append(
          HTMLPage.Section(
            identifier: identifier, heading: "\(name) by \(axis.name)", markup: HTMLPage.markup(figure)))
      }
    }
    let results =
      ["latency_us", "device_busy_us", "framework_tax_fraction", "bound"] + (rows.fits.isEmpty ? [] : ["fits"])
    let heads = (rows.varied.map(\.name) + results).map {
      "<th scope=\"col\"><button type=\"button\">\(markupEscaped($0))</button></th>"
    }.joined()
    let first = (0..<min(100, rows.count)).map { index in
      "<tr>" + cells(index).map { "<td>\(markupEscaped(Display.short.text(of: $0)))</td>" }.joined() + "</tr>"
    }.joined()
    sections.append(
      HTMLPage.Section(
        identifier: "rows", heading: "All rows",
        body: "<div data-rows=\"all\"><div class=\"toolbar\"><button type=\"button\" class=\"before\">Before</button>"
          + "<button type=\"button\" class=\"after\">After</button><span class=\"status\" role=\"status\"></span></div>"
          + "<div class=\"scroll\" tabindex=\"0\"><table><caption>A heading sorts by its column</caption><thead><tr>\(heads)</tr></thead>"
          + "<tbody>\(first)</tbody></table></div></div>"))
    return sections
  }

  /// Whether a row's tensors fit the memory; taken to where the file does not say.
  private func fits(_ row: Int) -> Bool { rows.fits.isEmpty || rows.fits[row] }

  // MARK: Pictures

  /// The numbers with the most different values; nil where no number was varied.
  private var horizontal: SweepTable.Varied? {
    let numeric = rows.varied.filter { $0.numbers != nil && $0.distinctCount > 1 }
    return numeric.max { $0.distinctCount < $1.distinctCount }
  }

  /// What tells the lines apart, row by row: of what else was varied, the columns with the fewest values, as long as they
  /// make no more than eight lines.
  private func lines(besides axis: SweepTable.Varied) -> (title: String, names: [String]) {
    var lineCount = 1
    var split: [SweepTable.Varied] = []
    let others = rows.varied.filter { $0.name != axis.name && $0.distinctCount > 1 }
    for column in others.sorted(by: { $0.distinctCount < $1.distinctCount }) {
      guard lineCount * column.distinctCount <= 8 else { break }
      lineCount *= column.distinctCount
      split.append(column)
    }
    let ordered = rows.varied.filter { column in split.contains { $0.name == column.name } }
    let names = (0..<rows.count).map { row in
      ordered.map { $0.numbers == nil ? $0.texts[row] : "\($0.name) \($0.texts[row])" }.joined(separator: ", ")
    }
    return (ordered.map(\.name).joined(separator: ", "), names)
  }

  /// A mark at each of a few values.
  private func ticks(_ values: [Double]) -> [Tick] {
    Set(values).sorted().map { value in
      let isWhole = value == value.rounded() && abs(value) < 1e9
      return Tick(value: value, label: isWhole ? NumberFormat.integer(Int(value)) : shortNumber(value))
    }
  }

  private func figure(
    _ name: String, _ unit: String, _ isLogarithmic: Bool, _ values: [Double], _ axis: SweepTable.Varied
  ) -> Figure {
    let positions = axis.numbers ?? []
    let isWide = (positions.min() ?? 0) > 0 && (positions.max() ?? 0) > 8 * (positions.min() ?? 0)
    let x: Scale =
      isWide ? .logarithmic(covering: positions, margin: 1.1) : .linear(covering: positions, includingZero: false)
    let (split, lineNames) = lines(besides: axis)
    let names = unique(lineNames)
    var all: [CartesianChart.Series] = []
    var lines: [(name: String, group: Group)] = []
    let shapes: [SeriesStyle.Shape] = [.circle, .square, .triangle, .diamond, .circle, .square]
    for (index, text) in names.enumerated() {
      let members = rows.latencyUS.indices.filter { lineNames[$0] == text }
      let groups = grouped(members, positions, values, x)
      let color = [3, 0, 7, 1, 5, 6, 4, 2][index % 8]
      let title = split.isEmpty ? name.lowercased() : text
      all.append(
        CartesianChart.Series(
          name: title, style: SeriesStyle(color: color, shape: shapes[index % 6], isDashed: index > 3),
          points: groups.map { group in
            CartesianChart.Point(
              x: group.x, y: group.median,
              hover: "\(title), \(axis.name) \(shortNumber(group.x)): \(shortNumber(group.median)), from "
                + "\(shortNumber(group.low)) to \(shortNumber(group.high))"
                + (group.fits ? "" : ", beyond the memory"),
              isHollow: !group.fits)
          },
          bands: names.count <= 3 && groups.contains { $0.low < $0.high }
            ? [
              CartesianChart.Band(
                x: groups.map(\.x), low: groups.map(\.low), high: groups.map(\.high), name: "")
            ] : []))
      lines += groups.map { (text, $0) }
    }
    let chart = CartesianChart(
      x: Axis(title: axis.name, scale: x, ticks: axis.distinctCount <= 12 ? ticks(positions) : nil),
      y: Axis(
        title: unit + (isLogarithmic ? "" : ", from zero"),
        scale: isLogarithmic ? .logarithmic(covering: all.ys) : .linear(covering: all.ys)), series: all)
    let isWhole = all.allSatisfy { $0.bands.isEmpty } && rows.count == all.xs.count
    var caption =
      isWhole
      ? "Every point of the sweep."
      : "Lines are medians; the table has the lowest and the highest of what else was varied."
    if rows.fits.contains(false) { caption += " Hollow points do not fit the device's memory." }
    return Figure(
      "\(name) by \(axis.name)", caption: caption, .cartesian(chart),
      Table(
        lines,
        [
          Column(split.isEmpty ? "all" : split) { .text($0.name) }, Column(axis.name, .short) { .number($0.group.x) },
          Column("points", .short) { .number(Double($0.group.count)) },
          Column("lowest", .short) { .number($0.group.low) },
          Column("median", unit: unit, .short) { .number($0.group.median) },
          Column("highest", .short) { .number($0.group.high) },
        ]))
  }

  private struct Group {
    var x: Double
    var count: Int
    var low: Double
    var median: Double
    var high: Double
    /// Whether all of them fit the memory.
    var fits: Bool
  }

  /// The points by position, in at most 60 groups.
  private func grouped(_ members: [Int], _ positions: [Double], _ values: [Double], _ scale: Scale) -> [Group] {
    let isFine = Set(members.map { positions[$0] }).count > 60
    var groups: [Double: [Int]] = [:]
    for member in members {
      let at = positions[member]
      groups[isFine ? (scale.fraction(of: at) * 59).rounded() : at, default: []].append(member)
    }
    return groups.keys.sorted().map { key in
      let group = groups[key] ?? []
      let sorted = group.map { values[$0] }.sorted()
      let places = group.map { positions[$0] }.sorted()
      return Group(
        x: places[places.count / 2], count: sorted.count, low: sorted[0], median: sorted[sorted.count / 2],
        high: sorted[sorted.count - 1], fits: group.allSatisfy { fits($0) })
    }
  }

  // MARK: Data

  private func cells(_ index: Int) -> [Value] {
    rows.varied.map { column in column.numbers.map { .number($0[index]) } ?? .text(column.texts[index]) } + [
      .number(rows.latencyUS[index]), .number(rows.deviceBusyUS[index]), .number(rows.taxFraction[index]),
      .text(rows.bounds[index]),
    ] + (rows.fits.isEmpty ? [] : [.text(String(rows.fits[index]))])
  }

  private var data: Record {
    let all = Value.list((0..<rows.count).map { .list(cells($0)) })
    return ["figures": .record([:]), "rows": .record(["all": all])]
  }
}
