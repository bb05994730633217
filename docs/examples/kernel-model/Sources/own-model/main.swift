import Catalog
import Kernels
import Profiles
import Replay
import Simulation
import Studies
import Traces
import Workloads

let profiles = try ProfileCatalog(directories: [Catalog.directory + "/hardware-profiles"])
let workloads = try WorkloadCatalog(directories: [Catalog.directory + "/workloads"])
let accelerator = try profiles.accelerator(named: "h100-sxm")
let host = try profiles.host(named: "reference")
let framework = try profiles.framework(named: "cuda-graph")

// A sweep: every point is priced by the model.
let plan = try SweepPlan(
  axes: [SweepAxis(.parameter("batch"), [1, 8, 64].map { .number($0) })],
  choices: SweepPlan.Choices(
    workloads: [try workloads.load("bert-base-uncased")], accelerators: [accelerator], hosts: [host],
    frameworks: [framework],
    precisions: [.fp16]),
  kernelModel: .tiles)
print(String(decoding: try Sweep(plan, format: .csv).text(0..<plan.count), as: UTF8.self), terminator: "")

// A recording, carried to another accelerator by the ratio of the model's times.
guard CommandLine.arguments.count > 1 else { fatalError("usage: own-model RECORDING") }
var changes = TraceChanges()
changes.accelerator = accelerator
let study = try TraceStudy(
  try RecordedRun(try TraceReader.read(path: CommandLine.arguments[1])),
  accelerator: try profiles.accelerator(named: "v100"), host: host,
  framework: try profiles.framework(named: "pytorch-eager"), changes: changes, kernelModel: .tiles)
for (name, replay) in [("recorded", study.replayed), ("on \(accelerator.title)", study.target ?? study.replayed)] {
  print("\(name): busy for \(Int(replay.deviceBusy.microseconds)) us of \(Int(replay.span.microseconds))")
}
