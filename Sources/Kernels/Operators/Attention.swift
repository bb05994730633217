import Profiles
import Workloads

// Fused attention.

extension OperatorRule {
  /// Attention in one call.
  static let attentions = [
    OperatorRule(
      """
      scaled_dot_product_attention _scaled_dot_product_flash_attention _scaled_dot_product_efficient_attention \
      _scaled_dot_product_cudnn_attention
      """, .attention, caches: { $0 == 1 || $0 == 2 },
      check: { operation throws(OperatorFault) in
        try checkAttention(operation)
        try checkHeads(operation)
      }, lower: { $0.attention($1) }),
    OperatorRule(
      attentionsOfRowsFirst.joined(separator: " "), .attention, caches: { $0 == 1 || $0 == 2 },
      check: { operation throws(OperatorFault) in try checkAttention(operation) }, lower: { $0.attention($1) }),
  ]

  /// Kernels that are called by their own names: their heads stand behind the rows.
  fileprivate static let attentionsOfRowsFirst = ["_flash_attention_forward", "_efficient_attention_forward"]

  /// The call that attention in several operators is.
  static func attention(_ queries: Shape, _ keys: Shape, _ values: Shape, outputs: [Shape], stream: Int) -> Operator {
    Operator(
      name: "aten::scaled_dot_product_attention", inputs: [queries, keys, values], outputs: outputs, stream: stream)
  }

  private static func checkAttention(_ operation: Operator) throws(OperatorFault) {
    let inputs = operation.inputs
    guard inputs.count >= 3 else { throw .tooFewOperands(needed: 3, found: inputs.count) }
    let (queries, keys, values) = (inputs[0], inputs[1], inputs[2])
    for (operand, shape) in [(OperatorFault.Operand.queries, queries), (.keys, keys), (.values, values)] {
      try OperatorCheck.checkRank(shape, of: operand, 2 ... .max)
    }
    guard keys[keys.rank - 1] == queries[queries.rank - 1] else {
      throw .unequal(.width(.keys), keys[keys.rank - 1], wanted: queries[queries.rank - 1], by: .width(.queries))
    }
    guard values[values.rank - 2] == keys[keys.rank - 2] else {
      throw .unequal(.rows(.values), values[values.rank - 2], wanted: keys[keys.rank - 2], by: .rows(.keys))
    }
  }

  /// Heads of queries may share one of keys and values, each as many; all other dimensions are alike, or one of them 1.
  private static func checkHeads(_ operation: Operator) throws(OperatorFault) {
    func batch(_ index: Int) -> [Int64] { operation.inputs[index].dimensions.dropLast(2).reversed() }
    let (queries, keys, values) = (batch(0), batch(1), batch(2))
    for (place, pair) in zip(queries, keys).enumerated() where !areAlike(pair.0, pair.1) {
      if place == 0, pair.1 > 0, pair.0 % pair.1 == 0 { continue }
      if place == 0 { throw .indivisibleHeads(pair.0, keys: pair.1) }
      throw .unequal(
        .batchDimension(.keys, fromLast: place + 1), pair.1, wanted: pair.0,
        by: .batchDimension(.queries, fromLast: place + 1))
    }
    for (place, pair) in zip(keys, values).enumerated() where !areAlike(pair.0, pair.1) {
      throw .unequal(
        .batchDimension(.values, fromLast: place + 1), pair.1, wanted: pair.0,
        by: .batchDimension(.keys, fromLast: place + 1))
    }
  }

  private static func areAlike(_ left: Int64, _ right: Int64) -> Bool { left == right || left == 1 || right == 1 }
}

extension Lowering {
  /// Fused attention reads queries, keys and values once and keeps the scores on chip.
  ///
  /// Heads of queries that share keys and values have their arithmetic each, and read them once together.
  fileprivate func attention(_ operation: Operator) -> [Kernel] {
    var shape = Self.attentionShape(operation)
    shape.hasWholeHeads = target.attendsByHeads
    let values = Double(operation.inputs[2].last ?? 1)
    let written = shape.batch * shape.heads * shape.queries * values
    guard written > 0 else { return [] }
    // Latent attention keeps one tensor, of which values are the greater part of the keys.
    let sharesValues = operation.attribute("shares_values")?.first == 1
    let shared = sharesValues ? operation.inputElements(2) * target.bytes(operation.inputTypes[2]) : 0
    return [
      Kernel(
        name: operation.name, .matrixMultiply, .attention(shape), flops: shape.flops,
        bytesRead: operation.inputBytes(target) - shared, bytesWritten: written * target.precision.bytesPerElement,
        arithmetic: target.arithmetic(of: .attention))
    ]
  }

  /// The heads are the dimension before the last two, or that between rows and width where a kernel is called by its own name;
  /// what stands before them are sequences.
  ///
  /// Fewer heads of keys serve groups of those of queries. Heads that no group fits are as many as those of queries.
  static func attentionShape(_ operation: Operator) -> AttentionShape {
    let (query, key) = (operation.inputs[0], operation.inputs[1])
    let hasRowsFirst =
      query.rank > 2 && OperatorRule.attentionsOfRowsFirst.contains(OperatorRule.baseName(operation.name))
    let (headAxis, rowAxis) = hasRowsFirst ? (2, 3) : (3, 2)
    let heads = query.rank > 2 ? Double(query[query.rank - headAxis]) : 1
    let keyHeads = key.rank > 2 ? Double(key[key.rank - headAxis]) : 1
    let isGrouped = keyHeads > 0 && keyHeads < heads && heads.truncatingRemainder(dividingBy: keyHeads) == 0
    let values = operation.inputs[2]
    let width = (Double(query[query.rank - 1]) + Double(values[values.rank - 1])) / 2
    var shape = AttentionShape(
      batch: OperatorCheck.product(query.dimensions.dropLast(3)), heads: heads, keyHeads: isGrouped ? keyHeads : heads,
      queries: Double(query[query.rank - rowAxis]), keys: Double(key[key.rank - min(rowAxis, key.rank)]), width: width)
    shape.isCausal = operation.attribute("is_causal")?.first == 1
    shape.isSplit = operation.attribute("is_split")?.first != 0
    shape.writesCache = operation.attribute("writes_cache")?.first == 1
    return shape
  }
}
