/// The calls of a list's modules, dealt out to its operators as evenly as whole numbers can be.
///
/// Files say how many modules a list calls and not where: calls and operators alternate in a model, so an even deal keeps
/// the host's time where it is spent, for a list of any length.
struct ModuleCalls {
  private let count: Int
  private let operators: Int
  private var remainder = 0

  /// - Parameters:
  ///   - count: How many modules the list calls.
  ///   - operators: How many operators the list has, at least one.
  init(_ count: Int, among operators: Int) {
    self.count = count
    self.operators = max(1, operators)
  }

  /// How many modules are called right before the next operator.
  mutating func next() -> Int {
    let (whole, rest) = count.quotientAndRemainder(dividingBy: operators)
    remainder += rest
    guard remainder >= operators else { return whole }
    remainder -= operators
    return whole + 1
  }
}
