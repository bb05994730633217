import JSONText
import Profiles
import Replay
import Roofline
import Simulation
import TestSupport
import Testing
import Traces

/// Recordings of one model on different accelerators, found among all that lie beside a checkout by what they launch.
@Suite(
  "Pairs of recordings", .tags(.fidelity, .slow), .enabled("needs ../shared/traces") { Recordings.arePresent })
struct RecordedPairTests {
  /// Those that a debug build reads in a few seconds; a release build reads all of them.
  private static let runs: [(name: String, run: RecordedRun)] = {
    var runs = Recordings.runs.map { (name: $0.key, run: $0.value) }
    let folder = sharedFolder + "/traces/more/real"
    for file in (try? listFiles(in: folder, suffix: ".json.gz")) ?? [] {
      let path = folder + "/" + file
      #if DEBUG
        guard ((try? readFileBytes(path)) ?? []).count < 200_000 else { continue }
      #endif
      guard let trace = try? TraceReader.read(path: path), let run = try? RecordedRun(trace) else { continue }
      runs.append((file, run))
    }
    #if DEBUG
      runs.removeAll { $0.run.hostEvents.count > 20_000 }
    #endif
    return runs.sorted { $0.name < $1.name }
  }()

  private struct Recording {
    var name: String
    var run: RecordedRun
    var device: AcceleratorProfile
    var program: [String: Int]
  }

  /// What a program launches: its operators that launch work, with how many kernels each does.
  private static func program(_ run: RecordedRun) -> [String: Int] {
    let times = OperatorTimes(
      run, DeviceShares(run), HostActivity(run), accelerator: nil, framework: FrameworkProfile())
    return Dictionary(
      uniqueKeysWithValues: times.rows.filter { $0.sort == .operation && $0.deviceCount > 0 }.map {
        ($0.name, $0.count)
      })
  }

  /// How much of what either launches both do.
  private static func overlap(_ one: [String: Int], _ other: [String: Int]) -> Double {
    let names = Set(one.keys).union(other.keys)
    let (both, either) = names.reduce(into: (0, 0)) { sum, name in
      sum.0 += min(one[name] ?? 0, other[name] ?? 0)
      sum.1 += max(one[name] ?? 0, other[name] ?? 0)
    }
    return either < 20 ? 0 : Double(both) / Double(either)
  }

  @Test("Kernel time on the other one's accelerator: the median over all pairs is within 8 %")
  func pairs() throws {
    let profiles = try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"])
    let found = Self.runs.compactMap { name, run -> Recording? in
      guard let device = run.trace.devices.first.flatMap({ profiles.accelerator(matching: $0) }) else { return nil }
      return Recording(name: name, run: run, device: device, program: Self.program(run))
    }
    var errors: [Double] = []
    for here in found {
      for there in found where there.device.name != here.device.name {
        guard Self.overlap(here.program, there.program) >= 0.8 else { continue }
        var changes = TraceChanges()
        changes.accelerator = there.device
        let study = try TraceStudy(
          here.run, accelerator: here.device, host: profiles.host(named: "reference"),
          framework: profiles.framework(named: "pytorch-eager"), changes: changes)
        let ratio = try #require(study.target).deviceBusy.fraction(of: there.run.deviceBusy)
        print("\(here.name) on \(there.device.name): busy x \(ratio) of \(there.name)")
        errors.append(abs(ratio - 1))
      }
    }
    print("\(errors.count) moves between pairs of \(Self.runs.count) recordings")
    #expect(errors.count >= 2, "the BERT that is recorded on an H100 and an MI300X, both ways")
    #expect(errors.sorted()[errors.count / 2] <= 0.08)
  }
}
