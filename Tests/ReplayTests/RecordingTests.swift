import Profiles
import Replay
import Roofline
import Simulation
import TestSupport
import Testing
import Traces

/// The recordings of `../shared/traces`, replayed by their durations and order alone.
@Suite("Recordings", .tags(.fidelity, .slow), .enabled("needs ../shared/traces") { Recordings.arePresent })
struct RecordingTests {
  static let spanTolerance = [
    "v100_resnet50_train_kineto": 0.02, "rtx2080ti_resnet_train_param": 0.02,
  ]

  @Test("A replay takes as long as the recording, and the device is as busy", arguments: Recordings.names)
  func span(_ name: String) throws {
    let run = try #require(Recordings.runs[name])
    let result = try Recordings.replay(RecordedProgram(run))
    let span = result.span.fraction(of: run.span)
    #expect(abs(span - 1) <= Self.spanTolerance[name] ?? 0.01, "\(name): span x \(span)")
    let busy = result.deviceBusy.fraction(of: run.deviceBusy)
    #expect(abs(busy - 1) <= 0.001, "\(name): busy x \(busy)")
  }

  @Test("With a faster device, the simulator and a naive replay agree to the nanosecond", arguments: Recordings.names)
  func naive(_ name: String) throws {
    let program = RecordedProgram(try #require(Recordings.runs[name]))
    for speed in [1.0, 3, 10, 100] {
      let result = try Recordings.replay(program, deviceSpeed: speed)
      let naive = NaiveReplay(program, deviceSpeed: speed)
      #expect(abs(Double(result.span.count) / 1000 - naive.span) <= 1, "\(name) / \(speed)")
      // Half a picosecond of rounding for each job.
      #expect(abs(Double(result.deviceBusy.count) / 1000 - naive.busy) <= 1 + 0.0005 * Double(program.jobs.count))
    }
  }

  @Test(
    "Counts are those that the recordings' own README and an independent reader give",
    arguments: [
      ("h100_bert_small", 479, 60, 60), ("mi300x_bert_small", 519, 60, 60), ("h100_qwen1.5_0.5b", 4186, 1029, 1465),
      ("mi300x_vllm_decode_fullgraph", 100, 5, 425), ("v100_resnet50_train_kineto", 20538, 8868, 8868),
      ("rtx2080ti_resnet_train_param", 39416, 9628, 9628),
    ])
  func counts(_ name: String, operators: Int, launches: Int, kernels: Int) throws {
    let run = try #require(Recordings.runs[name])
    #expect(run.operatorCount == operators)
    #expect(run.launchCount == launches)
    #expect(run.kernelCount == kernels)
  }

  @Test("A step replays by itself, with what the step before has left on the device", arguments: [5, 6, 7, 8, 9, 10])
  func step(_ number: Int64) throws {
    let trace = try #require(Recordings.runs["v100_resnet50_train_kineto"]).trace
    let run = try RecordedRun(trace, step: number)
    let result = try Recordings.replay(RecordedProgram(run))
    #expect(abs(result.span.fraction(of: run.span) - 1) <= 0.02)
    #expect(result.deviceBusy == run.deviceBusy)
  }

  @Test(
    "The same model on the other vendor's accelerator, from profiles alone",
    arguments: [("h100_bert_small", "mi300x_bert_small"), ("mi300x_bert_small", "h100_bert_small")])
  func otherAccelerator(_ from: String, to: String) throws {
    let profiles = try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"])
    let (here, there) = (try #require(Recordings.runs[from]), try #require(Recordings.runs[to]))
    var changes = TraceChanges()
    changes.accelerator = profiles.accelerator(matching: there.trace.devices[0])
    let study = try TraceStudy(
      here, accelerator: profiles.accelerator(matching: here.trace.devices[0]),
      host: profiles.host(named: "reference"), framework: profiles.framework(named: "pytorch-eager"), changes: changes)
    #expect(changes.accelerator != nil)
    let busy = try #require(study.target).deviceBusy
    let ratio = busy.fraction(of: there.deviceBusy)
    #expect((0.92...1.08).contains(ratio), "\(from) on the device of \(to): busy x \(ratio)")
    #expect(abs(study.ruleShares.reduce(0) { $0 + $1.fraction } - 1) < 1e-9)
    #expect(study.ruleShares[ScalingRule.shapes.rawValue].fraction > 0.9)
  }

  /// The one pair of recordings of a model on two machines; both ways it is in none of the shipped errors.
  @Test(
    "With the host's speed as one number, the other machine's span and busy time are in the band",
    arguments: [("h100_bert_small", "mi300x_bert_small"), ("mi300x_bert_small", "h100_bert_small")])
  func band(_ from: String, to: String) throws {
    let folder = packageRoot + "/hardware-profiles"
    let profiles = try ProfileCatalog(directories: [folder])
    let errors = try #require(try ProfileCatalog.moveErrors(directories: [folder]))
    let (here, there) = (try #require(Recordings.runs[from]), try #require(Recordings.runs[to]))
    let framework = try profiles.framework(named: "pytorch-eager")
    var changes = TraceChanges()
    changes.accelerator = profiles.accelerator(matching: there.trace.devices[0])
    // The number is fitted to operators that launch nothing: what both do in Python and C++, and no kernel's.
    changes.hostSpeed = Self.viewTime(here) / Self.viewTime(there)
    let study = try TraceStudy(
      here, accelerator: profiles.accelerator(matching: here.trace.devices[0]), connection: nil,
      host: profiles.host(named: "reference"), framework: framework, changes: changes, errors: errors)
    let (target, band) = (try #require(study.target), try #require(study.band))
    let span = target.span.fraction(of: there.span)
    print(
      "\(from) moved to the machine of \(to): span x \(span), busy x \(target.deviceBusy.fraction(of: there.deviceBusy))"
    )
    #expect(abs(span - 1) <= 0.10)
    #expect(band.span.low <= there.span && there.span <= band.span.high)
    #expect(band.deviceBusy.low <= there.deviceBusy && there.deviceBusy <= band.deviceBusy.high)
  }

  /// What operators take on the host that launch nothing, in all.
  private static func viewTime(_ run: RecordedRun) -> Double {
    let times = OperatorTimes(
      run, DeviceShares(run), HostActivity(run), accelerator: nil, framework: FrameworkProfile())
    return times.rows.filter { $0.deviceCount == 0 }.reduce(0) { $0 + $1.host.seconds }
  }

  @Test("Its device is found in the catalog by name, units and memory")
  func devices() throws {
    let profiles = try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"])
    for (name, accelerator) in [
      ("h100_bert_small", "nvidia-h100-sxm"), ("mi300x_bert_small", "amd-mi300x"),
      ("mi300x_vllm_decode_fullgraph", "amd-mi300x"), ("v100_resnet50_train_kineto", "nvidia-v100-sxm2-32gb"),
      ("rtx2080ti_resnet_train_param", "nvidia-rtx-2080-ti"),
    ] {
      let run = try #require(Recordings.runs[name])
      #expect(profiles.accelerator(matching: run.trace.devices[0])?.name == accelerator)
    }
  }
}
