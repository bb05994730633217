import Replay
import Roofline
import Simulation
import Testing
import Traces

/// What waits for what, found from small recordings whose replay is worked out by hand, as recorded and on a device twice as
/// fast: a wait that was not found out shows in one of both.
@Suite("Waits in recordings") struct WaitTests {
  /// A recording, and what it takes, microseconds.
  struct Example: CustomTestStringConvertible {
    let testDescription: String
    var span: Double
    var spanAtTwiceTheSpeed: Double
    let text: TraceText

    init(_ name: String, _ span: Double, _ half: Double, _ write: (inout TraceText) -> Void) {
      testDescription = name
      (self.span, spanAtTwiceTheSpeed) = (span, half)
      var text = TraceText()
      write(&text)
      self.text = text
    }
  }

  static let examples: [Example] = [
    Example("a graph on a private stream, between kernels of the launching one", 1815, 915) {
      $0.launch(0, 5, kernel: 10, 100)
      $0.graph(10, 10, [(110, 700, 13), (810, 700, 13)])
      $0.launch(25, 5, kernel: 1510, 300)
      $0.call("cudaStreamSynchronize", 35, 1780)
    },
    Example("the first graph of all, and a synchronization right behind it", 426, 226) {
      $0.graph(0, 10, [(20, 200, 13), (220, 200, 13)])
      $0.call("cudaStreamSynchronize", 15, 411)
    },
    Example("graphs back to back on HIP", 371, 196) {
      $0.launch(0, 5, kernel: 10, 50, call: "hipLaunchKernel")
      $0.graph(10, 10, [(61, 100, 13), (161, 50, 13)], call: "hipGraphLaunch")
      $0.graph(22, 10, [(212, 100, 13), (312, 50, 13)], call: "hipGraphLaunch")
      $0.call("hipDeviceSynchronize", 40, 331)
    },
    Example("branches of a graph on two private streams", 1223, 623) {
      $0.launch(0, 5, kernel: 10, 100)
      $0.graph(10, 10, [(112, 100, 13), (214, 500, 13), (214, 800, 14), (1016, 100, 13)])
      $0.launch(25, 5, kernel: 1118, 100)
      $0.call("cudaStreamSynchronize", 40, 1183)
    },
    Example("branches of a graph under one stream's number", 1527, 777) {
      $0.graph(0, 10, [(20, 1000, 7), (21, 1000, 7), (1022, 500, 7)])
      $0.call("cudaDeviceSynchronize", 20, 1507)
    },
    Example("a wait without the record of its event", 5530, 3025.5) {
      for place in 0..<50 { $0.launch(Double(place) * 10, 4, kernel: Double(place) * 10 + 8, 9) }
      $0.call("cudaStreamWaitEvent", 500, 1)
      $0.launch(503, 5, kernel: 512, 5000, stream: 20)
      $0.call("cudaStreamWaitEvent", 510, 1)
      $0.launch(512, 4, kernel: 5514, 9)
      $0.call("cudaStreamSynchronize", 520, 5010)
    },
    Example("a wait of which nothing was recorded", 5524, 3019.5) {
      $0.launch(503, 5, kernel: 512, 5000, stream: 20)
      $0.launch(512, 4, kernel: 5514, 9)
      $0.call("cudaStreamSynchronize", 520, 5004)
      $0.operation("aten::start", 0, 503)
    },
    Example("two streams that fork and join, the launches behind both waits", 1520, 770) {
      $0.launch(0, 5, kernel: 10, 1000)
      $0.call("cudaStreamWaitEvent", 10, 1)
      $0.call("cudaStreamWaitEvent", 12, 1)
      $0.launch(14, 5, kernel: 1012, 300, stream: 20)
      $0.launch(24, 5, kernel: 1013, 400, stream: 24)
      $0.call("cudaStreamWaitEvent", 30, 1)
      $0.call("cudaStreamWaitEvent", 32, 1)
      $0.launch(34, 5, kernel: 1415, 100)
      $0.call("cudaDeviceSynchronize", 50, 1470)
    },
    Example("an event recorded on another stream than the thread's last, as the wait names it", 5025, 2525) {
      $0.launch(0, 5, kernel: 10, 100, stream: 20)
      $0.launch(10, 5, kernel: 20, 5000, stream: 28)
      let record = $0.call("cudaEventRecord", 20, 2)
      let wait = $0.call("cudaStreamWaitEvent", 25, 2)
      $0.wait(wait, stream: 7, for: 20, record: record)
      $0.launch(30, 5, kernel: 112, 1000)
      $0.call("cudaDeviceSynchronize", 40, 4985)
    },
    Example("a synchronization that names its stream, with a graph in flight in it", 5035, 2535) {
      $0.launch(0, 5, kernel: 10, 100)
      $0.graph(10, 10, [(112, 700, 13)])
      $0.launch(20, 5, kernel: 30, 5000, stream: 20)
      let call = $0.call("cudaStreamSynchronize", 30, 787)
      $0.wait(call, stream: 7, for: nil, record: nil, name: "Stream Sync")
      $0.operation("aten::y", 830, 100)
      $0.call("cudaDeviceSynchronize", 1000, 4035)
    },
    Example("a synchronization whose return tells its stream", 5024, 2524) {
      $0.launch(0, 5, kernel: 10, 300)
      $0.launch(10, 5, kernel: 20, 5000, stream: 20)
      $0.call("cudaStreamSynchronize", 20, 294)
      $0.operation("aten::y", 320, 1000)
      $0.call("cudaDeviceSynchronize", 1400, 3624)
    },
    Example("a synchronization that returns behind another stream than the thread's last", 320, 170) {
      $0.launch(0, 5, kernel: 10, 300)
      $0.launch(10, 5, kernel: 20, 200, stream: 20)
      $0.call("cudaStreamSynchronize", 20, 300)
    },
    Example("an event's synchronization without its record", 5024, 2524) {
      $0.launch(0, 5, kernel: 10, 300)
      $0.launch(10, 5, kernel: 20, 5000, stream: 20)
      $0.call("cudaEventSynchronize", 20, 294)
      $0.operation("aten::y", 320, 1000)
      $0.call("cudaDeviceSynchronize", 1400, 3624)
    },
    Example("a host that asks until the device is done", 2335, 1335) {
      $0.launch(0, 5, kernel: 10, 2000)
      for place in 0..<200 { $0.call("cudaEventQuery", 20 + Double(place) * 10, 2) }
      $0.operation("aten::z", 2025, 300)
      $0.call("cudaDeviceSynchronize", 2330, 5)
    },
    Example("a copy that its call waits for, behind a kernel that it waits for first", 1329, 729) {
      $0.launch(0, 5, kernel: 10, 1000)
      $0.launch(
        10, 1104, kernel: 1011, 100, call: "cudaMemcpyAsync", name: "Memcpy HtoD (Pageable -> Device)",
        category: "gpu_memcpy")
      $0.operation("aten::y", 1114, 100)
      $0.launch(1214, 5, kernel: 1224, 100)
      $0.call("cudaDeviceSynchronize", 1220, 109)
    },
    Example("two devices, of which one is waited for", 5026, 2526) {
      $0.launch(0, 5, kernel: 10, 100)
      $0.launch(10, 5, kernel: 20, 5000, device: 1)
      $0.call("cudaDeviceSynchronize", 30, 86)
      $0.operation("aten::y", 120, 1000)
      $0.call("cudaDeviceSynchronize", 1200, 3826)
    },
    Example("a synchronization whose stamp is rounded to before the end of its neighbor", 1020, 520) {
      $0.launch(0, 5, kernel: 10, 1000)
      $0.call("cudaGetDevice", 5, 1.5)
      $0.call("cudaDeviceSynchronize", 6, 1014)
    },
    Example("what began long after its launch, and nothing tells why", 1215, 1115) {
      $0.launch(0, 5, kernel: 10, 100)
      $0.launch(10, 5, kernel: 1110, 20)
      $0.launch(20, 5, kernel: 1130, 80)
      $0.call("cudaDeviceSynchronize", 30, 1185)
    },
  ]

