/// A program as a tree: what runs in its order, and what of it runs several times.
///
/// Operators, fused groups and lowered operations are leaves of one sort of tree. So every pass from a workload to a plan
/// is a function from blocks to blocks, and what repeats stays one repeat through all of them.
public enum Block<Leaf> {
  /// Something that runs once; in the array itself, since a program may have hundreds of thousands of them.
  case leaf(Leaf)
  /// Blocks that run so many times, at least once.
  indirect case loop(count: Int, body: [Block<Leaf>])
}

extension Block: Sendable where Leaf: Sendable {}
extension Block: Equatable where Leaf: Equatable {}
extension Block: Hashable where Leaf: Hashable {}

extension Array {
  /// The same tree with other leaves.
  @inlinable package func mapLeaves<Leaf, Other>(_ transform: (Leaf) -> Other) -> [Block<Other>]
  where Element == Block<Leaf> {
    map { block in
      switch block {
      case .leaf(let leaf): .leaf(transform(leaf))
      case .loop(let count, let body): .loop(count: count, body: body.mapLeaves(transform))
      }
    }
  }

  /// The same loops with several leaves, or none, in the place of each.
  @inlinable package func flatMapLeaves<Leaf, Others: Sequence>(
    _ transform: (Leaf) -> Others
  ) -> [Block<Others.Element>] where Element == Block<Leaf> {
    reduce(into: []) { blocks, block in
      switch block {
      case .leaf(let leaf): for other in transform(leaf) { blocks.append(.leaf(other)) }
      case .loop(let count, let body): blocks.append(.loop(count: count, body: body.flatMapLeaves(transform)))
      }
    }
  }

  /// Calls back with each leaf of the text and how often it runs, loops multiplied out.
  ///
  /// - Precondition: No leaf runs more often than `Int` can count.
  @inlinable package func forEachLeaf<Leaf>(times: Int = 1, _ body: (Leaf, Int) -> Void) where Element == Block<Leaf> {
    for block in self {
      switch block {
      case .leaf(let leaf): body(leaf, times)
      case .loop(let count, let inner): inner.forEachLeaf(times: times * count, body)
      }
    }
  }

  /// Calls back with each leaf of a loop's first round, and of its second for all later ones, which find what the first
  /// has made.
  ///
  /// - Parameters:
  ///   - times: How many rounds the blocks stand for.
  ///   - isLater: Whether they are of a round behind the first.
  ///   - body: Is given the leaf and how many rounds it stands for.
  /// - Complexity: The length of the text, times the depth of its loops.
  @inlinable package func forEachRound<Leaf>(
    times: Double = 1, isLater: Bool = false, _ body: (Leaf, Double) -> Void
  ) where Element == Block<Leaf> {
    for block in self {
      switch block {
      case .leaf(let leaf): body(leaf, times)
      case .loop(let count, let inner) where isLater:
        inner.forEachRound(times: times * Double(count), isLater: true, body)
      case .loop(let count, let inner):
        inner.forEachRound(times: times, body)
        if count > 1 { inner.forEachRound(times: times * Double(count - 1), isLater: true, body) }
      }
    }
  }

  /// A sum over everything that runs: of each loop the sum over its body, scaled by how often it runs.
  ///
  /// - Parameters:
  ///   - initial: The sum of nothing.
  ///   - add: Adds a leaf.
  ///   - scale: Adds the sum over a loop's body, so many times.
  /// - Returns: The sum.
  @inlinable package func total<Leaf, Sum>(
    _ initial: Sum, _ add: (inout Sum, Leaf) -> Void, scale: (inout Sum, Sum, Int) -> Void
  ) -> Sum where Element == Block<Leaf> {
    reduce(into: initial) { sum, block in
      switch block {
      case .leaf(let leaf): add(&sum, leaf)
      case .loop(let count, let body): scale(&sum, body.total(initial, add, scale: scale), count)
      }
    }
  }

  /// Whether any leaf is what is asked for.
  @inlinable package func containsLeaf<Leaf>(where isWanted: (Leaf) -> Bool) -> Bool where Element == Block<Leaf> {
    contains { block in
      switch block {
      case .leaf(let leaf): isWanted(leaf)
      case .loop(_, let body): body.containsLeaf(where: isWanted)
      }
    }
  }
}
