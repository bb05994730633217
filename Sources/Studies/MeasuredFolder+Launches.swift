import JSONText
import Profiles

/// What launches, graphs, synchronizations and copies cost, by the driver's calls in a loop without Python.
extension MeasuredFolder {
  /// The numbers of an accelerator that the files say.
  ///
  /// - Throws: ``CSVFault`` at what is wrong.
  package func launchNumbers() throws(CSVFault) -> [MeasuredNumber] {
    var numbers: [MeasuredNumber] = []
    func add(
      _ path: String, _ value: Double?, _ spread: Double?, _ component: HostComponent? = nil, _ method: String
    ) {
      guard let value, value.isFinite, value >= 0 else { return }
      numbers.append(
        MeasuredNumber(
          path: "accelerator." + path, value: value, spread: spread, component: component, method: method))
    }
    let latencies = try rows("launch_latency", columns: ["what", "call_end_to_kernel_us", "kernel_us"])
    let launch = latencies.first { $0["what"].hasPrefix("operator") }
    let kernel = try launch?.number("kernel_us")
    let latency = try launch?.number("call_end_to_kernel_us")
    let call = try hostCost("launch, asynchronous", "driver")
    add("launch.call_us", call?.median, call?.spread, .driver, "launch, asynchronous, in a C loop")
    add("launch.latency_us", latency, nil, nil, "end of the call to the kernel's start, by the profiler")
    if let kernel {
      let queue = try hostCost("kernel and gap in a full queue", "torch")
      add(
        "launch.kernel_gap_us", queue.map { max(0, $0.median - kernel) }, queue?.spread, nil,
        "kernel and gap in a full queue, less the kernel")
      let both = try hostCost("launch and synchronization", "driver")
      if let both, let call, let latency {
        add(
          "launch.synchronization_us", max(0, both.median - call.median - latency - kernel), both.spread, nil,
          "launch and synchronization, less call, latency and kernel")
      }
    }
    let depths = try Sample(
      values(rows("queue_depth", columns: ["calls_before_blocking"]), "calls_before_blocking"))
    add("launch.queue_depth", depths?.median.rounded(), depths?.spread, nil, "calls before one blocks")
    let graph = try latencies.first { $0["what"].hasPrefix("graph") }?.number("call_end_to_kernel_us")
    add("launch.graph_latency_us", graph, nil, nil, "end of a graph's call to its first node, by the profiler")
    return try numbers + graphNumbers() + copyNumbers()
  }

  /// A row of host_costs.csv without neighbors, and half the width of its middle 80 %.
  private func hostCost(_ cost: String, _ api: String, detail: String? = nil) throws(CSVFault) -> (
    median: Double, spread: Double?
  )? {
    let columns = ["cost", "api", "detail", "neighbors", "median_us", "p10_us", "p90_us"]
    for row in try rows("host_costs", columns: columns)
    where row["cost"] == cost && row["api"] == api && row["neighbors"] == "0"
      && (detail.map { row["detail"] == $0 } ?? true)
    {
      guard let median = try row.number("median_us"), median > 0 else { continue }
      guard let low = try row.number("p10_us"), let high = try row.number("p90_us") else { return (median, nil) }
      return (median, (high - low) / 2 / median)
    }
    return nil
  }

  private func values(_ rows: [Row], _ column: String) throws(CSVFault) -> [Double] {
    var numbers: [Double] = []
    for row in rows { if let number = try row.number(column) { numbers.append(number) } }
    return numbers
  }