  @Test("are found out", arguments: examples)
  func spans(_ example: Example) throws {
    let run = try example.text.run()
    #expect(run.span.microseconds == example.span)
    let program = RecordedProgram(run)
    let replayed = try Recordings.replay(program)
    #expect(abs(replayed.span.microseconds / example.span - 1) <= 0.002, "\(replayed.span.microseconds)")
    #expect(abs(replayed.deviceBusy.fraction(of: run.deviceBusy) - 1) <= 0.002)
    let faster = try Recordings.replay(program, deviceSpeed: 2)
    #expect(
      abs(faster.span.microseconds / example.spanAtTwiceTheSpeed - 1) <= 0.01, "twice: \(faster.span.microseconds)")
    for speed in [1.0, 2, 7] {
      let naive = NaiveReplay(program, deviceSpeed: speed)
      let span = Double(try Recordings.replay(program, deviceSpeed: speed).span.count) / 1000
      #expect(abs(span - naive.span) <= 1, "naive at \(speed): \(span) \(naive.span)")
    }
  }

  @Test("A kernel gap is what lies between kernels that only waited for one another")
  func gap() throws {
    var text = TraceText()
    for place in 0..<10 { text.launch(Double(place) * 6, 5, kernel: 15 + Double(place) * 101, 100) }
    text.call("cudaStreamWaitEvent", 60, 1)
    text.launch(62, 5, kernel: 80, 3000, stream: 20)
    text.call("cudaStreamWaitEvent", 68, 1)
    text.launch(70, 5, kernel: 3082, 100)
    text.call("cudaDeviceSynchronize", 80, 3107)
    #expect(RecordedProgram(try text.run()).constants.kernelGap == 1_000)
  }

  @Test("A queue of any depth that blocks launches is found, and blocks in the replay", arguments: [16, 64, 1024])
  func queue(depth: Int) throws {
    var text = TraceText()
    var (now, ends) = (0.0, [Double]())
    for place in 0..<3 * depth {
      let freed = place >= depth ? ends[place - depth] : 0
      let returned = max(now, freed) + 5
      let start = max(returned + 10, (ends.last ?? 0) + 1)
      text.launch(now, returned - now, kernel: start, 100)
      ends.append(start + 100)
      now = returned
    }
    text.operation("aten::x", now, 500)
    text.call("cudaDeviceSynchronize", now + 500, max(5, ends[ends.count - 1] + 5 - now - 500))
    let run = try text.run()
    let program = RecordedProgram(run)
    #expect(program.constants.queueDepth == depth)
    #expect(program.constants.launchCall == 5_000)
    #expect(abs(try Recordings.replay(program).span.fraction(of: run.span) - 1) < 0.001)
    // The host alone: launches, its own work, and the return of the synchronization.
    let fast = try Recordings.replay(program, deviceSpeed: 50).span.microseconds
    #expect(abs(fast / (Double(3 * depth) * 5 + 505) - 1) < 0.03)
  }

  // MARK: Who launched what

  @Test("Kernels that share a correlation, or have none, go to the launches without one", arguments: [true, false])
  func sharedCorrelations(isShared: Bool) throws {
    var text = TraceText()
    for place in 0..<20 {
      let start = Double(place) * 100
      text.operation("aten::q", start, 60)
      let call = text.call("hipLaunchKernel", start + 10, 5)
      text.kernel(start + 25, 30, stream: place % 2 * 3, correlation: isShared ? call - place % 2 : nil)
    }
    text.call("hipDeviceSynchronize", 2000, 5)
    let run = try text.run()
    #expect(run.emptyLaunchCount == 0)
    let program = RecordedProgram(run)
    #expect(program.earlier.isEmpty)
    var prices = ReplayPrices(program, categories: program.jobs.map { _ in .memory })
    #expect(try ReplayPlan(program).replay(prices).span == run.span)
    prices.hostSpeed = 2
    #expect(try ReplayPlan(program).replay(prices).span == run.span / 2)
    #expect(try ReplayPlan(program).replay(prices).deviceBusy == run.deviceBusy)
  }

  @Test("Ranks in one file have their own processes, devices and correlations", arguments: [true, false])
  func ranks(devicesHaveNumbers: Bool) throws {
    var text = TraceText()
    for rank in 0..<2 {
      text.correlation = 0
      for place in 0..<50 {
        let start = Double(place * 100 + rank * 7)
        let call = text.call("cudaLaunchKernel", start, 5, process: 100 + rank)
        text.kernel(
          start + 10, 60 + Double(rank) * 20, stream: 7, correlation: call,
          process: devicesHaveNumbers ? rank : 900 + rank,
          device: devicesHaveNumbers ? rank : 0)
      }
      text.call("cudaDeviceSynchronize", 5000 + Double(rank) * 7, 6, process: 100 + rank)
    }
    let run = try text.run()
    let program = RecordedProgram(run)
    let signals = program.threads.joined().filter { if case .awaitSignal = $0 { true } else { false } }
    #expect(program.threads.count == 2 && signals.isEmpty, "nobody knows what processes wait for in one another")
    let replayed = try Recordings.replay(program)
    #expect(replayed.span == run.span && replayed.deviceBusy == run.deviceBusy)
  }

  @Test("Kernels that begin shortly before the end of their predecessor follow it at once")
  func dependentLaunch() throws {
    var text = TraceText()
    for place in 0..<50 { text.launch(Double(place) * 6, 4, kernel: 10 + Double(place) * 47, 50) }
    text.call("cudaDeviceSynchronize", 300, 2071)
    let run = try text.run()
    let replayed = try Recordings.replay(RecordedProgram(run))
    #expect(replayed.span == run.span && replayed.deviceBusy == run.deviceBusy)
  }

  @Test("More branches of a graph than there are lanes run in those that there are")
  func manyBranches() throws {
    var text = TraceText()
    text.graph(0, 10, (0..<100).map { (20 + Double($0), 500, 7) })
    text.call("cudaDeviceSynchronize", 20, 605)
    let program = RecordedProgram(try text.run())
    #expect(program.streams.count == 64)
    #expect(try Recordings.replay(program).span.microseconds >= 620)
  }

  @Test("A recording of the device alone keeps its pauses")
  func deviceAlone() throws {
    var text = TraceText()
    for place in 0..<30 { text.kernel(Double(place) * 100, 60, stream: 7, correlation: place + 1) }
    let run = try text.run()
    let program = RecordedProgram(run)
    #expect(try Recordings.replay(program).span == run.span)
  }

  @Test("Launches without recorded kernels make a recording untold")
  func underRecorded() throws {
    var text = TraceText()
    text.graph(0, 10, [(20, 100, 7)])
    for place in 1..<10 { text.call("cudaGraphLaunch", Double(place) * 1000, 10) }
    let run = try text.run()
    #expect(run.isUnderRecorded && run.emptyGraphLaunchCount == 9 && run.graphLaunchCount == 10)
  }
}
