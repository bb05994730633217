import JSONText
import Replay
import Testing
import Traces
import Workloads

/// Execution traces of PyTorch as workloads.
@Suite("Execution traces")
struct ExecutionTraceTests {
  /// A layer, its activation, an operator that nothing knows, and a product in the backward pass, as the observer writes them:
  /// the parent before what is within it, tensors by their numbers.
  static let text = """
    {"schema": "1.1.1-chakra.0.0.4", "pid": 9, "time": "2026-01-01 00:00:00", "start_ts": 5, "nodes": [
    {"id": 1, "name": "[pytorch|profiler|execution_trace|process]", "ctrl_deps": 1, "inputs": {"values": [], "shapes": [], "types": []}},
    {"id": 2, "name": "[pytorch|profiler|execution_trace|thread]", "ctrl_deps": 1, "inputs": {"values": [], "shapes": [], "types": []}},
    {"id": 3, "name": "## forward ##", "ctrl_deps": 2, "inputs": {"values": [], "shapes": [], "types": []}},
    {"id": 4, "name": "aten::linear", "ctrl_deps": 3, "inputs": {"values": [[7,8,0,8192,4,"cuda:0"],[9,10,0,4096,4,"cuda:0"],[11,12,0,32,4,"cuda:0"]],
      "shapes": [[64,128],[32,128],[32]], "types": ["Tensor(float)","Tensor(float)","Tensor(float)"]}},
    {"id": 5, "name": "aten::t", "ctrl_deps": 4, "inputs": {"values": [[9,10,0,4096,4,"cuda:0"]], "shapes": [[32,128]], "types": ["Tensor(float)"]}},
    {"id": 6, "name": "aten::addmm", "ctrl_deps": 4, "inputs": {"values": [[11,12,0,32,4,"cuda:0"],[7,8,0,8192,4,"cuda:0"],[9,10,0,4096,4,"cuda:0"],1,1],
      "shapes": [[32],[64,128],[128,32],[],[]], "types": ["Tensor(float)","Tensor(float)","Tensor(float)","Int","Int"]}},
    {"id": 7, "name": "aten::relu", "ctrl_deps": 3, "inputs": {"values": [[13,14,0,2048,4,"cuda:0"]], "shapes": [[64,32]], "types": ["Tensor(float)"]}},
    {"id": 8, "name": "mine::special", "ctrl_deps": 3, "inputs": {"values": [[13,14,0,2048,4,"cuda:0"]], "shapes": [[64,32]], "types": ["Tensor(float)"]}},
    {"id": 9, "name": "autograd::engine::evaluate_function: AddmmBackward0", "ctrl_deps": 2, "inputs": {"values": [], "shapes": [], "types": []}},
    {"id": 10, "name": "aten::mm", "ctrl_deps": 9, "inputs": {"values": [[1,2,0,2048,4,"cuda:0"],[3,4,0,4096,4,"cuda:0"]], "shapes": [[64,32],[32,128]], "types": ["Tensor(float)","Tensor(float)"]}}
    ], "finish_ts": 9}
    """

  private func workload() throws -> RecordedWorkload {
    RecordedWorkload(try RecordedRun(ExecutionTrace.read(Array(Self.text.utf8), file: "et.json")))
  }

  @Test("The outermost operators that are known are the program, in the order of their calls")
  func operators() throws {
    let workload = try workload()
    #expect(workload.operators.map(\.name) == ["aten::linear", "aten::relu", "aten::mm"])
    #expect(workload.operators[0].inputs.map(\.dimensions) == [[64, 128], [32, 128], [32]])
    #expect(workload.operators[2].inputs.map(\.dimensions) == [[64, 32], [32, 128]])
    #expect(workload.unknown == ["mine::special": 1])
  }

  @Test("What ranks do together is one operator with what each gives: the only tensor, or the one behind the result")
  func collectives() throws {
    let text = """
      {"schema": "1.1.1-chakra.0.0.4", "pid": 9, "nodes": [
      {"id": 1, "name": "[pytorch|profiler|execution_trace|process]", "ctrl_deps": 1, "inputs": {"values": [], "shapes": [], "types": []}},
      {"id": 2, "name": "c10d::allreduce_", "ctrl_deps": 1, "inputs": {"values": [[[1,2,0,4096,4,"cuda:0"]], "<ProcessGroup>", -1],
        "shapes": [[[4096]], [], []], "types": ["GenericList[Tensor(float)]", "CustomObj", "Int"]}},
      {"id": 3, "name": "record_param_comms", "ctrl_deps": 2, "inputs": {"values": [], "shapes": [], "types": []}},
      {"id": 4, "name": "c10d::_allgather_base_", "ctrl_deps": 1, "inputs": {"values": [[3,4,0,8192,4,"cuda:0"], [5,6,0,1024,4,"cuda:0"]],
        "shapes": [[8192], [1024]], "types": ["Tensor(float)", "Tensor(float)"]}},
      {"id": 5, "name": "c10d::barrier", "ctrl_deps": 1, "inputs": {"values": [], "shapes": [], "types": []}}
      ], "finish_ts": 9}
      """
    let workload = RecordedWorkload(try RecordedRun(ExecutionTrace.read(Array(text.utf8), file: "et.json")))
    #expect(workload.operators.map(\.name) == ["c10d::allreduce_", "c10d::_allgather_base_"])
    #expect(workload.operators.map { $0.inputs.map(\.dimensions) } == [[[4096]], [[1024]]])
    #expect(workload.unknown == ["c10d::barrier": 1])
  }

  @Test("The file that is made of it holds the same operators")
  func file() throws {
    let recorded = try workload()
    let workload = try Workload(bytes: recorded.file(name: "et", source: "a test"), file: "et.json")
    #expect(workload.parameters.isEmpty)
    let bound = try workload.bind()
    let operators = bound.program.compactMap { block -> Operator? in
      if case .leaf(let operation) = block { operation } else { nil }
    }
    #expect(operators == recorded.operators)
  }

  @Test("Where a recording is asked for, it is refused with what takes it")
  func refusal() throws {
    let fault = try #require(throws: TraceFault.self) {
      try TraceReader.read(Array(Self.text.utf8), file: "et.json")
    }
    #expect(fault.description.contains("'run' takes it as a workload"), "\(fault)")
  }
}
