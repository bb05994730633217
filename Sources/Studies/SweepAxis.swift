import JSONText
import Profiles

/// One thing that a sweep varies, and the values that it takes.
public struct SweepAxis: Sendable, Equatable {
  /// What is varied.
  public enum Subject: Sendable, Equatable {
    /// The workload, by name.
    case workload
    /// The accelerator, by name; `none` for a processor-only system.
    case accelerator
    /// The host, by name.
    case host
    /// The framework, by name.
    case framework
    /// The format of floating-point tensors, by name.
    case precision
    /// A parameter of the workload: a whole number of at least 1.
    case parameter(String)
    /// A number of a profile, by its path.
    case number(String)

    /// What a name of an axis means: names that are none of the others are parameters.
    public init(name: String) {
      switch name {
      case "workload": self = .workload
      case "accelerator": self = .accelerator
      case "host": self = .host
      case "framework": self = .framework
      case "precision": self = .precision
      case _ where name.contains("."): self = .number(name)
      default: self = .parameter(name.replacing("-", with: "_"))
      }
    }

    /// The head of the column in the output.
    public var column: String {
      switch self {
      case .workload: "workload"
      case .accelerator: "accelerator"
      case .host: "host"
      case .framework: "framework"
      case .precision: "precision"
      case .parameter(let name), .number(let name): name
      }
    }

    /// Whether values are names of a catalog, so that patterns may stand for several.
    public var takesNames: Bool {
      switch self {
      case .workload, .accelerator, .host, .framework, .precision: true
      case .parameter, .number: false
      }
    }
  }

  /// A value: a name or a number.
  public enum Value: Sendable, Equatable {
    /// A name.
    case name(String)
    /// A number.
    case number(Double)

    /// The text in the output.
    public var text: String {
      switch self {
      case .name(let name): name
      case .number(let number): numberText(number)
      }
    }
  }

  /// What is varied.
  public let subject: Subject
  /// The values, in order; at least one.
  public let values: [Value]

  /// An axis of known values.
  public init(_ subject: Subject, _ values: [Value]) {
    precondition(!values.isEmpty, "an axis has a value")
    self.subject = subject
    self.values = values
  }

  /// Reads an axis as it is written: `batch=1,2,4`, `accelerator=nvidia-*,none`, `host.single_thread_speed=0.25..4:log9`.
  ///
  /// - Parameters:
  ///   - name: What stands before the equals sign.
  ///   - items: The values, one item each: a name, a pattern with `*`, a number, or a range `lo..hi:linN` or `lo..hi:logN`
  ///     of N numbers with both ends.
  ///   - catalog: The names that patterns are matched against, in the order of the catalog.
  /// - Throws: ``SweepFault`` for a value that is none, or an axis without values.
  public init(name: String, items: [String], catalog: (Subject) -> [String]) throws(SweepFault) {
    let subject = Subject(name: name)
    var values: [Value] = []
    for item in items {
      guard !item.isEmpty else { throw .emptyValue(axis: subject.column) }
      if subject.takesNames {
        values += try Self.names(item, subject, catalog).map { .name($0) }
      } else {
        values += try Self.numbers(item, subject).map { .number($0) }
      }
    }
    if values.isEmpty { throw .emptyValue(axis: subject.column) }
    if let text = Self.repeated(values) { throw .repeatedValue(axis: subject.column, text: text) }
    self.init(subject, values)
  }

  /// A value that is there twice: a slip, or a range too fine to be whole.
  private static func repeated(_ values: [Value]) -> String? {
    var seen: Set<String> = []
    return values.lazy.map(\.text).first { !seen.insert($0).inserted }
  }

  private static func names(
    _ item: String, _ subject: Subject, _ catalog: (Subject) -> [String]
  ) throws(SweepFault) -> [String] {
    guard item.contains("*") else { return [item] }
    let found = catalog(subject).filter { matches($0[...], pattern: item[...]) }
    if found.isEmpty { throw .noMatch(axis: subject.column, pattern: item) }
    return found
  }

  /// Whether a name fits a pattern in which `*` stands for any text.
  ///
  /// Each star takes as little as it can, and one character more whenever what follows it does not fit.
  ///
  /// - Complexity: O(length of the name x length of the pattern).
  public static func matches(_ name: Substring, pattern: Substring) -> Bool {
    var (place, wanted) = (name.startIndex, pattern.startIndex)
    var star: (pattern: Substring.Index, name: Substring.Index)?
    while place < name.endIndex {
      if wanted < pattern.endIndex, pattern[wanted] == "*" {
        wanted = pattern.index(after: wanted)
        star = (wanted, place)
      } else if wanted < pattern.endIndex, pattern[wanted] == name[place] {
        (place, wanted) = (name.index(after: place), pattern.index(after: wanted))
      } else if let last = star {
        place = name.index(after: last.name)
        wanted = last.pattern
        star = (last.pattern, place)
      } else {
        return false
      }
    }
    return pattern[wanted...].allSatisfy { $0 == "*" }
  }

  /// A range of a parameter without a count, as one of all whole numbers between its ends; nil for anything else.
  private static func wholeRange(_ item: String, _ subject: Subject) -> String? {
    guard case .parameter = subject, !item.contains(":"), let dots = item.firstRange(of: "..") else { return nil }
    guard let first = Int(item[..<dots.lowerBound]), let last = Int(item[dots.upperBound...]), 0 < first, first < last
    else { return nil }
    return "\(item):lin\(last - first + 1)"
  }

  private static func numbers(_ item: String, _ subject: Subject) throws(SweepFault) -> [Double] {
    var unit: NumberUnit?
    if case .number(let path) = subject { unit = SystemNumber(path: path)?.domain.unit }
    var numbers = try SweepRange.numbers(wholeRange(item, subject) ?? item, axis: subject.column, unit: unit)
    switch subject {
    case .number(let path):
      guard let number = SystemNumber(path: path) else { return numbers }
      // Of a count, a range has whole numbers, as of a parameter; what is written out must be whole itself.
      if number.range.isWhole, item.contains("..") { numbers = numbers.map { $0.rounded() } }
      for value in numbers where !number.range.contains(value) {
        throw .override(.outOfRange(path: path, value: value, domain: number.domain))
      }
    default:
      let isRange = item.contains("..")
      for index in numbers.indices {
        let whole = numbers[index].rounded()
        guard whole >= 1, whole <= 1e9, isRange || whole == numbers[index] else {
          throw .notWhole(axis: subject.column, text: item)
        }
        numbers[index] = whole
      }
    }
    return numbers
  }
}

/// A number as the output of a sweep has it: the shortest text that reads back as it.
package func numberText(_ number: Double) -> String {
  if let whole = Int64(exactly: number), abs(number) < 1e15 { return String(whole) }
  return number.description
}
