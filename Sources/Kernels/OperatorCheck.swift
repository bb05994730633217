import Profiles
import Workloads

/// Whether an operator's operands and attributes fit together as its cost rule takes for granted.
///
/// Rules rely on what this check has seen and look at nothing twice: whatever passes has finite times and traffic, none of
/// them negative. What no rule relies on is not looked at; empty tensors, scalars where an operator takes them and left-out
/// results pass.
public enum OperatorCheck {
  /// What is wrong with an operator, or nil.
  public static func fault(in operation: Operator) -> OperatorFault? {
    do throws(OperatorFault) {
      try check(operation)
      return nil
    } catch {
      return error
    }
  }

  /// The highest number that an attribute of a window may have: more positions than any tensor has on an axis.
  static let attributeLimit: Int64 = 1 << 30

  private static func check(_ operation: Operator) throws(OperatorFault) {
    switch OperatorKind(of: operation) {
    case .convolution, .depthwiseConvolution: _ = try ConvolutionGeometry(operation)
    case .linear, .matmul: try checkProduct(operation)
    case .attention: try checkAttention(operation)
    case .batchNorm: try checkRank(operation.inputs.first, of: .input, 2 ... .max)
    case .pooling: try checkPooling(operation)
    default: break
    }
  }

  // MARK: Matrix products

  /// The factors of a product, without what is added to it; nil for sums over named dimensions.
  static func factors(of operation: Operator) -> (name: String, operands: ArraySlice<Shape>)? {
    let name = OperatorKind.baseName(operation.name)
    if name == "einsum" { return nil }
    let addsFirst = ["addmm", "baddbmm", "addmv"].contains(name)
    return (name, operation.inputs.dropFirst(addsFirst ? 1 : 0))
  }

  private static func checkProduct(_ operation: Operator) throws(OperatorFault) {
    guard let (name, operands) = factors(of: operation) else { return }
    guard operands.count >= 2, let left = operands.first, let right = operands.dropFirst().first else {
      throw .tooFewOperands(needed: 2 + operands.startIndex, found: operation.inputs.count)
    }
    let isLinear = name == "linear"
    let ranks = ranks(of: name)
    try checkRank(left, of: isLinear ? .input : .leftFactor, ranks.left)
    try checkRank(right, of: isLinear ? .weights : .rightFactor, ranks.right)
    let inner = left[left.rank - 1]
    if isLinear {
      let width = right[right.rank - 1]
      guard width == inner else {
        throw .unequal(.innerDimension(.weights), width, wanted: inner, by: .innerDimension(.input))
      }
    } else {
      let height = right.rank == 1 ? right[0] : right[right.rank - 2]
      guard height == inner else {
        throw .unequal(.innerDimension(.rightFactor), height, wanted: inner, by: .innerDimension(.leftFactor))
      }
      try checkBatch(left, right)
    }
    guard let result = operation.outputs.first else { return }
    let wanted = resultElements(left, right, isLinear: isLinear)
    guard Double(result.elementCount) == wanted else {
      throw .unequal(
        .elements(.result), result.elementCount, wanted: Int64(exactly: wanted) ?? .max,
        by: isLinear ? .elements(.input) : .elements(.leftFactor))
    }
  }

  /// The ranks that a product's factors may have.
  private static func ranks(of name: String) -> (left: ClosedRange<Int>, right: ClosedRange<Int>) {
    switch name {
    case "linear": (1 ... .max, 1...2)
    case "mm", "addmm": (2...2, 2...2)
    case "mv", "addmv": (2...2, 1...1)
    case "dot": (1...1, 1...1)
    case "bmm", "baddbmm": (3...3, 3...3)
    default: (1 ... .max, 1 ... .max)
    }
  }

  /// Dimensions before the last two must be alike, or one of them 1.
  private static func checkBatch(_ left: Shape, _ right: Shape) throws(OperatorFault) {
    let pairs = zip(left.dimensions.dropLast(2).reversed(), right.dimensions.dropLast(2).reversed())
    for (index, pair) in pairs.enumerated() where pair.0 != pair.1 && pair.0 != 1 && pair.1 != 1 {
      throw .unequal(
        .batchDimension(.rightFactor, fromLast: index + 1), pair.1, wanted: pair.0,
        by: .batchDimension(.leftFactor, fromLast: index + 1))
    }
  }

