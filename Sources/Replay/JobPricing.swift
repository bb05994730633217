import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import Traces
import Workloads

/// By what a recorded job's time on other hardware is told.
package enum ScalingRule: Int, CaseIterable, Sendable {
  /// The operator that launched it has a rule and recorded shapes: the ratio of its modelled times.
  case shapes
  /// The kernel's name says what sort of work it is: the kernel of this sort that takes as long here, there.
  case kernelClass
  /// A copy over the host link: its bytes, or its time.
  case copy
  /// Ranks do it together: the models of what connects them here and there.
  case interconnect
  /// Nothing is known: a pass over memory that takes as long.
  case bandwidth
  /// It stays as it was recorded: nothing says how it would change.
  case recorded

  /// The key in JSON.
  package var key: String {
    switch self {
    case .shapes: "operator_shapes"
    case .kernelClass: "kernel_name"
    case .copy: "copy"
    case .interconnect: "interconnect"
    case .bandwidth: "memory_bandwidth"
    case .recorded: "recorded"
    }
  }

  /// What people read.
  package var title: String {
    switch self {
    case .shapes: "operator and shapes"
    case .kernelClass: "class by kernel name"
    case .copy: "copies by bytes and link"
    case .interconnect: "collectives by interconnect"
    case .bandwidth: "unknown: memory bandwidth"
    case .recorded: "as it was recorded"
    }
  }
}

