import Kernels
import Profiles
import Roofline

/// What the graphs of a pass cost before they are replayed.
package struct GraphCapture: Sendable, Equatable {
  /// How many graphs a pass launches.
  package let graphCount: Int
  /// How many kernels they have together.
  package let nodeCount: Int
  /// Host time to capture and instantiate all of them, once for each size that is captured; nil where it is not known.
  package let captureTime: Picoseconds?
  /// Host time that their first launches take beside that of later ones; nil where it is not known.
  package let firstLaunchTime: Picoseconds?
  /// The memory that they keep for themselves while they exist: what a pass makes, bytes.
  package let poolBytes: Double

  /// The graphs of a plan on a system; nil where it launches none.
  package init?(_ plan: ProgramPlan, _ system: System) {
    guard let launch = system.accelerator?.launch else { return nil }
    var (graphs, nodes) = (0.0, 0.0)
    for (index, item) in plan.items.enumerated() {
      guard case .graph(let count, _, _) = item else { continue }
      graphs += plan.counts.hostUses[index]
      nodes += plan.counts.hostUses[index] * Double(count)
    }
    guard graphs > 0 else { return nil }
    // Both are time in the driver, which the host's speed divides.
    let driver = system.host.singleThreadSpeed * system.host.speed.driver
    func time(_ microseconds: Double) -> Picoseconds? {
      microseconds > 0 ? Picoseconds(costInMicroseconds: microseconds / driver) : nil
    }
    graphCount = Int(graphs)
    nodeCount = Int(min(nodes, 1e15))
    captureTime = time(launch.graphCaptureNodeUS * nodes)
    firstLaunchTime = time(launch.graphFirstUS * graphs + launch.graphFirstNodeUS * nodes)
    poolBytes = plan.lowered.tensors.activations
  }
}
