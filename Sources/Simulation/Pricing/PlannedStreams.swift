import Kernels
import Profiles

/// Which stream of the device an operation's work goes into, and what that has to wait for.
///
/// A graph is one launch into stream 0, whatever streams its operators name: its nodes run one after the other there.
/// What needs the host stays outside of graphs and in its own stream. So that nothing overtakes what it comes after in
/// the workload, the two wait for one another wherever the workload's streams would have kept the order:
///
/// - an operation outside waits for the graphs if any operator of its stream, or of a stream that it waits for, is in a
///   graph;
/// - a graph waits for an outside stream if any of its operators is in it or waits for it.
///
/// A wait for a stream that nothing is ever launched into is none.
struct PlannedStreams: Sendable {
  /// The stream that graphs are launched into.
  static let ofGraphs = 0

  /// The streams that something is launched into under their own number.
  private var outside: Set<Int> = []
  /// The streams whose operators are nodes of graphs.
  private var captured: Set<Int> = []

  /// Sorts the streams of a program.
  ///
  /// - Parameters:
  ///   - lowered: The program.
  ///   - isCaptured: Whether an operation becomes nodes of a graph.
  init(_ lowered: LoweredProgram, isCaptured: (LoweredProgram.Operation) -> Bool) {
    // The stream that came last, which is nearly always the same.
    var (lastCaptured, lastOutside) = (-1, -1)
    for operation in lowered.operations where !operation.kernels.isEmpty || operation.transfer != nil {
      if isCaptured(operation) {
        if operation.stream != lastCaptured { captured.insert(operation.stream) }
        lastCaptured = operation.stream
      } else {
        if operation.stream != lastOutside { outside.insert(operation.stream) }
        lastOutside = operation.stream
      }
    }
  }

  /// Whether anything is launched into a stream under its own number.
  func isOutside(_ stream: Int) -> Bool { outside.contains(stream) }

  /// Whether an operation outside of graphs may wait for anything that it does not name: where there are no graphs, none
  /// does, and no set is needed to say so.
  var mayAwait: Bool { !captured.isEmpty }

  /// What an operation outside of graphs waits for.
  ///
  /// - Parameters:
  ///   - operation: The operation.
  ///   - launching: Whether it launches anything; else what it waits for holds for the next launch into its stream.
  /// - Returns: The streams.
  func awaited(by operation: LoweredProgram.Operation, launching: Bool = true) -> Set<Int> {
    let named = Set(operation.waitsForStreams)
    var awaited = named.intersection(outside)
    let earlier = launching ? named.union([operation.stream]) : named
    if !captured.isDisjoint(with: earlier) { awaited.insert(Self.ofGraphs) }
    awaited.remove(operation.stream)
    return awaited
  }

  /// What the graph that an operation is a node of waits for.
  func awaited(byNode operation: LoweredProgram.Operation) -> Set<Int> {
    var named = Set(operation.waitsForStreams)
    if !operation.kernels.isEmpty { named.insert(operation.stream) }
    return named.intersection(outside).subtracting([Self.ofGraphs])
  }
}

extension LoweredProgram.Operation {
  /// Whether the host has to know of it: a copy, a point at which it waits for the device, or what is not captured.
  func isOutsideOfGraphs(_ eagerKinds: [OperatorKind]) -> Bool {
    synchronizes || transfer != nil || eagerKinds.contains(kind)
  }

  /// Whether it is the same operation as another, but for the modules that are called before.
  func isAlike(_ other: LoweredProgram.Operation) -> Bool {
    var same = other
    same.moduleCalls = moduleCalls
    return self == same
  }
}

extension LoweredProgram {
  /// Whether two operations are the same, but for the modules that are called before.
  func isAlike(_ one: Int, _ other: Int) -> Bool {
    // Neighbors mostly differ in these, which are compared without a copy of either.
    operations[one].kernels == operations[other].kernels && operations[one].kind == operations[other].kind
      && operations[one].isAlike(operations[other])
  }
}
