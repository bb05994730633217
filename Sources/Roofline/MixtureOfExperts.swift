/// A feed-forward layer of which each token takes a few experts: a router, and two or three products for each expert taken.
///
/// ```swift
/// let layer = MixtureOfExperts(
///   tokens: 64, experts: 60, expertsPerToken: 4, hidden: 2_048, intermediate: 1_408, isGated: true, bytesPerElement: 2)
/// layer.activeExperts  // 60: 64 · 4 choices are enough to reach all
/// ```
///
/// Tokens are read and written once; what is between the products stays on the chip.
public struct MixtureOfExperts: Work {
  /// Tokens of a step.
  public let tokens: Int
  /// Experts of the layer.
  public let experts: Int
  /// Experts that each token takes.
  public let expertsPerToken: Int
  /// The width of a token.
  public let hidden: Int
  /// The width of an expert.
  public let intermediate: Int
  /// Whether an expert has a third product, which gates the first.
  public let isGated: Bool
  /// Experts that some token takes, whose weights are read.
  public let activeExperts: Int
  /// Bytes per element of all tensors.
  public let bytesPerElement: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - tokens: Zero or more.
  ///   - experts: Zero or more.
  ///   - expertsPerToken: At most `experts`.
  ///   - hidden: The width of a token.
  ///   - intermediate: The width of an expert.
  ///   - isGated: Whether an expert has three products.
  ///   - activeExperts: Experts that some token takes; where it is not given, as many as the tokens can reach, which is the
  ///     most.
  ///   - bytesPerElement: The element size, finite and greater than zero.
  /// - Precondition: the values lie in these ranges.
  public init(
    tokens: Int, experts: Int, expertsPerToken: Int, hidden: Int, intermediate: Int, isGated: Bool,
    activeExperts: Int? = nil, bytesPerElement: Double
  ) {
    let active = activeExperts ?? Int(min(Int128(experts), exactProduct([tokens, expertsPerToken])))
    checkExtents(
      [tokens, experts, expertsPerToken, hidden, intermediate, active], elementSize: bytesPerElement)
    precondition(expertsPerToken <= experts && active <= experts, "no more experts than there are")
    self.tokens = tokens
    self.experts = experts
    self.expertsPerToken = expertsPerToken
    self.hidden = hidden
    self.intermediate = intermediate
    self.isGated = isGated
    self.activeExperts = active
    self.bytesPerElement = bytesPerElement
  }

  private var products: Int { isGated ? 3 : 2 }

  /// 2·tokens·(hidden·experts + experts per token·products·hidden·intermediate).
  public var operationCount: Int128 {
    let router = exactProduct([hidden, experts])
    return 2 * Int128(tokens) * (router + exactProduct([expertsPerToken, products, hidden, intermediate]))
  }

  /// The router's weights, those of the active experts, and the tokens in and out, once each.
  public var bytes: Bytes {
    let weights = exactProduct([hidden, experts]) + exactProduct([activeExperts, products, hidden, intermediate])
    return elementBytes(weights + 2 * exactProduct([tokens, hidden]), bytesPerElement)
  }
}
