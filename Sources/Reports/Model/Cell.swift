import Roofline

/// A cell: a value, and how it stands out to people.
package struct Cell: Sendable, ExpressibleByStringLiteral {
  /// The value.
  package let value: Value
  /// How it stands out on a terminal; nil for plain.
  let style: TextStyle?
  /// What people see in place of the value; nil for the value itself.
  let shown: String?

  /// A cell.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - style: How it stands out on a terminal.
  ///   - shown: What people see in place of the value.
  package init(_ value: Value, _ style: TextStyle? = nil, shown: String? = nil) {
    self.value = value
    self.style = style
    self.shown = shown
  }

  /// A text.
  package init(stringLiteral text: String) { self.init(.text(text)) }

  /// A text, or a dash.
  package static func text(_ text: String?, _ style: TextStyle? = nil) -> Cell { Cell(.text(text), style) }
  /// Whether something is so, which people see as yes and no.
  package static func flag(_ flag: Bool, _ style: TextStyle? = nil) -> Cell {
    Cell(.flag(flag), style, shown: flag ? "yes" : "no")
  }
  /// How many.
  package static func count(_ count: Int?, _ style: TextStyle? = nil, shown: String? = nil) -> Cell {
    Cell(.count(count), style, shown: shown)
  }
  /// A parameter of a workload.
  static func count(_ count: Int64?) -> Cell { Cell(.count(count.map { Int($0) })) }
  /// A time.
  package static func time(_ time: Picoseconds?, _ style: TextStyle? = nil) -> Cell { Cell(.time(time), style) }
  /// A number in its key's unit.
  package static func number(_ number: Double?, _ style: TextStyle? = nil, shown: String? = nil) -> Cell {
    Cell(.number(number), style, shown: shown)
  }
}