  private static func resultElements(_ left: Shape, _ right: Shape, isLinear: Bool) -> Double {
    let columns = right.rank == 1 ? 1 : Double(isLinear ? right[0] : right[right.rank - 1])
    if isLinear || right.rank <= 2 { return product(left.dimensions.dropLast()) * columns }
    let rows = left.rank == 1 ? 1 : Double(left[left.rank - 2])
    return broadcastBatch(left, right) * rows * columns
  }

  /// The number of products: the dimensions before the last two, of each the one that is not 1.
  static func broadcastBatch(_ left: Shape, _ right: Shape) -> Double {
    let leftBatch = left.dimensions.dropLast(2)
    let rightBatch = right.dimensions.dropLast(2)
    let rank = max(leftBatch.count, rightBatch.count)
    func padded(_ batch: ArraySlice<Int64>) -> [Int64] { Array(repeating: 1, count: rank - batch.count) + batch }
    return zip(padded(leftBatch), padded(rightBatch)).reduce(1) { $0 * Double($1.0 == 1 ? $1.1 : $1.0) }
  }

  /// Dimensions multiplied; 1 for none.
  static func product(_ dimensions: some Sequence<Int64>) -> Double { dimensions.reduce(1) { $0 * Double($1) } }

  // MARK: Attention

  private static func checkAttention(_ operation: Operator) throws(OperatorFault) {
    let inputs = operation.inputs
    guard inputs.count >= 3 else { throw .tooFewOperands(needed: 3, found: inputs.count) }
    let (queries, keys, values) = (inputs[0], inputs[1], inputs[2])
    for (operand, shape) in [(OperatorFault.Operand.queries, queries), (.keys, keys), (.values, values)] {
      try checkRank(shape, of: operand, 2 ... .max)
    }
    guard keys[keys.rank - 1] == queries[queries.rank - 1] else {
      throw .unequal(.width(.keys), keys[keys.rank - 1], wanted: queries[queries.rank - 1], by: .width(.queries))
    }
    guard values[values.rank - 2] == keys[keys.rank - 2] else {
      throw .unequal(.rows(.values), values[values.rank - 2], wanted: keys[keys.rank - 2], by: .rows(.keys))
    }
  }

  // MARK: Windows

  private static func checkPooling(_ operation: Operator) throws(OperatorFault) {
    guard !operation.inputs.isEmpty else { throw .tooFewOperands(needed: 1, found: 0) }
    let window = operation.attribute("kernel_size") ?? []
    guard window.count <= 3 else { throw .wrongAttributeCount(name: "kernel_size", found: window.count, axes: 3) }
    for (name, lowest) in [("kernel_size", 1), ("stride", 1), ("padding", 0), ("dilation", 1)] {
      try checkValues(name, operation.attribute(name) ?? [], Int64(lowest)...attributeLimit)
    }
  }

  /// The values of an attribute of a window, one for each axis.
  static func values(
    _ name: String, of operation: Operator, axes: Int, _ range: ClosedRange<Int64>, default fallback: Int64
  ) throws(OperatorFault) -> [Int64] {
    let values = operation.attribute(name) ?? []
    try checkValues(name, values, range)
    switch values.count {
    case 0: return Array(repeating: fallback, count: axes)
    case 1: return Array(repeating: values[0], count: axes)
    case axes: return values
    default: throw .wrongAttributeCount(name: name, found: values.count, axes: axes)
    }
  }

  private static func checkValues(
    _ name: String, _ values: [Int64], _ range: ClosedRange<Int64>
  ) throws(OperatorFault) {
    for value in values where !range.contains(value) {
      throw .attributeOutOfRange(name: name, value: value, range: range)
    }
  }

  static func checkRank(
    _ shape: Shape?, of operand: OperatorFault.Operand, _ wanted: ClosedRange<Int>
  ) throws(OperatorFault) {
    guard let shape else { throw .tooFewOperands(needed: 1, found: 0) }
    guard wanted.contains(shape.rank) else { throw .wrongRank(operand, shape, wanted: wanted) }
  }
}

extension Workload {
  /// Gives the parameters values, computes every shape and checks the operands of every operator.
  ///
  /// - Parameter values: Values by parameter name; other parameters keep their default.
  /// - Returns: The workload, all of whose operators have passed ``OperatorCheck``.
  /// - Throws: What ``bind(_:check:)`` throws; an operator whose operands do not fit is reported where it stands.
  public func bindChecked(_ values: [String: Int64] = [:]) throws(WorkloadFault) -> BoundWorkload {
    try bind(values) { operation in
      guard let words = OperatorCheck.fault(in: operation)?.words else { return nil }
      return OperatorProblem(problem: words.problem, advice: words.advice)
    }
  }
}
