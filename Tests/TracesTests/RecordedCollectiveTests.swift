import Testing
import Traces

/// What the profiler writes of collectives and ranks.
@Suite("Recorded collectives") struct RecordedCollectiveTests {
  private func read(_ events: [String], root: String = "") throws -> Trace {
    let text = #"{\#(root)"traceEvents": [\#(events.joined(separator: ","))]}"#
    return try TraceReader.read(Array(text.utf8), file: "t.json")
  }

  private static let arguments =
    #""Collective name": "_allgather_base", "In msg nelems": 1024, "Out msg nelems": 8192, "Group size": 8, "#
    + #""dtype": "BFloat16", "Process Group Name": "0", "Seq": 17"#

  private static let kernel =
    #"{"ph": "X", "cat": "kernel", "name": "ncclDevKernel_AllGather_RING_LL", "pid": 0, "tid": 7, "ts": 10, "dur": 5, "#
    + #""args": {"stream": 7, \#(arguments)}}"#

  private func expect(_ collective: RecordedCollective?, in trace: Trace) throws {
    let collective = try #require(collective)
    #expect(trace.name(collective.name) == "_allgather_base")
    #expect(trace.name(collective.group) == "0")
    #expect(trace.name(collective.elementType) == "BFloat16")
    #expect((collective.elements, collective.elementsReceived) == (1024, 8192))
    #expect((collective.ranks, collective.sequence) == (8, 17))
  }

  @Test func `A kernel has them among its arguments`() throws {
    let trace = try read([Self.kernel])
    try expect(trace.collective(of: trace.deviceEvents[0]), in: trace)
  }

  @Test func `An operator has them too, and is told by its number`() throws {
    func operation(_ number: Int, _ arguments: String) -> String {
      #"{"ph": "X", "cat": "cpu_op", "name": "record_param_comms", "pid": 1, "tid": 1, "ts": 0, "dur": 5, "#
        + #""args": {"External id": \#(number)\#(arguments)}}"#
    }
    let trace = try read([operation(3, ""), operation(4, ", " + Self.arguments)])
    #expect(trace.collective(of: trace.hostEvents[0]) == nil)
    try expect(trace.collective(of: trace.hostEvents[1]), in: trace)
  }

  @Test func `A kernel without them has none`() throws {
    let kernel =
      #"{"ph": "X", "cat": "kernel", "name": "ncclKernel_AllReduce", "pid": 0, "tid": 7, "ts": 10, "dur": 5, "#
      + #""args": {"stream": 7, "dtype": "Float", "Seq": 3}}"#
    let trace = try read([kernel])
    #expect(trace.collective(of: trace.deviceEvents[0]) == nil && trace.collectives.isEmpty)
  }

  @Test(
    arguments: [
      (#""distributedInfo": {"backend": "nccl", "rank": 3, "world_size": 16}, "#, 3, 16),
      (#""distributedInfo": {"pg_config": [{"rank": 7, "world_size": 9}], "rank": 0, "world_size": 2}, "#, 0, 2),
      (#""distributedInfo": {"rank": "3", "world_size": -1}, "#, nil, nil),
      (#""distributedInfo": [{"rank": 3}], "#, nil, nil), (#""distributedInfo": null, "#, nil, nil), ("", nil, nil),
    ] as [(String, Int64?, Int64?)])
  func `The recording says which rank of how many it is of`(root: String, rank: Int64?, count: Int64?) throws {
    let trace = try read([Self.kernel], root: root)
    #expect(trace.rank == rank)
    #expect(trace.rankCount == count)
    #expect(trace.deviceEvents.count == 1)
  }
}
