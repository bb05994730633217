import Replay
import Roofline
import Simulation
import Testing
import Traces

/// Small recordings whose replay is worked out by hand.
@Suite("Replay")
struct ReplayTests {
  /// Two kernels, launched 10 us apart, each 3 us after its call has returned; then a wait.
  private func pair(kernel: Double) -> TraceText {
    var text = TraceText()
    text.operation("aten::mm", 0, 20)
    text.launch(5, 4, kernel: 12, kernel)
    text.operation("aten::mm", 20, 20)
    text.launch(25, 4, kernel: max(32, 12 + kernel + 1), kernel)
    let end = max(32, 12 + kernel + 1) + kernel
    text.call("cudaDeviceSynchronize", 45, max(6, end + 2 - 45))
    return text
  }

  @Test("A host-bound recording is its host's segments; the device hides in them")
  func hostBound() throws {
    let run = try pair(kernel: 2).run()
    let program = RecordedProgram(run)
    #expect(program.constants.launchLatency == 3_000)
    let result = try Recordings.replay(program)
    // 45 us of host, then 6 us of a synchronization that has nothing to wait for.
    #expect(result.span == 51_000_000)
    #expect(result.deviceBusy == 4_000_000)
    #expect(result.time(in: .dispatch) == 37_000_000)
    #expect(result.time(in: .launch) == 8_000_000)
    #expect(result.time(in: .synchronization) == 6_000_000)
    #expect(result.bound == .framework)
  }

  @Test("A synchronization waits anew: with a slower device for longer, with a faster one not at all")
  func synchronization() throws {
    let program = RecordedProgram(try pair(kernel: 60).run())
    // First kernel at 9 + 3, second right behind it after a gap of 1, and 2 to return.
    #expect(program.constants.kernelGap == 1_000)
    #expect(program.constants.synchronization == 2_000)
    #expect(try Recordings.replay(program).span == 135_000_000)
    #expect(try Recordings.replay(program, deviceSpeed: 0.5).span.count == (12 + 120 + 1 + 120 + 2) * 1_000_000)
    // 45 us of host, and the 2 us of the return.
    #expect(try Recordings.replay(program, deviceSpeed: 60).span == 47_000_000)
  }

  @Test("A thread that slept while another worked waits for it; when the other is faster, so is the first")
  func threads() throws {
    var text = TraceText()
    text.operation("aten::mm", 0, 100, thread: 1)
    text.operation("autograd", 110, 800, thread: 2)
    text.call("cudaStreamSynchronize", 905, 5, thread: 2)
    text.operation("aten::add", 930, 70, thread: 1)
    let program = RecordedProgram(try text.run())
    #expect(program.threads.count == 2)
    #expect(program.threads[1].first == .awaitSignal(1) || program.threads[1].first == .awaitSignal(0))
    var prices = ReplayPrices(program, categories: [])
    #expect(try ReplayPlan(program).replay(prices).span == 1_000_000_000)
    prices.hostSpeed = 2
    #expect(try ReplayPlan(program).replay(prices).span == 500_000_000)
  }

  @Test("Threads that work at the same time do not wait for one another")
  func independentThreads() throws {
    var text = TraceText()
    text.call("cudaMalloc", 0, 2)
    for place in 0..<20 {
      text.operation("aten::mm", Double(place) * 100, 90, thread: 1)
      text.operation("aten::mm", Double(place) * 100 + 3, 90, thread: 2)
    }
    let program = RecordedProgram(try text.run())
    let waits = program.threads.joined().filter { if case .awaitSignal = $0 { true } else { false } }
    // The second was started by the first.
    #expect(waits.count <= 1)
  }

  @Test("A stream waits for the event that another recorded before")
  func events() throws {
    var text = TraceText()
    text.launch(0, 5, kernel: 8, 100, stream: 7)
    text.call("cudaEventRecord", 10, 1)
    text.call("cudaStreamWaitEvent", 12, 1)
    text.launch(15, 5, kernel: 110, 10, stream: 20)
    text.call("cudaDeviceSynchronize", 30, 95)
    let program = RecordedProgram(try text.run())
    #expect(program.threads[0].contains { if case .waitForEvent = $0 { true } else { false } })
    let slow = try Recordings.replay(program, deviceSpeed: 0.5)
    // 8 + 200, 2 until the wait is over, then 20 more on the other stream, and 5 to return.
    #expect(slow.span == 235_000_000)
    #expect(slow.deviceBusy == 220_000_000)
  }

  @Test("A full queue blocks the host")
  func queue() throws {
    var text = TraceText()
    for place in 0..<1500 {
      text.launch(Double(place) * 2, 1, kernel: 4 + Double(place) * 100, 99)
    }
    let program = RecordedProgram(try text.run())
    let result = try Recordings.replay(program)
    let naive = NaiveReplay(program, deviceSpeed: 1)
    #expect(Double(result.span.count) / 1000 == naive.span)
    #expect(result.span.count == (3 + 1500 * 99 + 1499) * 1_000_000 + 1_000_000)
  }