  /// Lines through the graphs' times by their nodes.
  private func graphNumbers() throws(CSVFault) -> [MeasuredNumber] {
    let columns = [
      "api", "topology", "chains", "nodes", "capture_us", "instantiate_us", "first_launch_us", "launch_us",
    ]
    let graphs = try rows("graphs", columns: columns).filter { $0["api"] == "driver" }
    let line = graphs.filter { $0["topology"] == "line" }
    func points(_ value: (Row) throws(CSVFault) -> Double?) throws(CSVFault) -> [(x: Double, y: Double)] {
      var points: [(x: Double, y: Double)] = []
      for row in line { if let nodes = try row.number("nodes"), let y = try value(row) { points.append((nodes, y)) } }
      return points
    }
    var found: [MeasuredNumber] = []
    func add(_ key: String, _ value: Double, _ spread: Double?, _ method: String) {
      found.append(
        MeasuredNumber(
          path: "accelerator.launch." + key, value: max(0, value), spread: spread, component: .driver, method: method))
    }
    func addLine(_ points: [(x: Double, y: Double)], _ offsetKey: String, _ slopeKey: String, _ method: String) {
      guard let fit = Sample.line(points) else { return }
      let left = Sample(points.map { abs($0.y - fit.offset - fit.slope * $0.x) })?.median
      let spread = left.map { fit.offset > 0 ? $0 / fit.offset : 0 }
      add(offsetKey, fit.offset, spread, method)
      add(slopeKey, fit.slope, spread, "the same, a node more")
    }
    let launches = try points { row throws(CSVFault) in try row.number("launch_us") }
    addLine(launches, "graph_call_us", "graph_node_us", "a graph's call in a C loop, by nodes in a line: no nodes")
    let firsts = try points { row throws(CSVFault) in
      guard let first = try row.number("first_launch_us"), let later = try row.number("launch_us") else { return nil }
      return first - later
    }
    addLine(
      firsts, "graph_first_us", "graph_first_node_us", "first launch less a later one, by nodes in a line: no nodes")
    let captures = try points { row throws(CSVFault) in
      guard let capture = try row.number("capture_us"), let instance = try row.number("instantiate_us") else {
        return nil
      }
      return capture + instance
    }
    if let fit = Sample.line(captures) {
      add("graph_capture_node_us", fit.slope, nil, "capture and instantiation, a node more")
    }
    var branches: [Double] = []
    for row in graphs where row["topology"] == "branched" {
      guard let chains = try row.number("chains"), chains > 1, let nodes = try row.number("nodes"), nodes == 8,
        let launch = try row.number("launch_us"), let plain = Sample.line(launches)?.offset
      else { continue }
      branches.append((launch - plain) / (chains - 1))
    }
    if let sample = Sample(branches) {
      add("graph_branch_us", sample.median, sample.spread, "a graph of 8 nodes, for each chain more")
    }
    let gaps = try Sample(
      values(
        rows("profiles", columns: ["framework", "gap_median_us"]).filter { $0["framework"] == "cuda-graph" },
        "gap_median_us"))
    if let gaps {
      found.append(
        MeasuredNumber(
          path: "accelerator.launch.graph_kernel_gap_us", value: gaps.median, spread: gaps.spread, component: nil,
          method: "gaps between the nodes of whole models' graphs, by the profiler"))
    }
    return found
  }

  /// Bandwidth and latency of the link, by copies of pinned memory.
  private func copyNumbers() throws(CSVFault) -> [MeasuredNumber] {
    var bandwidths: [Double] = []
    var latencies: [Double] = []
    let columns = ["cost", "detail", "bytes", "neighbors", "median_us"]
    let copies = try rows("host_costs", columns: columns).filter {
      $0["cost"] == "copy and synchronization" && $0["detail"].contains("pinned") && $0["neighbors"] == "0"
    }
    let largest = try values(copies, "bytes").max() ?? 0
    let synchronization = try hostCost("stream synchronization, device idle", "driver")?.median ?? 0
    for row in copies {
      guard let bytes = try row.number("bytes"), let time = try row.number("median_us"), time > 0 else { continue }
      if bytes == largest, bytes >= 0x1p24 { bandwidths.append(bytes / time / 1e3) }
      if bytes <= 1024, let call = try hostCost("copy, call", "torch", detail: row["detail"]) {
        latencies.append(max(0, time - call.median - synchronization))
      }
    }
    var found: [MeasuredNumber] = []
    if let sample = Sample(bandwidths) {
      found.append(
        MeasuredNumber(
          path: "accelerator.link.bandwidth_gb_per_s", value: sample.median, spread: sample.spread, component: nil,
          method: "pinned copies of \(Int(largest) >> 20) MiB"))
    }
    if let sample = Sample(latencies) {
      found.append(
        MeasuredNumber(
          path: "accelerator.link.latency_us", value: sample.median, spread: sample.spread, component: nil,
          method: "pinned copies of up to 1 KiB, less call and synchronization"))
    }
    return found
  }
}
