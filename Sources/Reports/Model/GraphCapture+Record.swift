import JSONText
import Roofline
import Simulation

extension GraphCapture {
  /// All numbers.
  var record: Record {
    [
      "count": .count(graphCount), "nodes": .count(nodeCount), "capture_us": .time(captureTime),
      "first_launch_us": .time(firstLaunchTime), "pool_gb": .number(poolBytes / 1e9),
    ]
  }

  /// One line.
  var text: String {
    let graphs = graphCount == 1 ? "one graph" : "\(NumberFormat.integer(graphCount)) graphs"
    let kernels = nodeCount == 1 ? "one kernel" : "\(NumberFormat.integer(nodeCount)) kernels"
    func milliseconds(_ time: Picoseconds) -> String { NumberFormat.significant(time.milliseconds, digits: 2) + " ms" }
    var parts: [String] = []
    if let captureTime { parts.append("\(milliseconds(captureTime)) to capture") }
    if let firstLaunchTime { parts.append("\(milliseconds(firstLaunchTime)) at the first launch") }
    parts.append("\(NumberFormat.significant(poolBytes / 1e6, digits: 2)) MB of its own")
    return "\(graphs) of \(kernels): " + parts.joined(separator: ", ")
  }
}
