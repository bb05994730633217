import CommandSyntax
import JSONText
import Profiles
import Simulation
import Studies
import Workloads

/// A sweep as it was asked for: by the command line, by a plan file, or by both, the command line winning.
struct SweepRequest {
  /// One `--over`: a name, and its values as written.
  struct Over {
    var name: String
    var items: [String]
  }

  private var workload: String?
  private var accelerator: String?
  private var host: String?
  private var framework: String?
  private var precision: String?
  private var kernelModel: String?
  private var isSynchronized = false
  private var parameters: [String: Int64] = [:]
  private var overrides: [(path: String, value: Double)] = []
  private var overs: [Over] = []

  /// Reads the command line, on top of the plan file that it names.
  init(_ command: ParsedCommand) throws(Failure) {
    if let path = command.value(of: "plan") {
      let bytes = try checkingInput { () throws(FileFault) in try readFileBytes(path) }
      self = try checkingInput { () throws(JSONFault) in
        try SweepRequest(try JSONDocument(bytes: bytes, file: path).cursor)
      }
    } else {
      self.init()
    }
    try add(command)
  }

  private init() {}

  /// Reads a document of schema `sweep/1`.
  private init(_ cursor: JSONCursor) throws(JSONFault) {
    var root = try cursor.object()
    try root.schema("sweep/1")
    workload = try root.optional("workload")?.nonEmptyString()
    accelerator = try root.optional("accelerator")?.nonEmptyString()
    host = try root.optional("host")?.nonEmptyString()
    framework = try root.optional("framework")?.nonEmptyString()
    if let cursor = root.optional("precision") {
      precision = try cursor.choice(of: Precision.selectable.map(\.rawValue), as: "precision")
    }
    if let cursor = root.optional("kernel_model") {
      kernelModel = try cursor.choice(of: KernelModelKind.allCases.map(\.rawValue), as: "kernel model")
    }
    isSynchronized = try root.optional("synchronized")?.boolean() ?? false
    if let cursor = root.optional("parameters") {
      for member in try cursor.object().members {
        parameters[member.key] = try member.value.integer(1...1_000_000_000)
      }
    }
    if let cursor = root.optional("set") {
      for member in try cursor.object().members { overrides.append((member.key, try member.value.number())) }
    }
    if let cursor = root.optional("over") {
      for member in try cursor.object().members {
        overs.append(Over(name: member.key, items: try Self.items(member.value)))
      }
    }
    try root.finish()
  }

