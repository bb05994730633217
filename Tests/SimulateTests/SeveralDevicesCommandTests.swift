import Foundation
import Testing

/// `--devices` and `--interconnect` on the command line.
@Suite struct SeveralDevicesCommandTests {
  static let shared = """
    { "schema": "workload/1", "name": "shared", "parameters": { "ranks": 1, "split": 0 }, "program": [
      { "repeat": 4, "program": [
        { "operator": "aten::linear", "inputs": [[64, 4096], ["8192/ranks", 4096]], "outputs": [[64, "8192/ranks"]] },
        { "repeat": "split", "program": [
          { "operator": "c10d::allreduce_", "inputs": [[64, 4096]], "outputs": [[64, 4096]] } ] } ] } ] }
    """

  @Test(arguments: [
    ("generate gpt2 h100-sxm --devices 5", 2, "5 ranks cannot share its heads of 12; these can: 1, 2, 3, 4, 6, 12"),
    (
      "generate gpt2 h100-sxm --devices 0", 64,
      "must be a whole number from 1 to 65536, or ways, as tensor=4,pipeline=2"
    ),
    ("generate gpt2 h100-sxm --devices tensr=2", 64, "has no way 'tensr'; did you mean 'tensor'?"),
    ("generate gpt2 h100-sxm --devices tensor=2,expert=4", 64, "expert=2"),
    ("generate gpt2 google-tpu-v5e --devices 2", 2, "nothing is known of what connects several 'google-tpu-v5e'"),
    ("generate gpt2 h100-sxm --devices 2 --interconnect nvlink-9", 2, "unknown interconnect 'nvlink-9'"),
    ("generate llama-2-13b rtx-4090 --devices 10", 2, "connects 8 devices at most"),
    ("generate gpt2 h100-sxm --set interconnect.bandwidth_gb_per_s=100", 2, "there is one device"),
    ("generate gpt2 h100-sxm --engine huggingface --devices 2", 2, "has no tensor parallelism"),
    ("run bert-base h100-sxm --devices 2", 2, "it has no parameter 'ranks'"),
    ("run shared.json h100-sxm --devices 2 --parameter ranks=4", 64, "--parameter ranks gives 4, and --devices 2"),
    ("run shared.json none --devices 2", 64, "the system has none"),
    ("run shared.json h100-sxm --devices 3", 2, "8192"),
    ("generate gpt2 h100-sxm --interconnect nvlink-4-switch", 64, "--devices N says how many"),
    ("run bert-base h100-sxm --interconnect nvlink-4-switch", 64, "--devices N says how many"),
    (
      "generate llama-3.1-8b h100-sxm --devices 8 --draft gpt2 --draft-tokens 3 --acceptance 0.5", 2,
      "8 ranks cannot share its heads of 12"
    ),
    ("sweep bert-base h100-sxm --over batch=1,2 --devices 2", 64, "they are of --engine"),
  ])
  func `wrong ones say what would be right`(line: String, status: Int32, words: String) throws {
    let scratch = try Scratch()
    try scratch.write(Self.shared, to: "shared.json")
    let result = try scratch.run(line)
    #expect(result.status == status && result.output.isEmpty, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func `a workload that says how it is shared takes less on more devices`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.shared, to: "shared.json")
    func run(_ options: String) throws -> [String: Any] {
      let result = try scratch.run(
        "run shared.json h100-sxm --framework cuda-graph --precision bf16 --format json " + options)
      return try GenerateCommandTests.json(result.output)
    }
    func communication(_ run: [String: Any]) -> Double { number("communication", run["breakdown_us"]) }
    let one = try run("")
    let two = try run("--devices 2")
    #expect(communication(one) == 0 && communication(two) > 0)
    #expect(number("devices", two["inputs"]) == 2)
    let replicas = try run("--devices data=4")
    #expect(number("latency_us", replicas) == number("latency_us", one), "they say nothing to one another")
    let slower = try run("--devices 2 --set interconnect.bandwidth_gb_per_s=50")
    #expect(number("latency_us", slower) > number("latency_us", two))
  }

  @Test func `with jitter every rank has a host of its own, and a timeline`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.shared, to: "shared.json")
    let line = "run shared.json h100-sxm --devices 4 --jitter 20 --seed 3 --format json --timeline ranks.json"
    let first = try scratch.run(line)
    let spread = try GenerateCommandTests.json(first.output)["spread"]
    #expect(number("ranks", spread) == 4 && number("collectives", spread) == 4)
    #expect(number("waiting_us", spread) > 0 && number("drift_us", spread) > 0)
    #expect(try scratch.run(line).output == first.output, "the same seed gives the same bytes")
    let timeline = try scratch.text("ranks.json")
    for rank in 0..<4 { #expect(timeline.contains("rank \(rank) device") && timeline.contains("rank \(rank) host")) }
  }

  @Test func `a number of what joins a group leaves what joins groups`() throws {
    let scratch = try Scratch()
    let line = "generate llama-3.1-8b h100-sxm --tokens 4 --devices 8 --interconnect nvlink-4-switch+infiniband-ndr"
    let joined = try scratch.run(line)
    let cut = try scratch.run(line + " --set interconnect.ranks=4")
    #expect(joined.status == 0 && cut.status == 0, "\(cut.errors)")
    let ways = "\ntensor=8, connected by NVLink 4 with NVSwitch (H100, H200 SXM)\n"
    let groups = ways + "groups of 4 connected by InfiniBand NDR, 400 Gb/s a device\n"
    #expect(joined.output.contains(ways) && !joined.output.contains("InfiniBand"))
    #expect(cut.output.contains(groups), "\(cut.output)")
    let alone = try scratch.run(
      "generate llama-3.1-8b h100-sxm --tokens 4 --devices 16 --interconnect pcie-5 --set interconnect.ranks=4")
    #expect(alone.status == 2 && alone.errors.contains("connects 4 devices at most, and these are 16"))
  }

  @Test func `more devices are advised where an engine can share among them`() throws {
    let scratch = try Scratch()
    func warning(_ engine: String) throws -> String {
      try scratch.run("generate llama-2-70b h100-sxm --tokens 2 --engine \(engine)").errors
    }
    #expect(try warning("vllm").contains("; --devices 2 would hold it"))
    let refused = try warning("huggingface")
    #expect(refused.contains("warning: ") && !refused.contains("--devices"), "\(refused)")
  }

  @Test func `lists stand side by side, and sweeps vary devices`() throws {
    let scratch = try Scratch()
    let runs = try scratch.run(
      "generate llama-3.2-1b h100-sxm --tokens 8 --devices 1,tensor=2,pipeline=2,4 --format csv"
    ).output
    #expect(runs.split(separator: "\n").count == 4)
    #expect(runs.contains("tensor=2,pipeline=2"))
    let sweep = try scratch.run(
      "sweep llama-3.2-1b h100-sxm --engine vllm --over devices=1,2,4 --over batch=1,8 --format csv"
    ).output
    #expect(sweep.split(separator: "\n").count == 7)
  }

  private func number(_ key: String, _ record: Any?) -> Double {
    ((record as? [String: Any])?[key] as? NSNumber)?.doubleValue ?? .nan
  }
}
