import Charts
import JSONText

/// The style sheet of a report.
enum PageStyle {
  /// `page.css`, which the compiler puts into the program, with the colors and rules of charts in the places of its comments.
  static let sheet = String(decoding: PackageResources.page_css.dropLast(), as: UTF8.self)
    .replacing("/*light*/", with: ChartStyle.lightColors + ";")
    .replacing("/*dark*/", with: dark)
    .replacing("/*charts*/", with: ChartStyle.rules)

  private static let dark =
    "color-scheme:dark;" + ChartStyle.darkColors
    + ";--card:#15181b;--page:#0e1012;--line:#2f353b;--accent:#6cb8ee"
}
