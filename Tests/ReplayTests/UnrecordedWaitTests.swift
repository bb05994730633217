import Replay
import Roofline
import Simulation
import TestSupport
import Testing
import Traces

/// Random programs whose waits are known, recorded as Kineto does.
///
/// With or without the events, with or without who waits for whom. The replay has to come back to the program, also at half and at twice the device's speed.
@Suite("Random programs, recorded", .tags(.slow)) struct UnrecordedWaitTests {
  @Test(arguments: 0..<60)
  func `replay as they run`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let actions = Self.actions(&random)
    var recorder = Recorder(seed: seed, speed: 1)
    recorder.hasRecords = Bool.random(using: &random)
    recorder.namesWaits = Bool.random(using: &random)
    recorder.run(actions)
    let run = try recorder.text.run()
    let program = RecordedProgram(run)
    for (speed, tolerance) in [(1.0, 0.005), (2, 0.02), (0.5, 0.02)] {
      var truth = Recorder(seed: seed, speed: speed)
      truth.run(actions)
      let span = try Recordings.replay(program, deviceSpeed: speed).span.microseconds
      #expect(abs(span / truth.end - 1) <= tolerance, "seed \(seed), speed \(speed): \(span), not \(truth.end)")
    }
  }

  enum Action {
    case work(Double)
    case kernel(Double, stream: Int)
    case graph([Double], stream: Int)
    /// One stream waits for what another was given.
    case wait(stream: Int, other: Int)
    case synchronizeStream(Int)
    case synchronizeDevice
  }

  /// Steps of training and inference as they are found: communication behind and before kernels, copies, graphs.
  private static func actions(_ random: inout SeededGenerator) -> [Action] {
    var actions: [Action] = []
    func time(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random).rounded() }
    for _ in 0..<2 {
      let style = Int.random(in: 0..<4, using: &random)
      for _ in 0..<Int.random(in: 5...20, using: &random) {
        actions += [.work(time(5...40)), .kernel(time(5...120), stream: 7)]
        guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
        switch style {
        case 0: actions += [.wait(stream: 20, other: 7), .work(3), .kernel(time(50...400), stream: 20)]
        case 1:
          actions += [.wait(stream: 20, other: 7), .kernel(time(50...300), stream: 20), .wait(stream: 7, other: 20)]
        case 2: actions += [.kernel(time(5...60), stream: 24), .wait(stream: 7, other: 24)]
        default:
          actions.append(.graph((0..<4).map { _ in time(3...80) }, stream: Bool.random(using: &random) ? 7 : 13))
        }
      }
      if style == 0 { actions += [.wait(stream: 7, other: 20), .kernel(50, stream: 7)] }
      actions += [Bool.random(using: &random) ? .synchronizeStream(7) : .synchronizeDevice, .work(time(20...300))]
    }
    return actions + [.synchronizeDevice]
  }

  /// Runs a program as one would write it down, and records it.
  private struct Recorder {
    var text = TraceText()
    /// Whether events are recorded, and whether it is told who waits for whom.
    var hasRecords = true
    var namesWaits = false
    private let speed: Double
    private var random: SeededGenerator
    private var now = 0.0
    private var last: [Int: Double] = [:]
    private var waits: [Int: Double] = [:]

    init(seed: Int, speed: Double) {
      self.speed = speed
      random = SeededGenerator(seed: UInt64(seed) + 1000)
    }

    var end: Double { max(now, last.values.max() ?? 0) }

    /// A time that scatters, to the nanosecond.
    private mutating func about(_ time: Double) -> Double {
      (time * Double.random(in: 0.8...1.2, using: &random) * 1000).rounded() / 1000
    }

    mutating func run(_ actions: [Action]) { for action in actions { act(action) } }

    private mutating func act(_ action: Action) {
      switch action {
      case .work(let time):
        text.operation("aten::x", now, time)
        now += time
      case .kernel(let time, let stream):
        let call = call("cudaLaunchKernel", about(5))
        let (latency, gap, lag) = (about(6), about(1.2), about(2))
        let start = max(
          now + latency, (last[stream] ?? -9) + gap, waits.removeValue(forKey: stream).map { $0 + lag } ?? 0)
        text.kernel(start, time / speed, stream: stream, correlation: call)
        last[stream] = start + time / speed
      case .graph(let times, let stream):
        let call = call("cudaGraphLaunch", about(12))
        let (latency, gap, lag) = (about(8), about(1.5), about(2))
        var start = max(now + latency, (last[7] ?? -9) + gap, waits.removeValue(forKey: 7).map { $0 + lag } ?? 0)
        for time in times {
          text.kernel(start, time / speed, stream: stream, correlation: call)
          last[7] = start + time / speed
          start += time / speed + about(0.8)
        }
      case .wait(let stream, let other):
        let record = hasRecords ? call("cudaEventRecord", 1) : nil
        if !hasRecords { now += 1 }
        let wait = call("cudaStreamWaitEvent", 1)
        if namesWaits { text.wait(wait, stream: stream, for: other, record: record) }
        waits[stream] = max(waits[stream] ?? 0, last[other] ?? 0)
      case .synchronizeStream(let stream): synchronize("cudaStreamSynchronize", last[stream] ?? 0)
      case .synchronizeDevice: synchronize("cudaDeviceSynchronize", last.values.max() ?? 0)
      }
    }

    private mutating func call(_ name: String, _ duration: Double) -> Int {
      let call = text.call(name, now, duration)
      now += duration
      return call
    }

    private mutating func synchronize(_ name: String, _ end: Double) {
      let lag = about(5)
      let duration = max(4, end + lag - now)
      text.call(name, now, duration)
      now += duration
    }
  }
}
