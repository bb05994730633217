import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Traces

@testable import Replay

/// Recorded collectives move by what connects devices, over rings that take 10 us and their traffic.
@Suite("Recorded collectives elsewhere") struct CollectiveReplayTests {
  private func interconnect(_ name: String, bandwidth: Double, ranks: Double = 8) -> DeviceConnection {
    var ring = CollectiveAlgorithm()
    ring.collectives = CollectiveKind.allCases
    ring.latencyUS = 10
    var library = CollectiveLibrary()
    library.name = CollectiveLibrary.usual
    library.algorithms = [ring]
    var profile = InterconnectProfile()
    profile.name = name
    profile.bandwidthGBPerS = bandwidth
    profile.ranks = ranks
    profile.libraries = [library]
    return DeviceConnection(profile)
  }

  private func accelerator(_ name: String) throws -> AcceleratorProfile {
    var accelerator = try Sample.accelerator()
    accelerator.name = name
    if name != "here" { accelerator.memory.bandwidthGBPerS *= 7 }
    return accelerator
  }

  private static let allReduce = "ncclDevKernel_AllReduce_Sum_f32_RING_LL(ncclDevComm*, unsigned long, ncclWork*)"

  private func run(
    _ length: Double, name: String = allReduce, arguments: String = "", root: String = "", operation: String? = nil
  ) throws -> RecordedRun {
    var text = TraceText()
    text.root = root
    if let operation { text.operation(operation, 0, 10) }
    text.launch(2, 5, kernel: 10, length, name: name, arguments: arguments)
    text.call("cudaDeviceSynchronize", 10, length + 5)
    return try text.run()
  }

  private func study(
    _ run: RecordedRun, from source: DeviceConnection?, to target: DeviceConnection?, deviceSpeed: Double? = nil
  ) throws -> TraceStudy {
    var changes = TraceChanges()
    changes.accelerator = try accelerator("there")
    changes.connection = target
    changes.deviceSpeed = deviceSpeed
    return try TraceStudy(
      run, accelerator: try accelerator("here"), connection: source, host: Sample.host(),
      framework: Sample.framework(), changes: changes)
  }

