import Kernels
import Profiles
import Replay
import Roofline

import TestSupport
import Testing
import Traces

/// Answers about recordings as they were: what is shared out sums to the whole, and small cases are what a hand computes.
@Suite("Questions about recordings")
struct QuestionTests {
  /// A recording written down event by event, times in microseconds.
  private struct Text {
    private var events: [String] = []
    private var correlation = 0

    mutating func event(
      _ category: String, _ name: String, _ start: Double, _ duration: Double, process: Int = 9, thread: Int = 1,
      _ arguments: String = ""
    ) {
      events.append(
        #"{"ph": "X", "cat": "\#(category)", "name": "\#(name)", "pid": \#(process), "tid": \#(thread), "ts": \#(start), "#
          + #""dur": \#(duration), "args": {\#(arguments)}}"#)
    }

    mutating func call(_ name: String, _ start: Double, _ duration: Double, thread: Int = 1) {
      correlation += 1
      event("cuda_runtime", name, start, duration, thread: thread, #""correlation": \#(correlation)"#)
    }

    mutating func launch(
      _ start: Double, _ duration: Double, kernel: Double, _ length: Double, stream: Int = 7, thread: Int = 1,
      name: String = "k"
    ) {
      call("cudaLaunchKernel", start, duration, thread: thread)
      event(
        "kernel", name, kernel, length, process: 0, thread: stream,
        #""correlation": \#(correlation), "device": 0, "stream": \#(stream)"#)
    }

    func run(step: Int64? = nil) throws -> RecordedRun {
      let text = #"{"traceEvents": ["# + events.joined(separator: ",\n") + "]}"
      return try RecordedRun(TraceReader.read(Array(text.utf8), file: "t.json", step: step), step: step)
    }
  }

  private static func answers(_ run: RecordedRun, against other: RecordedRun? = nil) -> TraceAnswers {
    TraceAnswers(
      run, Set(TraceQuestion.allCases), against: other, accelerator: nil, framework: FrameworkProfile())
  }

  private static func microseconds(_ value: Double) -> Picoseconds {
    Picoseconds(nanoseconds: Int64((value * 1000).rounded()))
  }

  @Test("Kernels by name: how many, their share, the mean, and what ran alone")
  func kernels() throws {
    var text = Text()
    text.event("cpu_op", "aten::a", 0, 100)
    text.launch(1, 2, kernel: 10, 20, stream: 7, name: "gemm")
    text.launch(4, 2, kernel: 20, 30, stream: 8, name: "add")
    text.launch(7, 2, kernel: 60, 40, stream: 7, name: "gemm")
    let run = try text.run()
    let rows = try #require(Self.answers(run).kernels).rows
    // From 20 to 30 both run, and each has half of it: gemm 10 + 5 + 40, add 5 + 20.
    #expect(rows.map(\.name) == ["gemm", "add"] && rows.map(\.count) == [2, 1])
    #expect(rows.map(\.device) == [55, 25].map(Self.microseconds))
    #expect(rows.map(\.exposedDevice) == [50, 20].map(Self.microseconds))
    #expect(rows.map(\.hiddenDevice) == [5, 5].map(Self.microseconds))
    #expect(rows.map(\.work) == [60, 30].map(Self.microseconds))
    #expect(rows.map(\.mean) == [30, 30].map(Self.microseconds))
    #expect(rows[0].shortest == Self.microseconds(20) && rows[0].longest == Self.microseconds(40))
  }

  @Test("Kernels of two recordings are put side by side by name, those that became slower first")
  func comparedKernels() throws {
    var (here, there) = (Text(), Text())
    here.launch(0, 2, kernel: 10, 20, name: "gemm")
    here.launch(4, 2, kernel: 40, 50, name: "add")
    there.launch(0, 2, kernel: 10, 30, name: "gemm")
    there.launch(4, 2, kernel: 50, 5, name: "gone")
    let answers = Self.answers(try here.run(), against: try there.run())
    let rows = try #require(answers.kernelComparison).rows
    #expect(rows.map(\.name) == ["add", "gone", "gemm"])
    #expect(rows.map { $0.difference.count / 1_000_000 } == [50, -5, -10])
    #expect(rows[0].there == nil && rows[1].here == nil)
  }

  // MARK: Conservation

  /// Everything that is shared out sums to what there is, to the last picosecond.
  private func checkConservation(_ run: RecordedRun, _ name: String) throws {
    let answers = Self.answers(run)
    let operators = try #require(answers.operators).rows
    let zero = Picoseconds.zero
    #expect(operators.reduce(zero) { $0 + $1.device } == run.deviceBusy, "\(name): operators")
    #expect(try #require(answers.layers).rows.reduce(zero) { $0 + $1.ownDevice } == run.deviceBusy, "\(name): layers")
    #expect(try #require(answers.idle).total == run.span - run.deviceBusy, "\(name): idle")
    #expect(answers.shares.busy.values.reduce(zero, +) == run.deviceBusy, "\(name): busy")
    #expect(answers.shares.idle.reduce(0) { $0 + $1.end - $1.start } * 1000 == (run.span - run.deviceBusy).count)
    let kernels = try #require(answers.kernels).rows
    #expect(kernels.reduce(zero) { $0 + $1.device } == run.deviceBusy, "\(name): kernels")
    #expect(kernels.reduce(0) { $0 + $1.count } == run.deviceEvents.count, "\(name): kernels")
    #expect(kernels.reduce(zero) { $0 + $1.work } == operators.reduce(zero) { $0 + $1.work }, "\(name): kernels")
    #expect(kernels.reduce(zero) { $0 + $1.exposedDevice } == answers.shares.alone.reduce(zero, +))
    for row in kernels {
      #expect(row.exposedDevice <= row.device && row.device <= row.work, "\(name): \(row.name)")
      #expect(row.shortest <= row.mean && row.mean <= row.longest, "\(name): \(row.name)")
    }
    for row in operators {
      #expect(row.exposedHost >= zero && row.exposedHost <= row.host, "\(name): \(row.name)")
      #expect(row.exposedDevice <= row.device && row.device <= row.work, "\(name): \(row.name)")
    }
    #expect(operators.reduce(0) { $0 + $1.deviceCount } == run.deviceEvents.count)
    #expect(
      operators.lazy.filter { $0.sort == .operation }.reduce(0) { $0 + $1.count } == run.operatorCount,
      "\(name): counts")
  }

  @Test(
    "Of real recordings", .enabled("needs ../shared/traces") { Recordings.arePresent }, arguments: Recordings.names)
  func recordings(_ name: String) throws { try checkConservation(try #require(Recordings.runs[name]), name) }

  @Test("Of every format, and of one step", arguments: ["kineto.json", "nsys.sqlite", "rocpd.db", "perfetto.pftrace"])
  func formats(_ name: String) throws {
    let trace = try TraceReader.read(path: packageRoot + "/Tests/Recordings/" + name)
    try checkConservation(try RecordedRun(trace), name)
    try checkConservation(try RecordedRun(trace, step: 1), name)
  }

  @Test("Of random recordings, whose shares are those of a count nanosecond by nanosecond", arguments: 0..<60)
  func random(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var text = Text()
    text.event("cpu_op", "aten::a", 0, 0.4)
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let start = Double(Int.random(in: 0...300, using: &random)) / 1000
      let kernel = start + Double(Int.random(in: 0...80, using: &random)) / 1000
      let thread = Int.random(in: 1...2, using: &random)
      let names = ["k", "ncclDevKernel_AllReduce", "gemm"]
      if Bool.random(using: &random) { text.event("cpu_op", "aten::b", start, 0.05, thread: thread) }
      text.launch(
        start, 0.01, kernel: kernel, Double(Int.random(in: 0...120, using: &random)) / 1000,
        stream: Int.random(in: 1...4, using: &random), thread: thread, name: names.randomElement(using: &random)!)
    }
    let run = try text.run()
    try checkConservation(run, "seed \(seed)")
    let shares = DeviceShares(run)
    var (expected, alone) = (
      [Double](repeating: 0, count: run.deviceEvents.count), [Int64](repeating: 0, count: run.deviceEvents.count)
    )
    for moment in run.start..<run.end {
      let active = run.deviceEvents.indices.filter {
        let event = run.trace.deviceEvents[run.deviceEvents[$0]]
        return event.start <= moment && moment < event.end
      }
      for position in active { expected[position] += 1000 / Double(active.count) }
      if active.count == 1 { alone[active[0]] += 1000 }
      #expect(shares.idleTime(from: moment, to: moment + 1) == (active.isEmpty ? 1 : 0))
    }
    for position in run.deviceEvents.indices {
      // What does not divide by the number of events is at most that number of picoseconds at each bound.
      #expect(abs(Double(shares.shares[position].count) - expected[position]) <= 12 * 24)
      #expect(shares.alone[position].count == alone[position])
    }
  }

  // MARK: By hand

  @Test("Kernels that overlap share the moment, and what is alone is exposed")
  func overlap() throws {
    var text = Text()
    text.event("cpu_op", "aten::a", 0, 10)
    text.launch(1, 2, kernel: 20, 100, stream: 7)
    text.event("cpu_op", "c10d::allreduce_", 10, 10)
    text.launch(12, 2, kernel: 70, 100, stream: 20, name: "ncclDevKernel_AllReduce")
    let answers = Self.answers(try text.run())
    let rows = try #require(answers.operators).rows
    let first = try #require(rows.first { $0.name == "aten::a" })
    #expect(first.device == Self.microseconds(75) && first.exposedDevice == Self.microseconds(50))
    #expect(first.hiddenDevice == Self.microseconds(25) && first.work == Self.microseconds(100))
    let second = try #require(rows.first { $0.name == "c10d::allreduce_" })
    #expect(second.device == Self.microseconds(75) && second.host == Self.microseconds(10))
    #expect(
      answers.shares.busy == [
        .compute: Self.microseconds(50), .overlapped: Self.microseconds(50), .communication: Self.microseconds(50),
      ])
  }

  @Test("An operator's host time is its own, in part hidden behind the device; shapes tell FLOPs and bytes")
  func hostTime() throws {
    var text = Text()
    let shapes = #""Input Dims": [[64, 128], [128, 32]], "Input type": ["float", "float"]"#
    text.event("cpu_op", "aten::matmul", 0, 50, shapes)
    text.event("cpu_op", "aten::mm", 10, 30, shapes)
    text.launch(15, 5, kernel: 25, 100, name: "gemm")
    text.event("cpu_op", "aten::mm", 60, 20, shapes)
    text.launch(65, 5, kernel: 130, 10, name: "gemm")
    let rows = try #require(Self.answers(try text.run()).operators).rows
    let outer = try #require(rows.first { $0.name == "aten::matmul" })
    #expect(outer.host == Self.microseconds(20) && outer.exposedHost == Self.microseconds(10))
    #expect(outer.device == .zero && outer.deviceCount == 0 && outer.flops == nil)
    let inner = try #require(rows.first { $0.name == "aten::mm" })
    #expect(inner.count == 2 && inner.deviceCount == 2)
    #expect(inner.host == Self.microseconds(50) && inner.exposedHost == Self.microseconds(15))
    #expect(inner.flops == Double(2 * 2 * 64 * 128 * 32))
    #expect(inner.bytes == Double(2 * 4 * (64 * 128 + 128 * 32 + 64 * 32)))
  }

  @Test("Idle time has a cause: data, garbage, dispatch, calls, launches under way, streams, synchronization")
  func causes() throws {
    var text = Text()
    // 0..100 data, of which operators load a part from 20 on, where the recording begins; 100..120 an operator that launches at 110..115; the kernel is 120..150.
    text.event("user_annotation", "enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__", 0, 100)
    text.event("cpu_op", "aten::stack", 20, 30)
    text.event("cpu_op", "aten::a", 100, 20)
    text.launch(110, 5, kernel: 120, 30)
    // Synchronized until 160; garbage until 200; nothing recorded until 210; a kernel at 230 launched at 220..225.
    text.call("cudaDeviceSynchronize", 130, 30)
    text.event("user_annotation", "gc.collect", 160, 40)
    text.launch(220, 5, kernel: 230, 50)
    // On another stream, after a wait, 15 us late: 5 us is what launches take.
    text.call("cudaStreamWaitEvent", 281, 1)
    text.launch(283, 2, kernel: 300, 10, stream: 20)
    let idle = try #require(Self.answers(try text.run()).idle)
    let expected: [IdleCause: Double] = [
      .dataLoading: 80, .dispatch: 10 + 1, .launchCall: 5 + 5 + 2, .launchLatency: 5 + 5 + 5, .synchronization: 10,
      .garbageCollection: 40, .program: 20 + 1 + 1, .stream: 10,
    ]
    // The event's wait takes 1 us of a call that is no launch, and counts as dispatch.
    #expect(idle.times == expected.mapValues(Self.microseconds))
    #expect(idle.gapCount == 3)
  }

  @Test("What was launched long before and begins late waited for another stream, where there is one")
  func lateKernels() throws {
    func idle(stream: Int) throws -> [IdleCause: Picoseconds] {
      var text = Text()
      text.event("cpu_op", "aten::a", 0, 100)
      for place in 0..<8 { text.launch(Double(place) * 5, 2, kernel: 50 + Double(place) * 11, 10) }
      text.launch(50, 2, kernel: 1000, 10, stream: stream)
      return try #require(Self.answers(try text.run()).idle).times
    }
    // From 0 to 2 us in the first launch call, up to 50 on its way; 7 gaps of 1 us, and after 137 us the long one, of which
    // the usual gap is one.
    let other = try idle(stream: 20)
    #expect(other[.kernelGap] == Self.microseconds(8) && other[.stream] == Self.microseconds(862))
    let same = try idle(stream: 7)
    #expect(same[.stream] == nil && same[.kernelGap] == Self.microseconds(8))
    #expect(same[.unknown] == Self.microseconds(862))
  }

  @Test("Modules are a tree: what a module launches counts for all around it, what no module launches stands last")
  func modules() throws {
    var text = Text()
    text.event("python_function", "train.py(3): step", 0, 300)
    text.event("python_function", "nn.Module: Model_0", 0, 200)
    text.event("python_function", "nn.Module: Linear_0", 10, 40)
    text.launch(20, 5, kernel: 30, 50)
    text.event("python_function", "nn.Module: Linear_1", 60, 40)
    text.launch(70, 5, kernel: 80, 10)
    text.launch(150, 5, kernel: 160, 7)
    text.launch(250, 5, kernel: 260, 9)
    let layers = try #require(Self.answers(try text.run()).layers)
    #expect(layers.areModules)
    #expect(layers.rows.map(\.path) == ["Model_0", "Model_0/Linear_0", "Model_0/Linear_1", "(outside)"])
    #expect(layers.rows.map(\.depth) == [0, 1, 1, 0])
    #expect(layers.rows.map(\.device) == [67, 50, 10, 9].map(Self.microseconds))
    #expect(layers.rows.map(\.ownDevice) == [7, 50, 10, 9].map(Self.microseconds))
    #expect(layers.rows.map(\.deviceCount) == [3, 1, 1, 1])
    // The recording begins with its first call or operator, at 20 us.
    #expect(layers.rows[0].host == Self.microseconds(200) && layers.rows[0].exposedHost == Self.microseconds(113))
  }

  @Test("What the backward pass launches belongs to the module of its operator, by the number of both")
  func backward() throws {
    var text = Text()
    text.event("python_function", "nn.Module: Linear_0", 0, 50)
    text.event("cpu_op", "aten::linear", 5, 30, #""Sequence number": 3"#)
    text.launch(10, 5, kernel: 20, 10)
    text.event("python_function", "nn.Module: Linear_1", 60, 30)
    text.event("cpu_op", "aten::linear", 65, 20, #""Sequence number": 4"#)
    text.launch(70, 5, kernel: 80, 10)
    text.event(
      "cpu_op", "autograd::engine::evaluate_function: AddmmBackward0", 100, 40, thread: 2, #""Sequence number": 3"#)
    text.event("cpu_op", "AddmmBackward0", 101, 30, thread: 2, #""Sequence number": 3"#)
    text.event("cpu_op", "aten::mm", 102, 20, thread: 2)
    text.launch(105, 5, kernel: 115, 40, thread: 2)
    text.event("cpu_op", "Optimizer", 150, 20)
    text.launch(155, 5, kernel: 165, 5)
    let rows = try #require(Self.answers(try text.run()).layers).rows
    #expect(rows.map(\.name) == ["Linear_0", "Linear_1", "(outside)"])
    #expect(rows.map(\.device) == [50, 10, 5].map(Self.microseconds))
    #expect(rows.map(\.backwardDevice) == [40, 0, 0].map(Self.microseconds))
  }

  @Test("Without modules the program's ranges stand for them; without operators too, and at last the kernels' names")
  func ranges() throws {
    var text = Text()
    text.event("user_annotation", "ProfilerStep#1", 0, 100)
    text.event("user_annotation", "attention", 0, 50)
    text.launch(10, 5, kernel: 20, 10, name: "a")
    text.launch(60, 5, kernel: 70, 10, name: "b")
    let answers = Self.answers(try text.run())
    let layers = try #require(answers.layers)
    #expect(!layers.areModules && layers.rows.map(\.path) == ["attention", "(outside)"])
    let rows = try #require(answers.operators).rows
    #expect(Set(rows.map { "\($0.sort.rawValue) \($0.name) \($0.count)" }) == ["range attention 1", "kernel b 1"])
  }

  @Test("Steps are listed in their order, with what they take")
  func steps() throws {
    let trace = try TraceReader.read(path: packageRoot + "/Tests/Recordings/nsys.sqlite")
    let steps = RecordedStepTime.steps(of: trace)
    #expect(steps.map(\.number) == [0, 1, 2])
    #expect(steps.allSatisfy { $0.span == Self.microseconds(400) && $0.deviceBusy == Self.microseconds(302) })
    #expect(steps.allSatisfy { $0.counts == (2, 3, 3) })
  }

  @Test("Beside another recording: what costs more first, what is in one alone too; the differences sum")
  func comparison() throws {
    func recording(_ kernel: Double, _ last: String) throws -> RecordedRun {
      var text = Text()
      text.event("cpu_op", "aten::mm", 0, 20)
      text.launch(5, 5, kernel: 15, kernel)
      text.event("cpu_op", last, 30, 20)
      text.launch(35, 5, kernel: 200, 10)
      return try text.run()
    }
    let (here, there) = (try recording(90, "aten::gelu"), try recording(50, "aten::relu"))
    let rows = try #require(Self.answers(here, against: there).comparison).rows
    #expect(rows.map(\.name) == ["aten::mm", "aten::gelu", "aten::relu"])
    #expect(rows[0].difference == Self.microseconds(40))
    #expect(rows[1].there == nil && rows[2].here == nil)
    #expect(rows[1].difference == Self.microseconds(10) && rows[2].difference == Self.microseconds(-10))
  }
}
