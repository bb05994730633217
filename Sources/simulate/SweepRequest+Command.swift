import CommandSyntax
import JSONText
import Kernels
import Profiles
import Studies
import Workloads

extension SweepRequest {
  /// Reads the command line, on top of the plan file that it names.
  init(_ command: ParsedCommand) throws(Failure) {
    let items = try Self.items(command)
    self = try checking {
      let request = try SweepRequest(
        items, kernelModel: command.value(of: "kernel-model"), isSynchronized: command.isPresent("synchronized"),
        layout: command.value(of: ScenarioOptions.layout.name).flatMap(TensorLayout.init(named:)))
      guard let path = command.value(of: "plan") else { return request }
      return request.over(try SweepRequest(plan: JSONDocument(bytes: readFileBytes(path), file: path)))
    }
  }

  private static func items(_ command: ParsedCommand) throws(Failure) -> [SweepItem] {
    let axes = try checking { try command.assignments(of: "over") }.map {
      SweepItem(
        SweepAxis.Subject(name: $0.name),
        .varied($0.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
    }
    let varied = axes.map(\.subject)
    let names = try ScenarioOptions.names(
      command,
      varied: SweepItem.named.filter { varied.contains($0.subject) && !command.isPresent($0.key) }.map(\.key))
    var items: [SweepItem] = []
    for (key, subject) in SweepItem.named {
      let placed = key == "workload" ? names.workload : key == "accelerator" ? names.accelerator : nil
      guard let name = command.value(of: key) ?? placed else { continue }
      items.append(SweepItem(subject, .name(name)))
    }
    for (name, value) in try ScenarioOptions.parameters(command).sorted(by: { $0.key < $1.key }) {
      items.append(SweepItem(.parameter(name), .count(value)))
    }
    for (path, value) in try ScenarioOptions.overrides(command) {
      items.append(SweepItem(.number(path), .number(value)))
    }
    return items + axes
  }

  /// What is named as a file: workloads, profiles, measurements of kernels.
  var files: [String] {
    items.flatMap { item -> [String] in
      switch item.content {
      case .name(let name): [name]
      case .varied(let values): values
      case .count, .number: []
      }
    }.filter(Library.isFile) + (kernelModel.flatMap(KernelModel.measurements(in:)).map { [$0] } ?? [])
  }
}

extension Library: SweepSource {
  func names(of subject: SweepAxis.Subject) throws(Failure) -> [String] {
    switch subject {
    case .workload: workloads.names
    case .accelerator: try acceleratorNames
    case .host: try hostNames
    case .framework: try frameworkNames
    case .precision: Precision.selectable.map(\.rawValue)
    case .parameter, .number: []
    }
  }

  func nameFault(in error: any Error) -> NameFault? { (error as? Failure)?.causes.first as? NameFault }
}
