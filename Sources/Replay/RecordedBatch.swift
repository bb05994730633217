import Kernels
import Profiles
import Traces
import Workloads

/// What of a recording's tensors grows with its batch, as far as recorded shapes tell.
///
/// Operators that have weights say which of their tensors is none: the first dimension of that one is the batch, or the batch
/// times what is flattened into it. Tensors of other operators belong to the batch if their first dimension is one of these, and
/// they do not look like a weight.
struct RecordedBatch {
  /// First dimensions of activations.
  private var extents: Set<Int64> = []
  /// Shapes of weights, as they are and transposed.
  private var weights: Set<Shape> = []

  /// Looks at the operators of a run.
  ///
  /// - Complexity: O(n) for n events, and a reading for each different operator.
  init(_ run: RecordedRun) {
    var seen: Set<OperatorKey> = []
    for index in run.hostEvents where run.trace.hostEvents[index].inputs.haveShapes {
      let event = run.trace.hostEvents[index]
      guard seen.insert(OperatorKey(event)).inserted,
        let operation = RecordedOperator.reading(event, run.trace).known?.operation,
        let rule = OperatorRule.named(operation.name)
      else { continue }
      note(operation, rule)
    }
  }

  private mutating func note(_ operation: Operator, _ rule: OperatorRule) {
    let shapes = operation.inputs
    if Self.multipliesActivations(rule) {
      if let batch = Self.batch(of: shapes) { extents.insert(batch) }
      return
    }
    // A product of two matrices is one of a layer, or of its backward pass, where both are activations.
    guard OperatorRule.baseName(operation.name) != "mm", shapes.indices.contains(where: rule.isWeight) else { return }
    for (place, shape) in shapes.enumerated() where shape.rank > 0 {
      if rule.isWeight(place) {
        weights.insert(shape)
        weights.insert(Shape(shape.dimensions.reversed()))
      } else {
        extents.insert(shape[0])
      }
    }
  }

  /// Attention, and products without weights: their tensors have the batch first, but for what is the same for all of it.
  private static func multipliesActivations(_ rule: OperatorRule) -> Bool {
    rule.kind == .attention || rule.kind == .matmul
  }

  /// The first dimension of the tensors of such an operator that are not the same for all of the batch.
  private static func batch(of shapes: [Shape]) -> Int64? { shapes.filter { $0.rank > 2 }.map { $0[0] }.max() }

  /// The shapes of an operator's tensors with another batch; nil where nothing in them is known to grow with it.
  ///
  /// - Parameters:
  ///   - shapes: The recorded ones.
  ///   - name: The operator's name.
  ///   - rule: What is known of it.
  ///   - factor: How many times the batch.
  /// - Returns: As many shapes, some of them grown; nil also where a dimension would be no whole number.
  func scaled(_ shapes: [Shape], _ name: String, _ rule: OperatorRule, by factor: Double) -> [Shape]? {
    if OperatorRule.baseName(name) == "mm", shapes.count == 2 { return product(shapes[0], shapes[1], by: factor) }
    let growsWhole = Self.multipliesActivations(rule)
    let batch = Self.batch(of: shapes)
    var result = shapes
    var hasGrown = false
    for (place, shape) in shapes.enumerated() {
      let grows =
        growsWhole
        ? (shape.rank > 2 ? shape[0] == batch : batch == nil && place == 0 && isActivation(shape))
        : !rule.isWeight(place) && isActivation(shape)
      guard grows else { continue }
      guard let grown = shape.multiplying(0, by: factor) else { return nil }
      result[place] = grown
      hasGrown = true
    }
    return hasGrown ? result : nil
  }

  /// Whether a tensor of the batch is among an operator's inputs; nil where there is no tensor at all.
  func holds(_ inputs: OperatorInputs) -> Bool? {
    let shapes = inputs.shapes.joined().compactMap { Shape(checking: $0) }.filter { $0.rank > 0 }
    return shapes.isEmpty ? nil : shapes.contains(where: isActivation)
  }

  private func isActivation(_ shape: Shape) -> Bool {
    // A row of one is as well a tensor that is the same for all.
    shape.rank > 0 && extents.contains(shape[0]) && !weights.contains(shape) && (shape.rank > 1 || shape[0] > 1)
  }

  /// A product of two matrices: of a layer, or one that sums a weight's gradient over the batch.
  private func product(_ left: Shape, _ right: Shape, by factor: Double) -> [Shape]? {
    guard left.rank == 2, right.rank == 2 else { return nil }
    if weights.contains([left[0], right[1]]) || (!extents.contains(left[0]) && extents.contains(left[1])) {
      guard extents.contains(left[1]), let first = left.multiplying(1, by: factor),
        let second = right.multiplying(0, by: factor)
      else { return nil }
      return [first, second]
    }
    guard isActivation(left), let first = left.multiplying(0, by: factor) else { return nil }
    return [first, right]
  }
}

extension Shape {
  /// The shape with a dimension so many times as long; nil where that is no whole number, or the tensor too large.
  fileprivate func multiplying(_ place: Int, by factor: Double) -> Shape? {
    let length = Double(dimensions[place]) * factor
    guard length >= 1, length == length.rounded(), let whole = Int64(exactly: length) else { return nil }
    var dimensions = dimensions
    dimensions[place] = whole
    return Shape(checking: dimensions)
  }
}

/// What tells operators apart: their name, and what they were given.
struct OperatorKey: Hashable {
  let name: Int32
  let inputs: InputTexts

  init(_ event: HostEvent) { (name, inputs) = (event.name, event.inputs) }
}
