import CommandSyntax
import JSONText
import Kernels
import Profiles
import Simulation
import Studies
import Workloads

/// A sweep as it was asked for: by the command line, by a plan file, or by both, the command line winning.
struct SweepRequest {
  private var items: [SweepItem]
  private var kernelModel: String?
  private var isSynchronized = false

  /// Reads the command line, on top of the plan file that it names.
  init(_ command: ParsedCommand) throws(Failure) {
    items = try SweepItem.read(command)
    try Self.check(items)
    kernelModel = command.value(of: "kernel-model")
    isSynchronized = command.isPresent("synchronized")
    guard let path = command.value(of: "plan") else { return }
    let plan = try checking { try SweepRequest(try JSONDocument(bytes: readFileBytes(path), file: path).cursor) }
    try Self.check(plan.items)
    kernelModel = kernelModel ?? plan.kernelModel
    isSynchronized = isSynchronized || plan.isSynchronized
    // What the command line says of something takes the place of what the plan says of it.
    let own = items
    var merged = plan.items.compactMap { item -> SweepItem? in
      guard let winner = own.first(where: { $0.subject == item.subject }) else { return item }
      return winner.isVaried && item.isVaried ? winner : nil
    }
    merged += own.filter { item in !merged.contains { $0.subject == item.subject } }
    items = merged
  }

  /// Reads a document of schema `sweep/1`.
  private init(_ cursor: JSONCursor) throws(JSONFault) {
    var root = try cursor.object()
    try root.schema("sweep/1")
    items = []
    for (key, subject) in SweepItem.named {
      guard let cursor = root.optional(key) else { continue }
      let name =
        try subject == .precision
        ? cursor.choice(of: Precision.selectable.map(\.rawValue), as: "precision") : cursor.nonEmptyString()
      items.append(SweepItem(subject, .name(name), cursor))
    }
    if let cursor = root.optional("kernel_model") {
      kernelModel = try cursor.choice(of: KernelModel.all.map(\.name), as: "kernel model")
    }
    isSynchronized = try root.optional("synchronized")?.boolean() ?? false
    if let cursor = root.optional("parameters") {
      for member in try cursor.object().members {
        let count = try member.value.integer(1...1_000_000_000)
        items.append(SweepItem(.parameter(member.key.replacing("-", with: "_")), .count(count), member.value))
      }
    }
    if let cursor = root.optional("set") {
      for member in try cursor.object().members {
        items.append(SweepItem(.number(member.key), .number(try member.value.number()), member.value))
      }
    }
    if let cursor = root.optional("over") {
      for member in try cursor.object().members {
        items.append(
          SweepItem(SweepAxis.Subject(name: member.key), .varied(try SweepItem.values(member.value)), member.value))
      }
    }
    try root.finish()
  }

  /// Nothing is said twice by the command line, nor by the plan.
  private static func check(_ items: [SweepItem]) throws(Failure) {
    for (index, item) in items.enumerated() {
      guard let first = items[..<index].first(where: { $0.subject == item.subject }) else { continue }
      let name = item.subject.column
      guard item.isVaried != first.isVaried else {
        throw item.failure("\(name) is varied twice; give each --over once", "is varied twice; vary it once")
      }
      throw item.failure(
        "\(name) is varied by --over and has one value besides; take one of them away",
        "is given at \(first.pointer), too, once with one value and once varied; take one of them away")
    }
  }

  /// What is named as a file: workloads, profiles.
  var files: [String] {
    items.flatMap { item -> [String] in
      switch item.content {
      case .name(let name): [name]
      case .varied(let values): values
      case .count, .number: []
      }
    }.filter(Library.isFile)
  }

  // MARK: The plan

