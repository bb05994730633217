import CommandSyntax
import JSONText
import Profiles
import Studies

/// One thing that a sweep is asked for, and where that is said.
struct SweepItem {
  /// What is said.
  enum Content {
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
  let subject: SweepAxis.Subject
  /// What is said about it.
  let content: Content
  /// Its place in a plan; nil on the command line.
  let place: JSONCursor?

  init(_ subject: SweepAxis.Subject, _ content: Content, _ place: JSONCursor? = nil) {
    self.subject = subject
    self.content = content
    self.place = place
  }

  /// What has a name of its own, in a plan as on the command line.
  static let named: [(key: String, subject: SweepAxis.Subject)] = [
    ("workload", .workload), ("accelerator", .accelerator), ("host", .host), ("framework", .framework),
    ("precision", .precision),
  ]

  /// Whether it is an axis.
  var isVaried: Bool {
    if case .varied = content { return true }
    return false
  }

  /// Reads what the command line says.
  static func read(_ command: ParsedCommand) throws(Failure) -> [SweepItem] {
    let axes = try checking { try command.assignments(of: "over") }.map {
      SweepItem(
        SweepAxis.Subject(name: $0.name),
        .varied($0.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
    }
    let varied = axes.map(\.subject)
    let names = try ScenarioOptions.names(
      command,
      varied: named.filter { varied.contains($0.subject) && !command.isPresent($0.key) }.map(\.key))
    var items: [SweepItem] = []
    for (key, subject) in named {
      let placed = key == "workload" ? names.workload : key == "accelerator" ? names.accelerator : nil
      guard let name = command.value(of: key) ?? placed else { continue }
      items.append(SweepItem(subject, .name(name)))
    }
    for (name, value) in try ScenarioOptions.parameters(command).sorted(by: { $0.key < $1.key }) {
      items.append(SweepItem(.parameter(name), .count(value)))
    }
    for (path, value) in try ScenarioOptions.overrides(command) {
      items.append(SweepItem(.number(path), .number(value)))
    }
    return items + axes
  }

  /// The values of an axis in a plan: a text as after `--over NAME=`, or an array of numbers and texts.
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

  // MARK: Faults

  /// Where a plan has it, in words.
  var pointer: Message { place.map { "\($0.path)" } ?? "--over \(subject.column)" }

  /// A failure with the place in the plan, or of the command line.
  ///
  /// - Parameters:
  ///   - usage: What is wrong with the command line.
  ///   - content: What is wrong with the plan, to follow the place's path.
  /// - Returns: The failure.
  func failure(_ usage: Message, _ content: Message) -> Failure {
    guard let place else { return Failure.usage(usage) }
    return Failure.input(at: "\(place.document.file):\(position(place))", "\(place.path) " + content)
  }

  private func position(_ place: JSONCursor) -> String {
    "\(place.document.position(ofByte: place.value.byteOffset))"
  }

  /// The same failure with the place in the plan; one that has a place of its own, or is about the command line, is as
  /// it is.
  func failure(of failure: Failure) -> Failure {
    guard let place, let fault = failure.causes.first as? NameFault else { return failure }
    switch fault {
    case .unusable: return failure
    case .unknown(let what, let name, let suggestion, let known):
      return Failure(place.fault(.unknownName(what: what, name: name, suggestion: suggestion, known: known)))
    case .ambiguous(let what, let name, let candidates):
      return self.failure(
        "", "names the \(what) '\(name)', which could mean \(candidates.joined(separator: ", ")); write one of them")
    }
  }

  /// A failure of an axis with the place in the plan.
  func failure(of fault: SweepFault) -> Failure {
    guard let place else { return Failure(fault) }
    return Failure.input(
      at: "\(place.document.file):\(position(place))", "\(place.path): \(fault.words)", causes: [fault])
  }
}