  /// The values of an axis: a text as after `--over NAME=`, or an array of numbers and texts.
  private static func items(_ cursor: JSONCursor) throws(JSONFault) -> [String] {
    guard case .array = cursor.value.content else {
      if case .number = cursor.value.content { return [numberText(try cursor.number())] }
      return try cursor.nonEmptyString().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return try cursor.array().map { (element) throws(JSONFault) in
      if case .number = element.value.content { return numberText(try element.number()) }
      return try element.nonEmptyString()
    }
  }

  private mutating func add(_ command: ParsedCommand) throws(Failure) {
    var names = command.positionals[...]
    let assignments = try checkingUsage { () throws(CommandSyntaxFault) in try command.assignments(of: "over") }
    for assignment in assignments {
      overs.append(
        Over(
          name: assignment.name,
          items: assignment.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
    }
    let varied = overs.map(\.name)
    if let name = command.value(of: "workload") ?? (varied.contains("workload") ? nil : names.popFirst()) {
      workload = name
    }
    if let name = command.value(of: "accelerator") ?? (varied.contains("accelerator") ? nil : names.popFirst()) {
      accelerator = name
    }
    if let extra = names.first {
      throw Failure(.wrongUsage, "error: unexpected argument '\(extra)'\nsee 'simulate sweep --help'")
    }
    host = command.value(of: "host") ?? host
    framework = command.value(of: "framework") ?? framework
    precision = command.value(of: "precision") ?? precision
    kernelModel = command.value(of: "kernel-model") ?? kernelModel
    isSynchronized = command.isPresent("synchronized") || isSynchronized
    for (name, value) in try ScenarioOptions.parameters(command) { parameters[name] = value }
    for override in try ScenarioOptions.overrides(command) {
      overrides.removeAll { $0.path == override.path }
      overrides.append(override)
    }
  }

  /// What is named as a file: workloads, profiles.
  var files: [String] {
    let named = [workload, accelerator, host, framework].compactMap { $0 }
    return (named + overs.flatMap(\.items)).filter(Library.isFile)
  }

  /// The plan: names found, patterns matched, everything checked that can be.
  func plan(_ library: Library) throws(Failure) -> SweepPlan {
    var axes: [SweepAxis] = []
    for over in overs {
      let hasPattern = over.items.contains { $0.contains("*") }
      let names = hasPattern ? try Self.names(SweepAxis.Subject(name: over.name), library) : []
      axes.append(
        try checkingInput { () throws(SweepFault) in
          try SweepAxis(name: over.name, items: over.items) { _ in names }
        })
    }
    var choices = SweepPlan.Choices(workloads: [], accelerators: [], hosts: [], frameworks: [], precisions: [])
    choices.workloads = try choose(.workload, &axes, workload, library.workload) { $0.name }
    choices.accelerators = try choose(.accelerator, &axes, accelerator, library.accelerator) { $0?.name ?? "none" }
    choices.hosts = try choose(.host, &axes, host ?? "reference", library.host) { $0.name }
    choices.frameworks = try choose(.framework, &axes, framework ?? "pytorch-eager", library.framework) { $0.name }
    choices.precisions = try precisions(&axes)
    let named = axes
    return try checkingInput { () throws(SweepFault) in
      try SweepPlan(
        axes: named, choices: choices, parameters: parameters, overrides: overrides,
        latencyKind: isSynchronized ? .synchronized : .steadyState,
        kernelModel: kernelModel.flatMap(KernelModelKind.init(rawValue:)) ?? .calibrated)
    }
  }

  /// What the names of an axis stand for, or the one that is the same at all points; the axis gets the names in full.
  private func choose<Element>(
    _ subject: SweepAxis.Subject, _ axes: inout [SweepAxis], _ single: String?,
    _ find: (String) throws(Failure) -> Element, name: (Element) -> String
  ) throws(Failure) -> [Element] {
    guard let index = axes.firstIndex(where: { $0.subject == subject }) else {
      guard let single else {
        throw Failure(
          .wrongUsage,
          "error: a sweep needs \(subject.column == "accelerator" ? "an" : "a") \(subject.column): "
            + "name one, or vary it with --over \(subject.column)=...")
      }
      return [try find(single)]
    }
    var found: [Element] = []
    for value in axes[index].values { found.append(try find(value.text)) }
    axes[index] = SweepAxis(subject, found.map { .name(name($0)) })
    return found
  }

  private func precisions(_ axes: inout [SweepAxis]) throws(Failure) -> [Precision?] {
    guard axes.contains(where: { $0.subject == .precision }) || precision != nil else { return [nil] }
    return try choose(.precision, &axes, precision) { name throws(Failure) in
      guard let precision = Precision(rawValue: name), Precision.selectable.contains(precision) else {
        let known = Precision.selectable.map(\.rawValue)
        throw Failure(
          wrongInput: NameFault.unknown(
            what: "precision", name: name, suggestion: nearestName(to: name, among: known), known: known))
      }
      return precision
    } name: {
      $0.rawValue
    }
  }

  /// The names of a catalog that patterns are matched against.
  private static func names(_ subject: SweepAxis.Subject, _ library: Library) throws(Failure) -> [String] {
    switch subject {
    case .workload: library.workloads.names
    case .accelerator: try library.profiles.accelerators.map(\.name)
    case .host: try library.profiles.hosts.map(\.name)
    case .framework: try library.profiles.frameworks.map(\.name)
    case .precision: Precision.selectable.map(\.rawValue)
    case .parameter, .number: []
    }
  }
}