  /// The plan: names found, patterns matched, everything checked that can be.
  func plan(_ command: ParsedCommand, _ library: Library) throws(Failure) -> SweepPlan {
    if let workload = command.positionals.first {
      try ScenarioOptions.checkOrder(workload, command.positionals.dropFirst().first, command, library)
    }
    var axes: [SweepAxis] = []
    for item in items {
      guard case .varied(let values) = item.content else { continue }
      let hasPattern = values.contains { $0.contains("*") }
      let names = hasPattern ? try Self.names(item.subject, library) : []
      do throws(SweepFault) {
        axes.append(try SweepAxis(name: item.subject.column, items: values) { _ in names })
      } catch { throw item.failure(of: error) }
    }
    if axes.isEmpty { throw Failure(SweepFault.noAxis) }
    var choices = SweepPlan.Choices(workloads: [], accelerators: [], hosts: [], frameworks: [], precisions: [])
    choices.workloads = try choose(.workload, &axes, nil, library.workload) { $0.name }
    choices.accelerators = try choose(.accelerator, &axes, nil, library.accelerator) { $0?.name ?? "none" }
    choices.hosts = try choose(.host, &axes, "reference", library.host) { $0.name }
    choices.frameworks = try choose(.framework, &axes, "pytorch-eager", library.framework) { $0.name }
    choices.precisions = try precisions(&axes)
    if kernelModel != nil, choices.accelerators.allSatisfy({ $0 == nil }) {
      throw .usage("--kernel-model would change nothing: it is a model of an accelerator's kernels, and there is none")
    }
    return try plan(axes, choices)
  }

  private func plan(_ axes: [SweepAxis], _ choices: SweepPlan.Choices) throws(Failure) -> SweepPlan {
    var parameters: [String: Int64] = [:]
    var overrides: [(path: String, value: Double)] = []
    for item in items {
      switch item.content {
      case .count(let count): parameters[item.subject.column] = count
      case .number(let number): overrides.append((item.subject.column, number))
      case .name, .varied: break
      }
    }
    do throws(SweepFault) {
      return try SweepPlan(
        axes: axes, choices: choices, parameters: parameters, overrides: overrides,
        latencyKind: isSynchronized ? .synchronized : .steadyState,
        kernelModel: kernelModel.flatMap(KernelModel.init(named:)) ?? .calibrated)
    } catch {
      guard let name = error.subject, let item = items.first(where: { $0.subject.column == name }) else {
        throw Failure(error)
      }
      throw item.failure(of: error)
    }
  }

  /// What the names of an axis stand for, or the one that is the same at all points; the axis gets the names in full.
  private func choose<Element>(
    _ subject: SweepAxis.Subject, _ axes: inout [SweepAxis], _ usual: String?,
    _ find: (String) throws(Failure) -> Element, name: (Element) -> String
  ) throws(Failure) -> [Element] {
    let item = items.first { $0.subject == subject }
    func found(_ text: String) throws(Failure) -> Element {
      do { return try find(text) } catch { throw item?.failure(of: error) ?? error }
    }
    guard let index = axes.firstIndex(where: { $0.subject == subject }) else {
      if case .name(let single)? = item?.content { return [try found(single)] }
      guard let usual else {
        throw .usage(
          "a sweep needs \(subject.column == "accelerator" ? "an" : "a") \(subject.column): "
            + "name one, or vary it with --over \(subject.column)=...")
      }
      return [try find(usual)]
    }
    var elements: [Element] = []
    for value in axes[index].values { elements.append(try found(value.text)) }
    let labels = try labels(axes[index], elements.map(name), item)
    axes[index] = SweepAxis(subject, labels.map { .name($0) })
    return elements
  }

  /// What the rows of a sweep call the values of an axis: their names, and files of one name by their paths.
  private func labels(_ axis: SweepAxis, _ names: [String], _ item: SweepItem?) throws(Failure) -> [String] {
    var labels = names
    for index in names.indices {
      let others = names.indices.filter { $0 != index && names[$0] == names[index] }
      guard let other = others.first else { continue }
      let (text, otherText) = (axis.values[index].text, axis.values[other].text)
      guard text != otherText, [text, otherText].contains(where: { $0.contains("/") || $0.hasSuffix(".json") }) else {
        let words: Message = "has \(names[index]) twice, as '\(otherText)' and as '\(text)'; name it once"
        throw item?.failure("--over \(axis.subject.column) " + words, words) ?? Failure.usage(words)
      }
      labels[index] = text
    }
    return labels
  }

  private func precisions(_ axes: inout [SweepAxis]) throws(Failure) -> [Precision?] {
    guard items.contains(where: { $0.subject == .precision }) else { return [nil] }
    return try choose(.precision, &axes, nil) { name throws(Failure) in
      guard let precision = Precision(rawValue: name), Precision.selectable.contains(precision) else {
        let known = Precision.selectable.map(\.rawValue)
        throw Failure(
          NameFault.unknown(
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
