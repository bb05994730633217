import JSONText

/// One thing that a sweep is asked for, and where that is said.
package struct SweepItem: Sendable {
  /// What is said.
  package enum Content: Sendable {
    /// A name that is the same at all points.
    case name(String)
    /// A parameter that is.
    case count(Int64)
    /// A number of a profile that is.
    case number(Double)
    /// The values of an axis, as written.
    case varied([String])
  }

  /// What it is about.
  package let subject: SweepAxis.Subject
  /// What is said about it.
  package let content: Content
  /// Its place in a plan; nil outside of one.
  let place: JSONCursor?

  /// An item of a plan.
  init(_ subject: SweepAxis.Subject, _ content: Content, _ place: JSONCursor?) {
    (self.subject, self.content, self.place) = (subject, content, place)
  }

  /// An item that is in no plan.
  package init(_ subject: SweepAxis.Subject, _ content: Content) { self.init(subject, content, nil) }

  /// What has a name of its own, in a plan as on a command line.
  package static let named: [(key: String, subject: SweepAxis.Subject)] = [
    ("workload", .workload), ("accelerator", .accelerator), ("host", .host), ("framework", .framework),
    ("precision", .precision),
  ]

  /// Whether it is an axis.
  var isVaried: Bool {
    if case .varied = content { return true }
    return false
  }

  /// The values of an axis in a plan: a text with commas between them, or an array of numbers and texts.
  static func values(_ cursor: JSONCursor) throws(JSONFault) -> [String] {
    guard case .array = cursor.value.content else {
      if case .number = cursor.value.content { return [numberText(try cursor.number())] }
      return try cursor.nonEmptyString().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return try cursor.array().map { (element) throws(JSONFault) in
      if case .number = element.value.content { return numberText(try element.number()) }
      return try element.nonEmptyString()
    }
  }
}
