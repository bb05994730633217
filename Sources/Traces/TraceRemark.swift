import JSONText

/// What a format does not record, and what was put in its place: facts that a reader of the result should know.
package enum TraceRemark: Sendable, Equatable, CustomStringConvertible {
  /// The calls that launch are not in the recording; each kernel is taken to be launched by the operator around its start.
  case launchesInferred(count: Int)

  /// The remark on one line.
  package var description: String {
    switch self {
    case .launchesInferred(let count):
      "the recording has no launches; its \(NumberFormat.integer(count)) kernels are taken to be launched by the operators "
        + "around their starts, as soon as they could run"
    }
  }
}
