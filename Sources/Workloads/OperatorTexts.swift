/// The different operators of a workload's program as the file has them, their dimensions perhaps formulas.
///
/// Nearly all have a name, shapes, types and attributes of small numbers, and take a few bytes of two long arrays. What has
/// more is a template of its own.
struct OperatorTexts: Sendable {
  /// An operator.
  enum Form: Sendable {
    /// By its place in ``plain``.
    case plain(Int32)
    /// By its place in ``templates``.
    case template(Int32)
  }

  /// A name, and where in ``words`` the tensors and attributes stand.
  struct Plain: Sendable {
    var name: Int32 = -1
    var inputs: Int32 = 0
    var outputs: Int32 = 0
    var attributes: Int32 = 0
    var inputCount: UInt8 = 0
    var outputCount: UInt8 = 0
    var attributeCount: UInt8 = 0
  }

  /// What is the most that there may be of anything of a plain operator: dimensions of a tensor, values of an attribute.
  static let countLimit = 255

  /// The operators, in the order in which they first come.
  private(set) var forms: [Form] = []
  private(set) var plain: [Plain] = []
  private(set) var templates: [OperatorTemplate] = []

  /// The names of plain operators and of their attributes.
  var names: [String] = []
  /// Tensors and attributes: of a tensor ``tensorWord(rank:type:)`` and the dimensions, of an attribute the number of its
  /// name, how many values it has, and these.
  var words: [Int32] = []
  /// The formulas that stand for integers among the words.
  var formulas: [Formula] = []

  /// Makes room for as many operators as may be in so many bytes; what is not filled takes no memory.
  mutating func reserveCapacity(bytes: Int) {
    forms.reserveCapacity(bytes / 64)
    plain.reserveCapacity(bytes / 64)
    words.reserveCapacity(bytes / 8)
  }

  /// The same without the order of the operators, for whoever looks for plain ones alone.
  var plainOnly: OperatorTexts {
    var texts = self
    (texts.forms, texts.templates) = ([], [])
    return texts
  }

  /// Appends an operator.
  mutating func append(_ operation: Plain) {
    forms.append(.plain(Int32(plain.count)))
    plain.append(operation)
  }

  /// Appends an operator that has a template.
  mutating func append(_ template: OperatorTemplate) {
    forms.append(.template(Int32(templates.count)))
    templates.append(template)
  }

  // MARK: Words

  /// The number that words from -2^31 on are the formulas of.
  private static let formulaCount = Int32(1 << 20)

  /// The integer as a word; nil for one that is too large.
  @inline(__always)
  static func word(_ number: Int64) -> Int32? {
    guard let word = Int32(exactly: number), word >= .min + formulaCount else { return nil }
    return word
  }

  /// A formula as a word; nil if they are too many.
  static func word(ofFormula index: Int) -> Int32? { index < Int(formulaCount) ? .min + Int32(index) : nil }

  /// The formula that a word stands for; nil for a number.
  @inline(__always)
  static func formula(of word: Int32) -> Int? { word < .min + formulaCount ? Int(word - .min) : nil }

  /// A tensor's first word.
  @inline(__always)
  static func tensorWord(rank: Int, type: Int) -> Int32 { Int32(rank | type << 8) }

  /// The rank in a tensor's first word.
  @inline(__always)
  static func rank(_ word: Int32) -> Int { Int(word & 0xFF) }

  /// The type in a tensor's first word, as an index into the cases of `ElementType`.
  @inline(__always)
  static func type(_ word: Int32) -> Int { Int(word >> 8) }
}
