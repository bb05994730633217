import Roofline
import Traces

/// The kernels of a name in two recordings.
package struct ComparedKernel: Sendable {
  /// The name.
  package let name: String
  /// In the first recording; nil where there are none.
  package let here: NamedKernelTime?
  /// In the other; nil where there are none.
  package let there: NamedKernelTime?

  /// How much more of the device's time they take in the first recording than in the other.
  package var difference: Picoseconds { (here?.device ?? .zero) - (there?.device ?? .zero) }
}

/// Two recordings kernel name by kernel name.
package struct NamedKernelComparison: Sendable {
  /// The names: those that became slower first, by how much.
  package let rows: [ComparedKernel]

  private struct Key: Hashable {
    var name: String
    var kind: DeviceEventKind

    init(_ row: NamedKernelTime) { (name, kind) = (row.name, row.kind) }
  }

  /// Compares the kernels of two recordings by name.
  package init(_ here: NamedKernelTimes, against there: NamedKernelTimes) {
    var others = Dictionary(there.rows.map { (Key($0), $0) }) { first, _ in first }
    var rows = here.rows.map {
      ComparedKernel(name: $0.name, here: $0, there: others.removeValue(forKey: Key($0)))
    }
    rows += others.values.map { ComparedKernel(name: $0.name, here: nil, there: $0) }
    self.rows = rows.sorted { ($1.difference, $0.name) < ($0.difference, $1.name) }
  }
}