  private func busy(_ study: TraceStudy) throws -> Double { try #require(study.target).deviceBusy.microseconds }

  @Test
  func `Without recorded bytes, those that take as long count: the latency stays, and the rest follows the bandwidth`()
    throws
  {
    let (slow, fast) = (interconnect("slow", bandwidth: 100), interconnect("fast", bandwidth: 200))
    let study = try study(run(110), from: slow, to: fast)
    #expect(study.pricing.rules == [.interconnect])
    #expect(abs(try busy(study) - 60) < 1e-5)
    #expect(study.unmovedCollectives == 0)
    #expect(study.pricing.unsaid.ranks == 1)
    let target = try #require(study.target)
    #expect(target.time(in: .communication) > 0 && target.time(in: .memory) == 0)
  }

  @Test func `With recorded bytes, the ratio of the two models counts`() throws {
    // An all-reduce of 4 MB over 8 ranks moves 7 MB: 10 + 70 us here, 10 + 35 us there.
    let arguments =
      #""Collective name": "allreduce", "In msg nelems": 1000000, "Out msg nelems": 1000000, "Group size": 8, "dtype": "Float""#
    let study = try study(
      run(160, arguments: arguments), from: interconnect("slow", bandwidth: 100),
      to: interconnect("fast", bandwidth: 200))
    #expect(abs(try busy(study) - 90) < 1e-5)
    #expect(study.pricing.unsaid.ranks == 0)
  }

  @Test func `The ranks are those of the group, or else those of the run`() throws {
    let arguments = #""Collective name": "allreduce", "In msg nelems": 1000000, "dtype": "Float", "Group size": 2"#
    let root = #""distributedInfo": {"rank": 0, "world_size": 4}, "#
    let (slow, fast) = (interconnect("slow", bandwidth: 100), interconnect("fast", bandwidth: 200))
    // Two ranks move 4 MB each: 50 us here, 30 us there; four move 6 MB: 70 us and 40 us.
    let group = try study(run(100, arguments: arguments, root: root), from: slow, to: fast)
    #expect(abs(try busy(group) - 60) < 1e-5)
    let withoutGroup = String(arguments.prefix { $0 != "G" }.dropLast(3))
    let world = try study(run(70, arguments: withoutGroup, root: root), from: slow, to: fast)
    #expect(abs(try busy(world) - 40) < 1e-5)
  }

  @Test func `The same interconnect takes as long, to the picosecond`() throws {
    let same = interconnect("same", bandwidth: 100)
    #expect(try busy(study(run(123.457), from: same, to: same)) == 123.457)
  }

  @Test func `What is not known of one of them leaves the time as it was recorded`() throws {
    let known = interconnect("known", bandwidth: 100)
    for (source, target) in [(known, nil), (nil, known), (nil, nil)] as [(DeviceConnection?, DeviceConnection?)] {
      let study = try study(run(110), from: source, to: target)
      #expect(try busy(study) == 110)
      #expect(study.unmovedCollectives == 1)
    }
    let small = interconnect("small", bandwidth: 200, ranks: 4)
    #expect(try study(run(110), from: known, to: small).unmovedCollectives == 1)
    var joined = small
    joined.outer = known.inner
    #expect(try study(run(110), from: known, to: joined).unmovedCollectives == 0)
  }

  @Test func `The device's speed divides them as all else`() throws {
    let (slow, fast) = (interconnect("slow", bandwidth: 100), interconnect("fast", bandwidth: 200))
    #expect(abs(try busy(study(run(110), from: slow, to: fast, deviceSpeed: 2)) - 30) < 1e-5)
  }

  @Test func `Another interconnect alone moves nothing but collectives`() throws {
    var text = TraceText()
    text.launch(0, 5, kernel: 10, 100, name: "elementwise")
    text.launch(5, 5, kernel: 120, 110, name: Self.allReduce)
    text.call("cudaDeviceSynchronize", 10, 225)
    var changes = TraceChanges()
    changes.connection = interconnect("fast", bandwidth: 200)
    let study = try TraceStudy(
      text.run(), accelerator: accelerator("here"), connection: interconnect("slow", bandwidth: 100),
      host: Sample.host(), framework: Sample.framework(), changes: changes)
    #expect(abs(try busy(study) - 160) < 1e-5)
  }

  @Test func `Without an accelerator they are communication all the same`() throws {
    let study = try TraceStudy(
      run(110), accelerator: nil, host: Sample.host(), framework: Sample.framework())
    #expect(study.pricing.rules == [.interconnect])
    #expect(study.replayed.time(in: .memory) == 0)
    #expect(study.replayed.time(in: .communication) > 0)
  }

  @Test(
    arguments: [
      (allReduce, nil, CollectiveKind.allReduce),
      ("ncclKernel_AllReduce_RING_LL_Sum_float(ncclDevComm*)", nil, .allReduce),
      ("ncclDevKernel_AllGather_RING_LL(ncclDevComm*)", nil, .allGather),
      ("ncclKernel_ReduceScatter_RING_LL_Sum_float(ncclDevComm*)", nil, .reduceScatter),
      ("ncclKernel_Broadcast_RING_LL_Sum_int8_t(ncclDevComm*)", nil, .broadcast),
      ("ncclKernel_SendRecv_RING_SIMPLE_Sum_int8_t(ncclDevComm*)", nil, .allToAll),
      ("ncclKernel_SendRecv_RING_SIMPLE_Sum_int8_t(ncclDevComm*)", "c10d::send", .sendReceive),
      ("ncclKernel_SendRecv_RING_SIMPLE_Sum_int8_t(ncclDevComm*)", "c10d::alltoall_base_", .allToAll),
      ("ncclDevKernel_Generic_1(ncclDevKernelArgsStorage<4096ul>)", "c10d::_allgather_base_", .allGather),
      ("ncclDevKernel_Generic_1(ncclDevKernelArgsStorage<4096ul>)", nil, nil),
      ("void vllm::cross_device_reduce_1stage<__nv_bfloat16, 8>(vllm::RankData*)", nil, .allReduce),
      ("void at::native::two_shot_all_reduce_kernel<c10::BFloat16, 16>()", nil, .allReduce),
    ] as [(String, String?, CollectiveKind?)])
  func `What they do is said by their name, or by the operator around their launch`(
    name: String, operation: String?, kind: CollectiveKind?
  ) throws {
    #expect(KernelName(name).kernelClass == .collective)
    let recorded = RecordedProgram(try run(50, name: name, operation: operation))
    let trace = try run(50, name: name, operation: operation).trace
    let job = recorded.jobs[0]
    let reading = CollectiveReading(
      kernel: name, collective: job.collective, operation: job.operation, parents: recorded.parents, trace)
    #expect(reading.kind == kind)
  }

  @Test func `Kernels that only sound like them are none`() {
    for name in ["softmax_warp_forward", "index_put_gather", "BroadcastAddKernel", "reduce_kernel<512>", "scatter_add"]
    {
      #expect(KernelName(name).kernelClass != .collective, "\(name)")
    }
  }
}
