import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import TestSupport
import Testing
import Workloads

/// What hosts of today spend, as others and we ourselves have measured it; no number here was fitted one by one.
@Suite("Hosts of today", .tags(.fidelity))
struct HostsOfTodayTests {
  private let models: ShippedModels

  init() throws { models = try ShippedModels() }

  private func system(_ accelerator: String, _ host: String, _ framework: String) throws -> System {
    System(
      accelerator: try models.accelerator(accelerator), host: try models.host(host),
      framework: try models.framework(framework))
  }

  private func result(
    _ workload: BoundWorkload, _ accelerator: String, _ host: String, _ framework: String = "pytorch-eager-2",
    _ kind: LatencyKind = .steadyState, adjust: (inout System) throws -> Void = { _ in }
  ) throws -> PassResult {
    var system = try system(accelerator, host, framework)
    try adjust(&system)
    return try Scenario(workload: workload, system: system, precision: .bf16, latencyKind: kind).simulate()
  }

  private func shipped(_ name: String, _ parameters: [String: Int64] = [:]) throws -> BoundWorkload {
    try models.workload(name).bind(parameters)
  }

  /// A program of one operator, which calls so many modules.
  private func loop(_ operation: String, modules: Int) throws -> BoundWorkload {
    let text = #"""
      {"schema":"workload/1","name":"loop","parameters":{"batch":1},"modules":\#(modules),"program":[\#(operation)]}
      """#
    return try Workload(bytes: Array(text.utf8), file: "loop.json").bind()
  }

  /// Prints an error and holds it against its limit.
  private func expect(
    _ what: String, _ predicted: Double, measured: Double, within limit: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = predicted / measured - 1
    print("\(what): \(predicted) for \(measured), \(NumberFormat.significant(error * 100, digits: 3)) %")
    #expect(abs(error) <= limit, "\(what): \(predicted) for \(measured)", sourceLocation: sourceLocation)
  }

  /// TransformerEngine issue 2053: processor time of a forward pass, bf16, 8192 x 2048 by 2048 x 2048.
  @Test(
    "One nn.Linear in a loop: within 12 %",
    arguments: [("intel-xeon-platinum-8480c", [13.48]), ("nvidia-grace", [33.17, 37.08])])
  func linear(host: String, measured: [Double]) throws {
    let operation = #"{"operator":"aten::linear","inputs":[[8192,2048],[2048,2048]],"outputs":[[8192,2048]]}"#
    let result = try result(loop(operation, modules: 1), "nvidia-h100-sxm", host)
    for time in measured { expect("nn.Linear, \(host)", result.hostBusy.seconds * 1e6, measured: time, within: 0.12) }
  }

  /// AIConfigurator's tables of 512 B to 16 KB, medians over sizes and numbers of GPUs: benchmarks/studies/hosts.md.
  static let collectives: [(host: String, accelerator: String, measured: [Double])] = [
    ("amd-epyc-7742", "nvidia-a100-sxm4-80gb", [49.7, 41.3, 44.6]),
    ("intel-xeon-platinum-8480c", "nvidia-h200", [20.9, 20.1, 20.5]),
    ("intel-xeon-platinum-8570", "nvidia-b200", [21.4, 18.0, 20.7]),
    ("nvidia-grace", "nvidia-h200", [41, 51]),
  ]

  @Test("An eager all-reduce in a loop: within 20 % on each host, and the hosts in their order")
  func collectives() throws {
    let operation = #"{"operator":"c10d::allreduce_","inputs":[[4096]],"outputs":[[4096]]}"#
    var times: [String: Double] = [:]
    for (host, accelerator, measured) in Self.collectives {
      let time = try result(loop(operation, modules: 0), accelerator, host).hostBusy.seconds * 1e6
      times[host] = time
      let mean = measured.reduce(0, +) / Double(measured.count)
      expect("all-reduce, \(host)", time, measured: mean, within: 0.2)
    }
    let order = ["nvidia-grace", "amd-epyc-7742", "intel-xeon-platinum-8480c", "intel-xeon-platinum-8570"]
    #expect(times.sorted { $0.value > $1.value }.map(\.key) == order)
  }

  /// TaxBreak, arXiv 2603.12465: kernel launches of one generated token.
  @Test(
    "Launches of a token: within 5 %",
    arguments: [
      ("llama-3.2-1b-generate", 847.5), ("olmoe-1b-7b-generate", 9305.3), ("qwen1.5-moe-a2.7b-generate", 6695.1),
    ])
  func launches(workload: String, measured: Double) throws {
    let result = try result(
      shipped(workload, ["batch": 4]), "nvidia-h100-sxm", "intel-xeon-platinum-8480c")
    expect("launches, \(workload)", Double(result.kernelCount), measured: measured, within: 0.05)
  }

  /// TaxBreak: OLMoE's 260.5 ms a token, and a host swap from the 8480C to the 6538Y+ for a dense model.
  ///
  /// Its Llama-3.2-1B of 22.3 ms (260.5 / 11.7) contradicts its own sum of host costs, and its 29 % of a mixture of experts
  /// no speeds explain: benchmarks/studies/hosts.md, section 5.
  @Test("A token through a mixture of experts: within 12 %; a faster host: 14 % less")
  func tokens() throws {
    let experts = try result(
      shipped("olmoe-1b-7b-generate", ["batch": 4]), "nvidia-h100-sxm", "intel-xeon-platinum-8480c")
    expect("OLMoE", experts.latency.milliseconds, measured: 260.5, within: 0.12)
    let dense = try shipped("llama-3.2-1b-generate")
    let before = try result(dense, "nvidia-h100-sxm", "intel-xeon-platinum-8480c").latency.seconds
    let after = try result(dense, "nvidia-h200", "intel-xeon-gold-6538y-plus").latency.seconds
    #expect(abs((after / before - 1) - -0.14) <= 0.04)
  }

  /// TaxBreak: GPT-2 on an H200 behind the 6538Y+, device busy as measured (1.66 and 15.43 ms).
  @Test("HDBI of GPT-2: within 0.05", arguments: [(Int64(1), 1.66, 0.25), (16, 15.43, 0.74)])
  func balance(batch: Int64, busy: Double, measured: Double) throws {
    let workload = try shipped("gpt2", ["batch": batch, "sequence_length": 512])
    let host = try result(workload, "nvidia-h200", "intel-xeon-gold-6538y-plus").hostBusy.milliseconds
    let balance = busy / (busy + host)
    print("HDBI of GPT-2, batch \(batch): \(balance) for \(measured)")
    #expect(abs(balance - measured) <= 0.05)
  }

  /// Llama-3 8B through transformers on an A100, 38 to 42 ms a token (issues of transformers and gpt-fast, in modern/);
  /// GPT-2 through three engines in eager mode on an H200 (DeepSpeed issue 8352): their modules are lean, and their attention
  /// goes through operators of their own, which cost the host what attention in several operators does.
  @Test("One eager pass by code: Llama-3 8B within 12 %, GPT-2 through lean engines within 15 %")
  func eagerPasses() throws {
    let llama = try result(shipped("llama-3-8b-decode-sdpa"), "nvidia-a100-sxm4-80gb", "amd-epyc-7742")
    expect("Llama-3 8B", llama.latency.milliseconds, measured: 40, within: 0.12)
    for measured in [4.498, 4.815, 4.876] {
      let lean = try result(shipped("gpt2-decode"), "nvidia-h200", "intel-xeon-platinum-8480c") {
        $0.framework.transformersModuleUS = $0.framework.moduleUS
      }
      expect("GPT-2, lean", lean.latency.milliseconds, measured: measured, within: 0.15)
    }
  }

  /// ocannl issue 488 (a laptop's RTX 5070 Ti under WSL2): a replay takes 15 us and 0.58 us a node, kernels of nothing.
  @Test("Graph launches: six lengths from 8 to 117 kernels within 15 %")
  func graphLaunches() throws {
    for nodes in [8, 16, 32, 57, 88, 117] {
      let operation = #"{"repeat":\#(nodes),"program":[{"operator":"aten::relu","inputs":[[1]],"outputs":[[1]]}]}"#
      let text = #"{"schema":"workload/1","name":"nodes","parameters":{"batch":1},"program":[\#(operation)]}"#
      let workload = try Workload(bytes: Array(text.utf8), file: "nodes.json").bind()
      let result = try result(
        workload, "nvidia-rtx-5090", "intel-core-i9-13900k", "cuda-graph", .synchronized
      ) {
        $0.framework.passUS = 0
        $0.accelerator?.launch.submissionUS = 10
      }
      expect(
        "a graph of \(nodes)", result.latency.seconds * 1e6, measured: 15 + 0.58 * Double(nodes), within: 0.15)
    }
  }

  /// Replays of 2,876 and 2,187 nodes (RTX PRO 6000), read off recordings: 2.83 and 1.98 ms.
  ///
  /// Unrecorded they take microseconds.
  @Test("Recorded graph launches of thousands of nodes: within 20 %", arguments: [(2876, 2.83), (2187, 1.98)])
  func recordedLaunches(nodes: Int, measured: Double) throws {
    let operation = #"{"repeat":\#(nodes),"program":[{"operator":"aten::relu","inputs":[[1]],"outputs":[[1]]}]}"#
    let text = #"{"schema":"workload/1","name":"nodes","parameters":{"batch":1},"program":[\#(operation)]}"#
    let workload = try Workload(bytes: Array(text.utf8), file: "nodes.json").bind()
    let host = "intel-xeon-platinum-8570"
    let recorded = try result(workload, "nvidia-rtx-5090", host, "cuda-graph-recorded").hostBusy.milliseconds
    expect("recorded launch of \(nodes) nodes", recorded, measured: measured, within: 0.2)
    let plain = try result(workload, "nvidia-rtx-5090", host, "cuda-graph").hostBusy.milliseconds
    #expect(plain < 0.03, "what a pass pays where nothing records")
  }

  @Test("A slower host lengthens a graph's pass where its launch shows, and its host time everywhere")
  func slowerHosts() throws {
    let small = try shipped("mobilenet-v2")
    let graphs = ["cuda-graph", "torch-compile-graphs"]
    for framework in graphs {
      let fast = try result(small, "nvidia-b200", "intel-xeon-platinum-8570", framework, .synchronized)
      let slow = try result(small, "nvidia-b200", "nvidia-grace", framework, .synchronized)
      #expect(slow.latency > fast.latency && slow.hostBusy > fast.hostBusy, "\(framework)")
    }
  }

  /// Our own measurement, an H100 behind a guest of an Emerald Rapids: timm's ViT in 2.85 ms; transformers' costs 1.6 times
  /// as much by its modules (benchmarks/studies/hosts.md, section 2.3).
  @Test("One model by two libraries on one host: within 12 % each")
  func libraries() throws {
    let (accelerator, host) = ("nvidia-h100-sxm", "intel-xeon-platinum-8570")
    let timm = try result(shipped("vit-base-patch16-224-timm"), accelerator, host).latency.milliseconds
    let transformers = try result(shipped("vit-base-patch16-224"), accelerator, host).latency.milliseconds
    expect("ViT, timm", timm, measured: 2.85, within: 0.12)
    expect("ViT, transformers", transformers, measured: 1.6 * 2.85, within: 0.12)
  }
}
