import JSONText
import Replay
import Traces
import Workloads

/// An execution trace of PyTorch, or a graph of Chakra, where a workload is asked for.
enum ExecutionTraceWorkload {
  /// The workload of a file that is one; nil for other files.
  ///
  /// What no rule knows is left out, and said.
  static func read(_ path: String) throws(Failure) -> Workload? {
    // Whatever is wrong with a file that is none, its own reader says.
    let isTrace = (try? ExecutionTrace.isOne(path: path)) ?? false
    guard isTrace || (try? ChakraGraph.isOne(path: path)) ?? false else { return nil }
    let trace = try checking { () throws(TraceFault) in
      isTrace ? try ExecutionTrace.read(path: path) : try ChakraGraph.read(path: path)
    }
    let source = isTrace ? "execution trace of PyTorch" : "Chakra graph"
    let run = try checking { try RecordedRun(trace) }
    let recorded = RecordedWorkload(run)
    guard !recorded.operators.isEmpty else {
      throw .input(
        at: path,
        (isTrace ? "is an execution trace" : "is a Chakra graph")
          + " without a single operator whose shapes and name are known")
    }
    if !recorded.unknown.isEmpty {
      let names = recorded.unknown.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let count = names.reduce(0) { $0 + $1.value }
      Platform.warn(
        "\(path): warning: \(count) of its operators are left out, since no rule knows them with these shapes: "
          + "\(listed(names.prefix(5).map { visible($0.key) } + (names.count > 5 ? ["others"] : []), by: "and"))")
    }
    let name = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? "execution-trace"
    return try checking {
      try Workload(
        bytes: recorded.file(name: name.isEmpty ? "execution-trace" : name, source: source),
        file: path)
    }
  }
}
