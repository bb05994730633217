import JSONText
import Kernels
import Profiles
import Simulation
import Workloads

/// Where a sweep finds what it names.
package protocol SweepSource: ModelSource {
  /// The names that patterns of an axis are matched against, in the order of the catalog.
  func names(of subject: SweepAxis.Subject) throws(Fault) -> [String]
  /// Why a name denotes nothing, where that is what was thrown.
  func nameFault(in error: any Error) -> NameFault?
  /// A model of kernels from measurements, by a name with their file (``KernelModel/measuredForm``).
  func measuredKernelModel(_ name: String, of accelerators: [AcceleratorProfile]) throws(Fault) -> KernelModel
}

/// A sweep as it was asked for, in names: by a plan file, by a command line, or by both.
package struct SweepRequest: Sendable {
  /// What is said.
  package private(set) var items: [SweepItem]
  /// The name of the model of kernels; nil for the usual one.
  package private(set) var kernelModel: String?
  private var isSynchronized = false
  /// How programs lay images out; nil where nothing is said.
  private var layout: TensorLayout?

  /// A request that is in no file.
  ///
  /// - Parameters:
  ///   - items: What is said.
  ///   - kernelModel: The name of the model of kernels; nil for the usual one.
  ///   - isSynchronized: Whether each pass is waited for.
  ///   - layout: How programs lay images out; nil for how frameworks do by themselves.
  /// - Throws: ``SweepRequestFault`` where something is said twice.
  package init(
    _ items: [SweepItem], kernelModel: String?, isSynchronized: Bool, layout: TensorLayout? = nil
  ) throws(SweepRequestFault) {
    (self.items, self.kernelModel, self.isSynchronized) = (items, kernelModel, isSynchronized)
    self.layout = layout
    try check()
  }

  /// Reads a plan, a document of schema `sweep/1`.
  ///
  /// - Throws: `JSONFault`, or ``SweepRequestFault`` where something is said twice.
  package init(plan document: JSONDocument) throws {
    try self.init(document.cursor)
    try check()
  }

  /// This request on top of a plan: what it says of something takes the place of what the plan says of it.
  package func over(_ plan: SweepRequest) -> SweepRequest {
    var request = self
    request.kernelModel = kernelModel ?? plan.kernelModel
    request.isSynchronized = isSynchronized || plan.isSynchronized
    request.layout = layout ?? plan.layout
    var merged = plan.items.compactMap { item -> SweepItem? in
      guard let winner = items.first(where: { $0.subject == item.subject }) else { return item }
      return winner.isVaried && item.isVaried ? winner : nil
    }
    merged += items.filter { item in !merged.contains { $0.subject == item.subject } }
    request.items = merged
    return request
  }

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
      let name = try cursor.string()
      let known = KernelModel.all.map(\.name) + [KernelModel.measuredForm]
      kernelModel = try KernelModel.measurements(in: name) == nil ? cursor.choice(of: known, as: "kernel model") : name
    }
    isSynchronized = try root.optional("synchronized")?.boolean() ?? false
    if let cursor = root.optional("layout") {
      layout = TensorLayout(named: try cursor.choice(of: TensorLayout.words, as: "layout"))
    }
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

  /// Nothing is said twice.
  private func check() throws(SweepRequestFault) {
    for (index, item) in items.enumerated() {
      guard let first = items[..<index].first(where: { $0.subject == item.subject }) else { continue }
      let pointer: FaultWords = first.place.map { "\($0.path)" } ?? "\(option: "over") \(first.subject.column)"
      let fact: SweepRequestFault.Fact =
        item.isVaried == first.isVaried ? .variedTwice : .variedAndGiven(at: pointer)
      throw SweepRequestFault(fact, of: item.subject, at: item.place)
    }
  }

  // MARK: The plan

  /// The plan: names found, patterns matched, everything checked that can be.
  ///
  /// - Parameter source: Where names are found.
  /// - Returns: The plan.
  /// - Throws: ``SweepRequestFault``, ``SweepFault``, or what the source throws.
  package func plan(from source: some SweepSource) throws -> SweepPlan {
    var axes: [SweepAxis] = []
    for item in items {
      guard case .varied(let values) = item.content else { continue }
      let hasPattern = values.contains { $0.contains("*") }
      let names = hasPattern ? try source.names(of: item.subject) : []
      do throws(SweepFault) {
        axes.append(try SweepAxis(name: item.subject.column, items: values) { _ in names })
      } catch { throw Self.fault(error, item) }
    }
    if axes.isEmpty { throw SweepFault.noAxis }
    var choices = SweepPlan.Choices(workloads: [], accelerators: [], hosts: [], frameworks: [], precisions: [])
    choices.workloads = try choose(.workload, &axes, nil, source, source.workload) { $0.name }
    choices.accelerators = try choose(.accelerator, &axes, nil, source, source.accelerator) { $0?.name ?? "none" }
    if items.contains(where: { $0.subject == .host }) {
      choices.hosts = try choose(.host, &axes, nil, source, source.host) { $0.name }
    } else {
      choices.hosts = try choices.accelerators.map { try source.host(SystemDefaults.host(of: $0)) }
    }
    choices.frameworks = try choose(.framework, &axes, SystemDefaults.framework, source, source.framework) { $0.name }
    if let layout { for index in choices.frameworks.indices { choices.frameworks[index].lay(out: layout) } }
    if items.contains(where: { $0.subject == .precision }) {
      choices.precisions = try choose(.precision, &axes, nil, source, Self.precision) { $0.rawValue }
    } else {
      choices.precisions = [nil]
    }
    if kernelModel != nil, choices.accelerators.allSatisfy({ $0 == nil }) {
      throw SweepRequestFault(.uselessKernelModel, of: .accelerator, at: nil)
    }
    return try plan(axes, choices, model(of: choices.accelerators.compactMap(\.self), source))
  }

  private func model(of accelerators: [AcceleratorProfile], _ source: some SweepSource) throws -> KernelModel {
    guard let kernelModel else { return .calibrated }
    return try KernelModel(named: kernelModel) ?? source.measuredKernelModel(kernelModel, of: accelerators)
  }

  private func plan(
    _ axes: [SweepAxis], _ choices: SweepPlan.Choices, _ kernelModel: KernelModel
  ) throws -> SweepPlan {
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
        kernelModel: kernelModel)
    } catch {
      guard let item = items.first(where: { $0.subject.column == error.subject }) else { throw error }
      throw Self.fault(error, item)
    }
  }

  /// A fault of what is asked for: in a plan, with its place.
  private static func fault(_ fault: SweepFault, _ item: SweepItem) -> any Error {
    item.place.map { SweepRequestFault(.sweep(fault), of: item.subject, at: $0) } ?? fault
  }

  /// What the names of an axis stand for, or the one that is the same at all points; the axis gets the names in full.
  private func choose<Element>(
    _ subject: SweepAxis.Subject, _ axes: inout [SweepAxis], _ usual: String?, _ source: some SweepSource,
    _ find: (String) throws -> Element, name: (Element) -> String
  ) throws -> [Element] {
    let item = items.first { $0.subject == subject }
    func found(_ text: String) throws -> Element {
      do { return try find(text) } catch {
        guard let place = item?.place, let fault = error as? NameFault ?? source.nameFault(in: error) else {
          throw error
        }
        throw Self.fault(fault, of: subject, at: place) ?? error
      }
    }
    guard let index = axes.firstIndex(where: { $0.subject == subject }) else {
      if case .name(let single)? = item?.content { return [try found(single)] }
      guard let usual else { throw SweepRequestFault(.notGiven, of: subject, at: nil) }
      return [try find(usual)]
    }
    let elements = try axes[index].values.map { try found($0.text) }
    let labels = try labels(axes[index], elements.map(name), item)
    axes[index] = SweepAxis(subject, labels.map { .name($0) })
    return elements
  }

  /// A name of a plan that denotes nothing, with its place; nil for what has a place of its own.
  private static func fault(_ fault: NameFault, of subject: SweepAxis.Subject, at place: JSONCursor) -> (any Error)? {
    switch fault {
    case .unusable: nil
    case .unknown(let what, let name, let suggestion, let known):
      place.fault(.unknownName(what: what, name: name, suggestion: suggestion, known: known))
    case .ambiguous(let what, let name, let candidates):
      SweepRequestFault(.ambiguous(what: what, name: name, candidates: candidates), of: subject, at: place)
    }
  }

  /// What the rows of a sweep call the values of an axis: their names, and files of one name by their paths.
  private func labels(
    _ axis: SweepAxis, _ names: [String], _ item: SweepItem?
  ) throws(SweepRequestFault) -> [String] {
    var labels = names
    for index in names.indices {
      let others = names.indices.filter { $0 != index && names[$0] == names[index] }
      guard let other = others.first else { continue }
      let (text, otherText) = (axis.values[index].text, axis.values[other].text)
      guard text != otherText, [text, otherText].contains(where: { $0.contains("/") || $0.hasSuffix(".json") }) else {
        let fact = SweepRequestFault.Fact.sameTwice(name: names[index], first: otherText, second: text)
        throw SweepRequestFault(fact, of: axis.subject, at: item?.place)
      }
      labels[index] = text
    }
    return labels
  }

  private static func precision(_ name: String) throws(NameFault) -> Precision {
    let selectable = Precision.selectable
    if let precision = selectable.first(where: { $0.rawValue == name }) { return precision }
    let known = selectable.map(\.rawValue)
    throw .unknown(what: "precision", name: name, suggestion: nearestName(to: name, among: known), known: known)
  }
}
