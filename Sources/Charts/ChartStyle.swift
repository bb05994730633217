import JSONText

/// The colors and strokes of all charts, for light and dark surroundings and for paper.
///
/// The series colors are those of Okabe and Ito, "Color Universal Design" (2008), which are told apart with any sort of
/// color vision; on dark ground the darkest give way to lighter ones.
package enum ChartStyle {
  /// The rules for elements; they take colors from variables.
  package static let rules = """
    .chart{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;display:block;max-width:100%}
    .chart text{fill:var(--ink)}
    .chart .h{font-size:15px;font-weight:600}
    .chart .q{fill:var(--quiet)}
    .chart .strong{font-weight:600}
    .chart .in{fill:#fff;font-size:11px;pointer-events:none}
    .chart .in.dark{fill:#000}
    .chart .g{stroke:var(--grid);stroke-width:1}
    .chart .a{stroke:var(--axis);stroke-width:1}
    .chart .r{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:2 3}
    .chart .l{fill:none;stroke-width:2;stroke-linejoin:round}
    .chart .n{stroke-width:1.3}
    .chart .p{stroke:var(--ground);stroke-width:1;fill-opacity:.85}
    .chart .o{fill:var(--ground);stroke-width:1.8}
    .chart .b{stroke:var(--ground);stroke-width:.7}
    .chart .cut{fill:var(--ground)}
    .chart .w{opacity:.22}
    .chart .ww{opacity:.38}
    .chart .halo{paint-order:stroke;stroke:var(--ground);stroke-width:3px;stroke-linejoin:round}
    .chart .ground{fill:var(--ground)}
    .chart .lane{fill:var(--lane)}
    """ + dashes + (0..<9).map { "\n.chart .f\($0){fill:var(--s\($0))}.chart .c\($0){stroke:var(--s\($0))}" }.joined()

  private static let dashes = SeriesStyle.Dash.allCases.compactMap { dash in
    dash.className.map {
      "\n.chart .\($0){stroke-dasharray:\(dash.lengths.map { String($0) }.joined(separator: " "))}"
    }
  }.joined()

  /// The colors on light ground.
  package static let lightColors =
    "--ground:#fff;--ink:#1a1c1e;--quiet:#565c63;--grid:#e4e7ea;--axis:#8a9199;--lane:#f1f3f5;"
    + lightSeriesColors.enumerated().map { "--s\($0):\($1)" }.joined(separator: ";")

  /// The colors of the series on light ground, in order.
  static let lightSeriesColors = [
    "#d55e00", "#e69f00", "#999ea4", "#0072b2", "#56b4e9", "#cc79a7", "#3d4146", "#009e73",
    "#1a1c1e",
  ]

  /// The colors on dark ground.
  package static let darkColors =
    "--ground:#15181b;--ink:#e8eaed;--quiet:#a9b0b8;--grid:#2b3036;--axis:#79818a;--lane:#1f2428;"
    + "--s0:#e8741e;--s1:#f0b429;--s2:#8b939c;--s3:#3d9bdc;--s4:#8fd0f5;--s5:#dd93bd;--s6:#d5d9de;--s7:#1fbf92;--s8:#e8eaed"

  /// Everything that an SVG file needs: colors in the rules themselves, for many programs that draw SVG know no variables.
  static let standalone =
    resolved(lightColors) + "@media (prefers-color-scheme:dark){\(resolved(darkColors))}"
    + "@media print{\(resolved(lightColors))}"

  /// The same for what is drawn once, on light ground.
  static let onLightGround = resolved(lightColors)

  /// The rules with the values of variables in their place.
  private static func resolved(_ colors: String) -> String {
    var values: [Substring: Substring] = [:]
    for declaration in colors.split(separator: ";") {
      let parts = declaration.split(separator: ":")
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
    let pieces = rules.split(separator: "var(", omittingEmptySubsequences: false)
    return pieces.dropFirst().reduce(String(pieces[0])) { text, piece in
      guard let end = piece.firstIndex(of: ")") else { return text + piece }
      return text + (values[piece[..<end]] ?? "") + piece[piece.index(after: end)...]
    }
  }

  /// Whether dark text reads better than white on the area of a color: the light colors of the list.
  static func isLight(_ color: Int) -> Bool { [1, 2, 4, 5].contains(color) }
}
