/// What the profiler wrote of a collective: what a kernel or a call of a communication library was given.
///
/// Newer versions of Kineto write it into the arguments of kernels and of `record_param_comms`.
package struct RecordedCollective: Sendable, Equatable {
  /// What PyTorch calls it, an index into ``Trace/names``; -1 where it was not recorded.
  package var name: Int32 = -1
  /// The process group, an index into ``Trace/names``; -1 where it was not recorded.
  package var group: Int32 = -1
  /// The type of an element, an index into ``Trace/names``; -1 where it was not recorded.
  package var elementType: Int32 = -1
  /// Elements that the rank gives; -1 where they were not recorded.
  package var elements: Int64 = -1
  /// Elements that it gets; -1 where they were not recorded.
  package var elementsReceived: Int64 = -1
  /// Ranks of the group; -1 where they were not recorded.
  package var ranks: Int64 = -1
  /// Which of the group's collectives it is; -1 where it was not recorded.
  package var sequence: Int64 = -1

  /// Nothing is known.
  package init() {}
}

extension Trace {
  /// What was recorded of a device event's collective; nil where nothing was.
  package func collective(of event: DeviceEvent) -> RecordedCollective? { collective(event.collective) }

  /// What was recorded of the collective that an operator calls; nil where nothing was.
  package func collective(of event: HostEvent) -> RecordedCollective? {
    guard event.kind == .frameworkOperator, event.external >= 0 else { return nil }
    return collectivesByOperator[event.external].flatMap { collective($0) }
  }

  /// What was recorded of a collective, by its place in ``collectives``; nil for -1.
  package func collective(_ index: Int32) -> RecordedCollective? { index < 0 ? nil : collectives[Int(index)] }
}
