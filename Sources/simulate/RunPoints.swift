import CommandSyntax
import JSONText
import Profiles

/// The passes that a command line of `run` asks for: where it has lists, every combination of their values.
struct RunPoints {
  /// In which inputs they differ, by their keys.
  let varied: [String]
  /// A command line for each pass, with one value in the place of each list.
  let lines: [ParsedCommand]

  /// The most passes of one command.
  private static let limit = 10_000

  /// An input of which there are several, and how a line says one of them.
  private struct Axis {
    let key: String
    let option: String
    let values: [String]
    /// What an option that is given several times has besides.
    var others: [String] = []
    var prefix = ""
  }

  /// Takes a command line apart.
  ///
  /// - Throws: ``Failure`` for a value that is blank or there twice, and for more passes than one command should make.
  init(_ command: ParsedCommand) throws(Failure) {
    let names = try ScenarioOptions.names(command)
    var given: [String: [String]] = [:]
    var axes: [Axis] = []
    for (key, name) in [("workload", names.workload), ("accelerator", names.accelerator)] {
      guard let name else { continue }
      given[key] = [name]
      axes.append(Axis(key: key, option: key, values: Self.items(name)))
    }
    for option in ["host", "framework", "precision", "devices", "interconnect", "batch", "sequence-length"] {
      guard let text = command.value(of: option) else { continue }
      let values = option == "devices" ? Parallelism.items(text) : Self.items(text)
      axes.append(Axis(key: option.replacing("-", with: "_"), option: option, values: values))
    }
    let parameters = try checking { try command.assignments(of: "parameter") }
    // Of each parameter that has a list, one value; of the others, what was given.
    let single = parameters.filter { !$0.value.contains(",") }.map { "\($0.name)=\($0.value)" }
    for parameter in parameters where parameter.value.contains(",") {
      axes.append(
        Axis(
          key: parameter.name.replacing("-", with: "_"), option: "parameter", values: Self.items(parameter.value),
          others: single, prefix: parameter.name + "="))
    }
    let lists = axes.filter { $0.values.count > 1 }
    for axis in lists { try Self.check(axis, command) }
    let count = lists.reduce(1.0) { $0 * Double($1.values.count) }
    guard count <= Double(Self.limit) else {
      throw .usage(
        "\(NumberFormat.integer(Int(min(count, 1e15)))) runs are too many; at most \(NumberFormat.integer(Self.limit)), "
          + "and 'simulate sweep' takes any number")
    }
    varied = lists.map(\.key)
    lines = lists.isEmpty ? [command] : Self.lines(command, given, lists)
  }

  /// Every combination, the last list varying fastest.
  private static func lines(
    _ command: ParsedCommand, _ given: [String: [String]], _ lists: [Axis]
  ) -> [ParsedCommand] {
    lists.reduce([given]) { lines, axis in
      lines.flatMap { line in
        axis.values.map { value in
          var next = line
          let own = line[axis.option] ?? axis.others
          next[axis.option] = axis.option == "parameter" ? own + [axis.prefix + value] : [value]
          return next
        }
      }
    }.map(command.with)
  }

  /// The values of a list; the path of a file that has a comma in it is one.
  private static func items(_ text: String) -> [String] {
    Library.isFile(text) && Platform.exists(text) ? [text] : ServedAxis.items(text)
  }

  private static func check(_ axis: Axis, _ command: ParsedCommand) throws(Failure) {
    let words: Message =
      axis.option == "parameter"
      ? "--parameter \(axis.key)"
      : axis.key == axis.option && ["workload", "accelerator"].contains(axis.key)
        ? "the \(axis.key)" : "--\(axis.option)"
    var seen: Set<String> = []
    for value in axis.values {
      guard !value.isEmpty else {
        throw .usage(words + " has an empty value; leave out the comma\n" + command.helpHint)
      }
      guard seen.insert(value).inserted else {
        throw .usage(words + " has '\(value)' twice; leave one out\n" + command.helpHint)
      }
    }
  }
}
