import Kernels
import Profiles
import Simulation
import Workloads

/// Every combination of the values of some axes, in order: the first axis varies slowest.
public struct SweepPlan: Sendable {
  /// What names stand for: where an axis varies them, one for each of its values; otherwise the one of all points.
  public struct Choices: Sendable {
    /// Workloads.
    public var workloads: [Workload]
    /// Accelerators; nil for a processor-only system.
    public var accelerators: [AcceleratorProfile?]
    /// Hosts; where no axis varies them, one for each accelerator, or the one of all points.
    public var hosts: [HostProfile]
    /// Frameworks.
    public var frameworks: [FrameworkProfile]
    /// Formats; nil for the default of the system.
    public var precisions: [Precision?]

    /// Choices of one each.
    public init(
      workloads: [Workload], accelerators: [AcceleratorProfile?], hosts: [HostProfile],
      frameworks: [FrameworkProfile], precisions: [Precision?]
    ) {
      self.workloads = workloads
      self.accelerators = accelerators
      self.hosts = hosts
      self.frameworks = frameworks
      self.precisions = precisions
    }
  }

  /// What varies, slowest first.
  public let axes: [SweepAxis]
  /// What names stand for.
  public let choices: Choices
  /// Parameters of the workload that are the same at all points.
  public let parameters: [String: Int64]
  /// Profile numbers that are the same at all points.
  public let overrides: [(path: String, value: Double)]
  /// Which latency is asked for.
  public let latencyKind: LatencyKind
  /// Which model predicts kernel times.
  public let kernelModel: KernelModel
  /// How many points there are.
  public let count: Int

  /// For each axis, how many points pass until its value changes.
  let strides: [Int]

  /// What keeps the bound workloads and plans of the last blocks that were simulated; and the workloads that were bound to
  /// see whether they can be, where those are not much, so that each is bound once.
  private(set) var preparation: Preparation

  /// A plan.
  ///
  /// - Throws: ``SweepFault`` when nothing varies or something twice, when a system has no number of a path, or when a
  ///   workload does not bind at some combination of parameters; so that a sweep does not stop in the middle.
  public init(
    axes: [SweepAxis], choices: Choices, parameters: [String: Int64] = [:],
    overrides: [(path: String, value: Double)] = [], latencyKind: LatencyKind = .steadyState,
    kernelModel: KernelModel = .calibrated
  ) throws(SweepFault) {
    if axes.isEmpty { throw .noAxis }
    var strides: [Int] = []
    var count = 1
    for axis in axes.reversed() {
      strides.insert(count, at: 0)
      let (product, overflow) = count.multipliedReportingOverflow(by: axis.values.count)
      guard !overflow, product <= 1_000_000_000_000_000 else { throw .tooManyPoints }
      count = product
    }
    for (index, axis) in axes.enumerated() where axes[..<index].contains(where: { $0.subject == axis.subject }) {
      throw .repeatedAxis(axis.subject.column)
    }
    self.axes = axes
    self.choices = choices
    self.parameters = parameters
    self.overrides = overrides
    self.latencyKind = latencyKind
    self.kernelModel = kernelModel
    self.count = count
    self.strides = strides
    preparation = Preparation(limit: Self.plansKept)
    try checkNumbers()
    try checkBindings()
  }

  /// How many plans are kept at most, and bound workloads beside those from the test.
  private static let plansKept = 256
  /// How many combinations of parameters are tried of each workload.
  private static let bindingsTried = 512
  /// How many operators the bound workloads that are kept from the test have at most, all together.
  private static let operatorsKept = 100_000

  /// The place of a point's value on an axis.
  func digit(_ axis: Int, of point: Int) -> Int { point / strides[axis] % axes[axis].values.count }

  /// What a point has on each axis.
  ///
  /// - Complexity: O(axes).
  public func values(of point: Int) -> [SweepAxis.Value] {
    axes.indices.map { axes[$0].values[digit($0, of: point)] }
  }