  @Test("A copy that its call waits for is waited for in the replay; the call keeps its own time")
  func blockingCopy() throws {
    var text = TraceText()
    text.launch(0, 4, kernel: 7, 2)
    text.launch(
      20, 130, kernel: 28, 120, call: "cudaMemcpyAsync", name: "Memcpy HtoD (Pageable -> Device)",
      category: "gpu_memcpy")
    text.operation("aten::relu", 160, 10)
    let program = RecordedProgram(try text.run())
    #expect(try Recordings.replay(program).span == 170_000_000)
    #expect(try Recordings.replay(program, deviceSpeed: 12).span.count == (170 - 110) * 1_000_000)
  }

  @Test("Captured into a graph, the host's work goes, and what it must know stays")
  func captured() throws {
    var text = TraceText()
    for place in 0..<10 { text.launch(Double(place) * 100, 5, kernel: Double(place) * 100 + 8, 20) }
    text.call("cudaStreamSynchronize", 1000, 6)
    let (captured, graphs, nodes, hostWork) = RecordedProgram(try text.run()).captured()
    #expect(graphs == 1)
    #expect(nodes == 10)
    #expect(hostWork == 0)
    var prices = ReplayPrices(captured, categories: captured.jobs.map { _ in .compute })
    prices.capturedGraph = (4_000_000, 100_000)
    prices.graphLatency = 2_000_000
    prices.graphKernelGap = 500_000
    let result = try ReplayPlan(captured).replay(prices)
    // The graph's launch, its latency, ten kernels with nine gaps, and the return of the synchronization.
    #expect(result.span.count == 4_000_000 + 10 * 100_000 + 2_000_000 + 10 * 20_000_000 + 9 * 500_000 + 6_000_000)
  }

  @Test("What would help is the derivative, and its replay")
  func changes() throws {
    let program = RecordedProgram(try pair(kernel: 60).run())
    let prices = ReplayPrices(program, categories: [.compute, .compute])
    let plan = ReplayPlan(program)
    let changes = try plan.changes(prices, plan.table(prices))
    let best = try #require(changes.first)
    #expect(best.knob == .compute)
    #expect(best.span == 75_000_000)
    let sum = changes.reduce(0) { $0 + abs($1.elasticity) }
    let host = changes.first { $0.knob == .host }?.elasticity ?? 0
    // The calls are counted with the host and by themselves; all else exactly once.
    #expect(sum >= 1 && sum + host <= 1.0001)
    for change in changes {
      let finite = 1 - Double(change.span.count) / 135_000_000
      #expect(finite <= abs(change.elasticity) + 1e-9, "\(change.knob)")
    }
  }

  @Test("What was launched before the recording is in the way at first")
  func earlierWork() throws {
    var text = TraceText()
    text.step(1, 0, 100)
    text.launch(10, 5, kernel: 18, 50)
    text.step(2, 100, 100)
    text.launch(90, 5, kernel: 98, 40)
    text.launch(110, 5, kernel: 139, 20)
    let run = try text.run(step: 2)
    #expect(run.span == 100_000_000)
    #expect(run.deviceBusy == 58_000_000)
    let program = RecordedProgram(run)
    #expect(program.earlier == [.launch(jobs: 0..<1, stream: 0)])
    #expect(program.jobs.map(\.duration) == [38_000, 20_000])
  }

  @Test(
    "Calls are known by their names, CUDA's and HIP's",
    arguments: [
      ("cudaLaunchKernel", RuntimeCall.launch), ("cuLaunchKernelEx", .launch), ("hipExtModuleLaunchKernel", .launch),
      ("cudaGraphLaunch", .graphLaunch), ("hipGraphLaunch", .graphLaunch), ("cudaLaunchHostFunc", .other),
      ("hipMemcpyWithStream", .copy), ("cudaMemsetAsync", .set), ("hipDeviceSynchronize", .synchronizeDevice),
      ("cuCtxSynchronize", .synchronizeDevice), ("cudaStreamSynchronize", .synchronizeStream),
      ("hipEventSynchronize", .synchronizeEvent), ("cudaEventRecordWithFlags", .recordEvent),
      ("cudaStreamWaitEvent", .waitForEvent), ("cudaFree", .free), ("cudaFreeAsync", .other), ("cudaMalloc", .other),
      ("cublasSgemm", .other), ("", .other),
    ])
  func calls(_ name: String, _ kind: RuntimeCall) {
    #expect(RuntimeCall(name: name) == kind)
  }
}
