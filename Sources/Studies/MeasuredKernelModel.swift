import Kernels
import Profiles
import Simulation
import Workloads

/// A kernel model made of a file of operators that were timed alone.
package struct MeasuredKernelModel: Sendable {
  /// The model.
  package let model: KernelModel
  /// The accelerators of which the file tells nothing.
  package let unmeasured: [AcceleratorProfile]

  /// Compares the rows with the equations, accelerator by accelerator: those of one tell nothing of another.
  ///
  /// - Parameters:
  ///   - name: What results call it.
  ///   - measurements: The rows.
  ///   - accelerators: Whose kernels are to be predicted, as their profiles say: what is changed about them afterwards
  ///     changes the equations, and the residuals stay. Others that rows name may come in where systems are compared.
  ///   - source: Where the names of rows are found.
  /// - Throws: What the source throws.
  package init(
    _ name: String, _ measurements: [KernelMeasurement], of accelerators: [AcceleratorProfile],
    from source: some ModelSource
  ) throws {
    var profiles: [String: AcceleratorProfile] = [:]
    for accelerator in accelerators where profiles[accelerator.name] == nil { profiles[accelerator.name] = accelerator }
    let names = try Self.names(measurements, &profiles, source)
    let (host, framework) = (
      try source.host(SystemDefaults.referenceHost), try source.framework(KernelValidation.framework)
    )
    let rows = Dictionary(grouping: measurements.filter { $0.time != nil }) { names[$0.accelerator] ?? "" }
    var residuals: [String: MeasuredResiduals] = [:]
    for (name, accelerator) in profiles {
      let system = System(accelerator: accelerator, host: host, framework: framework)
      residuals[name] = Self.residuals(rows[name] ?? [], system, accelerator)
    }
    model = .measured(name, residuals.filter { !$0.value.isEmpty })
    unmeasured = unique(accelerators.map(\.name)).filter { residuals[$0]?.isEmpty ?? true }.compactMap { profiles[$0] }
  }

  /// The full names of the accelerators that rows name, whose profiles are added.
  private static func names(
    _ measurements: [KernelMeasurement], _ profiles: inout [String: AcceleratorProfile], _ source: some ModelSource
  ) throws -> [String: String] {
    var names: [String: String] = [:]
    for name in unique(measurements.map(\.accelerator)) {
      guard let found = try profiles[name] ?? source.accelerator(name) else { continue }
      names[name] = found.name
      if profiles[found.name] == nil { profiles[found.name] = found }
    }
    return names
  }

  private static func residuals(
    _ rows: [KernelMeasurement], _ system: System, _ accelerator: AcceleratorProfile
  ) -> MeasuredResiduals {
    let timers = Dictionary(grouping: rows, by: \.precision).keys.map {
      ($0, LoneOperatorTimer(system, accelerator, $0, .calibrated))
    }
    let timerOf = Dictionary(uniqueKeysWithValues: timers)
    let size = 512
    let stretches = stride(from: 0, to: rows.count, by: size).map { rows[$0..<min($0 + size, rows.count)] }
    let residuals = parallelMap(stretches) { $0.compactMap { timerOf[$0.precision]?.residual(of: $0) } }
    return MeasuredResiduals(residuals.flatMap(\.self))
  }
}

extension Scenario {
  /// The share of the time of a pass's kernels, 0 to 1, that rests on measurements; nil where none are asked.
  package func measuredFraction(of plan: ProgramPlan) -> Double? {
    guard kernelModel.correctsAnother, system.accelerator != nil else { return nil }
    let model = kernelModel.model(of: system)
    var (measured, total) = (0.0, 0.0)
    for (kernel, count) in zip(plan.lowered.kernels, RooflineStudy.counts(of: plan.lowered)) {
      let time = Double(count) * model.time(of: kernel).seconds
      total += time
      measured += time * model.measuredFraction(of: kernel)
    }
    return total > 0 ? measured / total : 0
  }
}
