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
    let first = NumberFormat.significant(firstLaunchTime.milliseconds, digits: 2)
    return "\(graphs) of \(NumberFormat.integer(nodeCount)) kernels: "
      + "\(NumberFormat.significant(captureTime.milliseconds, digits: 2)) ms to capture, \(first) ms at the first "
      + "launch, \(NumberFormat.significant(poolBytes / 1e6, digits: 2)) MB of its own"
  }
}
