import Charts
import JSONText

/// A page that holds everything it shows: no request leaves it, which its own policy enforces.
struct HTMLPage {
  /// A stretch of the page under a heading.
  struct Section {
    /// Where links to it point.
    var identifier: String
    /// The heading, as text.
    var heading: String
    /// What stands under it, as markup.
    var body: String

    /// A section of markup.
    init(identifier: String, heading: String, body: String) {
      self.identifier = identifier
      self.heading = heading
      self.body = body
    }

    /// A section of a figure, in whose place the script may put others.
    ///
    /// - Parameters:
    ///   - identifier: Where links to it point, and what the script knows the figure by.
    ///   - heading: The heading.
    ///   - markup: The figure that is shown first; see ``HTMLPage/markup(_:showsTitle:)``.
    ///   - shown: Its number among the page's figures.
    ///   - isOfKind: Whether it is one of the kinds that have a style and a behavior of their own.
    ///   - dimensions: The choices that it depends on.
    ///   - tools: What stands above it, as markup.
    init(
      identifier: String, heading: String, markup: String, shown: Int? = nil, isOfKind: Bool = false,
      dimensions: [String]? = nil, tools: String = ""
    ) {
      let kind = isOfKind ? "class=\"\(identifier)\" " : ""
      let choices = dimensions.map { " data-dimensions=\"\($0.joined(separator: " "))\"" } ?? ""
      let number = shown.map { String($0) } ?? "undefined"
      self.init(
        identifier: identifier, heading: heading,
        body: "\(tools)<div \(kind)data-figure=\"\(identifier)\"\(choices) data-shown=\"\(number)\">\(markup)</div>")
    }
  }

  /// The finding, in a sentence.
  var finding: String
  /// What there is to say beside it.
  var detail = ""
  /// The finding, in a number.
  var number: String
  /// What the number is.
  var numberMeaning: String
  /// What stands under the finding, as markup: controls, numbers.
  var introduction = ""
  /// The page's parts.
  var sections: [Section]
  /// What the script works on.
  var data: Record
  /// How the page was made.
  var command: String

  /// The document.
  var html: String {
    var text = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      \(Self.head(title: finding))
      </head>
      <body>
      <header>
      <div class="finding">
      <p class="number"><span data-field="number">\(markupEscaped(number))</span>
      <small>\(markupEscaped(numberMeaning))</small></p>
      <div><h1 id="finding" data-field="finding">\(markupEscaped(finding))</h1>
      <p class="detail" data-field="detail">\(markupEscaped(detail))</p></div>
      </div>
      <button type="button" id="theme" hidden>Light or dark</button>
      </header>
      <main>
      \(introduction)

      """
    for section in sections {
      text += """
        <section id="\(section.identifier)" aria-labelledby="\(section.identifier)-title">
        <h2 id="\(section.identifier)-title">\(markupEscaped(section.heading))</h2>
        \(section.body)
        </section>

        """
    }
    return text + """
      <footer><p>Made by <code>\(markupEscaped(command))</code></p></footer>
      </main>
      <div id="tip" hidden></div>
      <div id="live" class="sr" aria-live="polite"></div>
      <script type="application/octet-stream" id="report">\(Self.packed(data))</script>
      <script>
      \(PageScript.text)
      </script>
      </body>
      </html>

      """
  }

  /// What stands in the head of every page.
  static func head(title: String) -> String {
    let policy =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
      + "form-action 'none'"
    return """
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <link rel="icon" href="data:,">
      <title>\(markupEscaped(title))</title>
      <style>
      \(PageStyle.sheet)
      </style>
      """
  }

  /// What the script works on, as a page holds it: JSON, compressed, in an alphabet that no markup can be made of.
  private static func packed(_ data: Record) -> String {
    TimelineCode.base64(Deflate.compressed(data.jsonBytes(.compact)))
  }

  /// A figure in both widths, and its table.
  ///
  /// - Parameters:
  ///   - figure: The figure.
  ///   - showsTitle: Whether its title stands in it, as where no heading stands above it.
  /// - Returns: What stands in a section.
  static func markup(_ figure: Figure, showsTitle: Bool = false) -> String {
    """
    <p class="caption">\(markupEscaped(figure.caption))</p>\
    <div class="wide">\(figure.chart.svg(width: 960, showsTitle: showsTitle, isStandalone: false))</div>\
    <div class="narrow">\(figure.chart.svg(width: 350, showsTitle: showsTitle, isStandalone: false))</div>\
    <details><summary>Table</summary><div class="scroll" tabindex="0">\(figure.table.html(caption: figure.chart.title))</div></details>
    """
  }
}