  /// A point in words: `batch=4, accelerator=nvidia-v100-sxm2-16gb`.
  func words(_ point: Int) -> String {
    axes.indices.map { "\(axes[$0].subject.column)=\(axes[$0].values[digit($0, of: point)].text)" }
      .joined(separator: ", ")
  }

  /// How many parts a plan may be cut into.
  static let shardCounts = 1...1_000_000

  /// The points of one of several parts, which concatenate to all points in order.
  ///
  /// - Parameters:
  ///   - shard: Which part, from 1.
  ///   - shardCount: How many parts there are.
  /// - Returns: The points; none where there are more parts than points.
  /// - Throws: ``SweepFault/noSuchShard(_:of:)``.
  public func points(ofShard shard: Int, of shardCount: Int) throws(SweepFault) -> Range<Int> {
    guard Self.shardCounts.contains(shardCount), (1...shardCount).contains(shard) else {
      throw .noSuchShard(shard, of: shardCount)
    }
    // Whole points and the rest apart, so that no product leaves the integers.
    let (whole, rest) = count.quotientAndRemainder(dividingBy: shardCount)
    func start(_ shard: Int) -> Int { shard * whole + shard * rest / shardCount }
    return start(shard - 1)..<start(shard)
  }

  /// The choice whose axis decides which host a point has.
  var hostAxis: SweepAxis.Subject { axes.contains { $0.subject == .host } ? .host : .accelerator }

  /// Every system must have every number that is set or varied.
  private func checkNumbers() throws(SweepFault) {
    let paths = axes.compactMap { axis -> String? in
      if case .number(let path) = axis.subject { return path }
      return nil
    }
    for accelerator in choices.accelerators {
      var system = System(accelerator: accelerator, host: choices.hosts[0], framework: choices.frameworks[0])
      do throws(OverrideFault) {
        for (path, value) in overrides { try system.set(path, to: value) }
        // A number that a profile leaves out may be given; so any value in its range will do for the test.
        for path in paths {
          guard let number = SystemNumber(path: path) else {
            try system.set(path, to: 1)
            continue
          }
          if number.value(in: system) == nil, number.isOfAccelerator, accelerator == nil {
            throw .noAccelerator(path: path)
          }
          if number.isOfEngine { throw .noEngine(path: path) }
          if number.isOfInterconnect { throw .noInterconnect(path: path) }
        }
      } catch { throw .override(error) }
    }
  }

  /// Binds every workload to every combination of parameters, of which there are few.
  private mutating func checkBindings() throws(SweepFault) {
    let varied = axes.filter { axis in
      if case .parameter = axis.subject { return true }
      return false
    }
    let combinations = varied.reduce(1) { $0 * min($1.values.count, 1 << 20) }
    let tried = min(combinations, Self.bindingsTried)
    do throws(WorkloadFault) {
      // A workload is about as long at all its parameters.
      var operators = 0
      for workload in choices.workloads {
        operators += try workload.bindChecked(parameters(0, of: varied)).operators.count * tried
      }
      let keeps = operators <= Self.operatorsKept
      if keeps {
        preparation = Preparation(
          limit: Self.plansKept, bindings: Self.plansKept + tried * choices.workloads.count)
      }
      for workload in choices.workloads {
        for combination in 0..<tried {
          let values = parameters(combination, of: varied)
          _ = keeps ? try preparation.bind(workload, values) : try workload.bindChecked(values)
        }
      }
    } catch { throw .workload(error) }
  }

  /// The parameters of a combination of some axes' values.
  private func parameters(_ combination: Int, of varied: [SweepAxis]) -> [String: Int64] {
    var values = parameters
    var rest = combination
    for axis in varied.reversed() {
      if case .number(let number) = axis.values[rest % axis.values.count] {
        values[axis.subject.column] = Int64(number)
      }
      rest /= axis.values.count
    }
    return values
  }
}
