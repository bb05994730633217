import CommandSyntax
import Reports

/// Options that another option, or what is simulated, makes meaningless: they are refused, never dropped.
extension ParsedCommand {
  /// Refuses options that would change nothing.
  ///
  /// - Parameters:
  ///   - names: Their long names.
  ///   - reason: Why they would change nothing.
  /// - Throws: ``Failure`` for the first of them that is given.
  func refuse(_ names: [String], _ reason: Message) throws(Failure) {
    guard let name = names.first(where: { isPresent($0) }) else { return }
    throw .usage("--\(name) would change nothing: \(reason)\n" + helpHint)
  }

  /// Refuses arguments without a name.
  func refusePositionals(_ reason: Message) throws(Failure) {
    guard let first = positionals.first else { return }
    throw .usage("'\(first)' would change nothing: \(reason)\n" + helpHint)
  }

  /// Where to read on.
  var helpHint: Message { "see 'simulate \(path.joined(separator: " ")) --help'" }

  /// Refuses `--ascii` where nothing is printed that people read.
  ///
  /// - Parameter format: The format of what is printed, or nil where nothing is.
  /// - Throws: ``Failure`` where the option is given and would change nothing.
  func refuseASCII(of format: String?) throws(Failure) {
    if let format, format == "table" || format == "names" || format == "summary" { return }
    try refuse(["ascii"], format.map { "--format \($0) is UTF-8 always" } ?? "nothing is printed")
  }

  /// Refuses `--ascii` where the result of `--format` is no text for people.
  func checkFormat() throws(Failure) { try refuseASCII(of: value(of: "format") ?? Format.table.rawValue) }
}