/// The device's side of a replay: what recorded jobs wait for, and how long they take on other hardware.
package struct JobPricing: Sendable {
  /// What each job's time is told by.
  package private(set) var rules: [ScalingRule] = []
  /// Each job as it was recorded: its time, and what that is spent on.
  package private(set) var recordedCosts: [Cost] = []

  let recorded: RecordedProgram
  let trace: Trace
  let source: AcceleratorProfile?
  let framework: FrameworkProfile
  /// The operator that tells each job's time, an index into the recording's host events; -1 for none.
  private(set) var operations: [Int32] = []
  /// What each kernel's name says, by its number.
  private(set) var kernelNames: [Int32: KernelName] = [:]
  /// What the recording says of the collective of each job that is one, by the job's index.
  private(set) var collectives: [Int: LikeCollective] = [:]
  /// How many collectives there are of which the recording does not say what they do, or how many ranks take part.
  package private(set) var unsaid = (kinds: 0, ranks: 0)
  /// The recorded operators by the numbers of their texts.
  private var known: [OperatorKey: RecordedOperator.Reading] = [:]
  /// Calls around jobs whose recorded shapes no operator of their name can have.
  private var senseless: Set<Int32> = []
  let kernelModel: KernelModel

  /// Looks at the jobs of a recording.
  ///
  /// - Parameters:
  ///   - recorded: The recorded program.
  ///   - trace: The recording.
  ///   - source: The accelerator of the recording; nil where it is not known.
  ///   - framework: What lowers operators.
  ///   - kernelModel: What predicts kernel times.
  package init(
    _ recorded: RecordedProgram, _ trace: Trace, source: AcceleratorProfile?, framework: FrameworkProfile,
    by kernelModel: KernelModel = .calibrated
  ) {
    self.kernelModel = kernelModel
    self.recorded = recorded
    self.trace = trace
    self.source = source
    self.framework = framework
    var shares: [OperatorKey: KernelTime] = [:]
    var likes: [LikeKernel: KernelTime] = [:]
    let translation = source.map { KernelTranslation(from: $0, to: $0, by: kernelModel) }
    for job in recorded.jobs {
      let name = kernelNames[job.name] ?? KernelName(trace.name(job.name))
      kernelNames[job.name] = name
      let isCollective = job.kind == .kernel && name.isCollective
      let operation = source == nil || isCollective ? -1 : operation(of: job)
      operations.append(operation)
      if isCollective {
        note(collective: job)
        rules.append(.interconnect)
        recordedCosts.append(Cost(Picoseconds(nanoseconds: job.duration), .communication))
      } else if job.kind == .copy, Self.crossesLink(trace.name(job.name)) {
        rules.append(.copy)
        recordedCosts.append(Cost(Picoseconds(nanoseconds: job.duration), .copy))
      } else if job.kind == .kernel, operation >= 0, let source, let operator_ = self.operator(operation) {
        let key = key(of: operation)
        let time = shares[key] ?? self.time(operator_, source)
        shares[key] = time
        rules.append(.shapes)
        recordedCosts.append(Cost(Picoseconds(nanoseconds: job.duration), time))
      } else {
        let isNamed = name.kernelClass != nil || job.kind != .kernel
        rules.append(isNamed ? .kernelClass : .bandwidth)
        guard let translation else {
          let isProduct = name.kernelClass == .matrixMultiply || name.kernelClass == .convolution
          recordedCosts.append(
            Cost(Picoseconds(nanoseconds: job.duration), isProduct && job.kind == .kernel ? .compute : .memory))
          continue
        }
        let like = LikeKernel(name, job)
        let time = likes[like] ?? translation.time(like).here
        likes[like] = time
        recordedCosts.append(Cost(Picoseconds(nanoseconds: job.duration), time))
      }
    }
  }

  /// Notes what the recording says of the next job, a collective.
  private mutating func note(collective job: RecordedJob) {
    let name = trace.name(job.name)
    let reading = CollectiveReading(
      kernel: name, collective: job.collective, operation: job.operation, parents: recorded.parents, trace)
    if reading.kind == nil { unsaid.kinds += 1 }
    if reading.ranks == nil { unsaid.ranks += 1 }
    collectives[rules.count] = LikeCollective(reading, kernel: name, duration: job.duration)
  }

  /// How many ranks the largest of its collectives has; 0 without any.
  package var mostRanks: Double { collectives.values.reduce(0) { max($0, $1.ranks) } }

  /// How many jobs are collectives.
  package var collectiveCount: Int { collectives.count }

  /// How many collectives keep their recorded time on a target, since it or the recording's accelerator is connected by
  /// nothing that is known, or by what joins fewer ranks.
  package func unmovedCollectives(to target: System, from source: System) -> Int {
    guard let translation = CollectiveTranslation(from: source, to: target) else { return collectives.count }
    return collectives.values.count { !translation.moves($0) }
  }

  /// Whether a copy goes over the host link.
  private static func crossesLink(_ name: String) -> Bool {
    name.contains("HtoD") || name.contains("DtoH") || name.contains("HostToDevice") || name.contains("DeviceToHost")
  }

  /// How many calls around jobs have recorded shapes that no operator of their name can have; they count as not recorded.
  package var senselessShapes: Int { senseless.count }

  // MARK: Operators

  /// The innermost operator around a job that the kernel model knows.
  private mutating func operation(of job: RecordedJob) -> Int32 {
    var index = job.operation
    // Operators nest a dozen deep.
    for _ in 0..<64 where index >= 0 {
      let key = key(of: index)
      let found = known[key] ?? RecordedOperator.reading(trace.hostEvents[Int(index)], trace)
      known[key] = found
      switch found {
      case .known: return index
      case .senseless: senseless.insert(index)
      case .unknown: break
      }
      index = recorded.parents[Int(index)]
    }
    return -1
  }

  func `operator`(_ index: Int32) -> RecordedOperator? { known[key(of: index)]?.known }

  /// What an operator has in common with those that take the same.
  func key(of index: Int32) -> OperatorKey { OperatorKey(trace.hostEvents[Int(index)]) }

  func kernels(_ operation: RecordedOperator, _ accelerator: AcceleratorProfile) -> [KernelTime] {
    let system = System(accelerator: accelerator, host: HostProfile(), framework: framework)
    let lowering = Lowering(target: LoweringTarget(system: system, precision: operation.precision))
    let model = kernelModel.model(of: accelerator)
    return lowering.lower(operation.operation).kernels.map { model.time(of: $0) }
  }

  /// What an operator's kernels take together, one after the other.
  func time(_ operation: RecordedOperator, _ accelerator: AcceleratorProfile) -> KernelTime {
    var sum = KernelTime(compute: 0, memory: 0)
    for time in kernels(operation, accelerator) {
      sum.compute += time.computeShare
      sum.exposedMemory += time.memoryShare
      sum.fixed += time.overheadShare
    }
    return sum
  }
}

extension LikeKernel {
  /// What a recorded job's name says of it: a pass over memory where it says nothing.
  init(_ name: KernelName, _ job: RecordedJob) {
    self.init(kernelClass: name.kernelClass ?? .copy, precision: name.precision, duration: job.duration)
  }
}
