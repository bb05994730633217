import JSONText

/// A value of the form `NAME=VALUE`.
package struct Assignment: Hashable, Sendable {
  /// What stands before the first `=`; not empty.
  package let name: String

  /// What stands after it; may be empty, and may hold further `=`.
  package let value: String
}

/// Values read as what they mean. Without the option the answer is `nil` or empty: defaults are the caller's.
extension ParsedCommand {
  /// The value of an option as a whole number.
  ///
  /// - Parameters:
  ///   - name: The option's long name.
  ///   - limits: The numbers allowed.
  /// - Returns: The number; `nil` without the option.
  /// - Throws: `.notAnInteger`, `.outOfRange`.
  package func integer(
    of name: String, _ limits: NumberLimits<Int> = .any
  ) throws(CommandSyntaxFault) -> Int? {
    guard let text = value(of: name) else { return nil }
    return try integer(text, of: declared(name).flag, limits)
  }

  /// The values of an option as whole numbers: of every repetition, and separated by commas within one.
  ///
  /// - Parameters:
  ///   - name: The option's long name.
  ///   - limits: The numbers allowed.
  /// - Returns: The numbers in the order given; empty without the option.
  /// - Throws: `.notAnInteger`, `.outOfRange`.
  package func integers(
    of name: String, _ limits: NumberLimits<Int> = .any
  ) throws(CommandSyntaxFault) -> [Int] {
    var numbers: [Int] = []
    for text in values(of: name) {
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        numbers.append(try integer(String(part), of: declared(name).flag, limits))
      }
    }
    return numbers
  }

  /// The value of an option as a finite number.
  ///
  /// - Parameters:
  ///   - name: The option's long name.
  ///   - limits: The numbers allowed.
  /// - Returns: The number; `nil` without the option.
  /// - Throws: `.notANumber`, `.outOfRange`.
  package func double(
    of name: String, _ limits: NumberLimits<Double> = .any
  ) throws(CommandSyntaxFault) -> Double? {
    guard let text = value(of: name) else { return nil }
    let flag = declared(name).flag
    guard let number = decimalNumber(text) else { throw fault(.notANumber(option: flag, value: text)) }
    guard limits.contains(number) else {
      throw fault(.outOfRange(option: flag, value: text, allowed: limits.words))
    }
    return number
  }

  /// The value of an option as one of the cases of a type.
  ///
  /// - Parameters:
  ///   - name: The option's long name.
  ///   - type: The type, whose raw values are what is typed.
  /// - Returns: The case; `nil` without the option.
  /// - Throws: `.notAChoice`, with the nearest case.
  package func choice<Choice: CaseIterable & RawRepresentable<String>>(
    of name: String, as type: Choice.Type
  ) throws(CommandSyntaxFault) -> Choice? {
    guard let text = value(of: name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw unknownChoice(text, of: declared(name).flag, among: Choice.allCases.map(\.rawValue))
    }
    return choice
  }

  /// The value of an option as one of names that are known only when the program runs.
  ///
  /// - Parameters:
  ///   - name: The option's long name.
  ///   - names: What is allowed.
  /// - Returns: The name; `nil` without the option.
  /// - Throws: `.notAChoice`, with the nearest name.
  package func choice(of name: String, among names: [String]) throws(CommandSyntaxFault) -> String? {
    guard let text = value(of: name) else { return nil }
    guard names.contains(text) else { throw unknownChoice(text, of: declared(name).flag, among: names) }
    return text
  }

  /// The values of an option as assignments, `NAME=VALUE`.
  ///
  /// - Parameter name: The option's long name.
  /// - Returns: The assignments in the order given; empty without the option.
  /// - Throws: `.malformedAssignment` where a value holds no `=` or nothing before it.
  package func assignments(of name: String) throws(CommandSyntaxFault) -> [Assignment] {
    var assignments: [Assignment] = []
    for text in values(of: name) {
      guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
        throw fault(.malformedAssignment(option: declared(name).flag, value: text))
      }
      assignments.append(
        Assignment(name: String(text[..<sign]), value: String(text[text.index(after: sign)...])))
    }
    return assignments
  }

  private func integer(
    _ text: String, of flag: String, _ limits: NumberLimits<Int>
  ) throws(CommandSyntaxFault) -> Int {
    guard let number = Int(text) else { throw fault(.notAnInteger(option: flag, value: text)) }
    guard limits.contains(number) else {
      throw fault(.outOfRange(option: flag, value: text, allowed: limits.words))
    }
    return number
  }

  private func unknownChoice(_ text: String, of flag: String, among names: [String]) -> CommandSyntaxFault {
    fault(.notAChoice(option: flag, value: text, nearest: suggest(text, names), choices: names))
  }
}
