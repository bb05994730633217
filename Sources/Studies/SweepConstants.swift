import Profiles
import Workloads

extension SweepPlan {
  /// What the rows say of a point besides what is varied, so that the rows of two sweeps can be put together: the names, the
  /// parameters of the workload, and the numbers that are set.
  package var constantKeys: [String] {
    let varied = Set(axes.map(\.subject.column))
    let names = SweepItem.named.map(\.key)
    let parameters = unique(choices.workloads.flatMap { $0.parameters.map(\.name) })
    return (names + parameters + overrides.map(\.path)).filter { !varied.contains($0) }
  }

  /// The values of these at a point; nil for a parameter that its workload does not have.
  package func constants(of point: Int) -> [SweepAxis.Value?] {
    constants(workload: digit(of: .workload, at: point), accelerator: digit(of: .accelerator, at: point))
  }

  /// The place of a point's value on the axis of a subject; 0 where it is not varied.
  func digit(of subject: SweepAxis.Subject, at point: Int) -> Int {
    axes.firstIndex { $0.subject == subject }.map { digit($0, of: point) } ?? 0
  }

  /// The values for a workload and an accelerator, by which all else is decided.
  func constants(workload place: Int, accelerator other: Int) -> [SweepAxis.Value?] {
    let workload = choices.workloads[place]
    let accelerator = choices.accelerators[other]
    let host = choices.hosts[hostAxis == .accelerator && choices.hosts.count > 1 ? other : 0]
    let precision = choices.precisions[0] ?? (accelerator == nil ? .fp32 : .fp16)
    return constantKeys.map { key in
      switch SweepAxis.Subject(name: key) {
      case .workload: return .name(workload.name)
      case .accelerator: return .name(accelerator?.name ?? "none")
      case .host: return .name(host.name)
      case .framework: return .name(choices.frameworks[0].name)
      case .precision: return .name(precision.rawValue)
      case .parameter(let name):
        guard let parameter = workload.parameters.first(where: { $0.name == name }) else { return nil }
        return .number(Double(parameters[name] ?? parameter.defaultValue))
      case .number(let path): return overrides.last { $0.path == path }.map { .number($0.value) }
      }
    }
  }
}
