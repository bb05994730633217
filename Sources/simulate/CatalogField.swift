import JSONText
import Profiles
import Reports
import Workloads

/// What a list of the catalog can be narrowed to and sorted by: a number or a text of each thing of a sort.
struct CatalogField<Row>: Sendable {
  /// What it is called, as the table's heading has it.
  let name: String
  /// Its value.
  let value: CatalogValue<Row>
}

/// Where a field's value is.
enum CatalogValue<Row>: Sendable {
  /// A number, counted in a unit.
  case number(NumberUnit, @Sendable (Row) -> Double?)
  /// A text; nil where a thing has none.
  case text(@Sendable (Row) -> String?)
}

/// A sort of thing that `profiles list` can narrow and sort.
protocol Listed: Sendable {
  /// What may be looked for in it with `--like`: its names and what people call it.
  var names: [String] { get }
  /// The field of a name, or nil where the sort has none.
  static func field(_ name: String) -> CatalogField<Self>?
  /// What fields are called, the shortest names first.
  static var fieldNames: [String] { get }
}

/// A sort whose numbers are a profile's.
protocol ListedProfile: Listed, NamedProfile {
  /// Its texts, by name.
  static var texts: [(name: String, text: @Sendable (Self) -> String?)] { get }
  /// Year and month of the release, where it has one.
  var date: String { get }
}

extension ListedProfile {
  static func field(_ name: String) -> CatalogField<Self>? {
    if name == "year" { return CatalogField(name: name, value: .number(.count) { Double($0.date.prefix(4)) }) }
    if let text = texts.first(where: { $0.name == name }) { return CatalogField(name: name, value: .text(text.text)) }
    guard let field = FieldName.field(name, of: Self.self) else { return nil }
    return CatalogField(name: field.path, value: .number(field.domain.unit) { field.value(in: $0) })
  }

  static var fieldNames: [String] { texts.map(\.name) + ["year"] + FieldName.names(of: Self.self) }
}

extension AcceleratorProfile: ListedProfile {
  var names: [String] { [name, title, vendor, architecture] + aliases }
  var date: String { released }
  static var texts: [(name: String, text: @Sendable (AcceleratorProfile) -> String?)] {
    [
      ("name", { $0.name }), ("title", { $0.title }), ("vendor", { $0.vendor }), ("architecture", { $0.architecture }),
      ("released", { $0.released }), ("host", { $0.host }), ("interconnect", { $0.interconnect }),
    ]
  }
}

extension HostProfile: ListedProfile {
  var names: [String] { [name, title, vendor] + aliases }
  var date: String { released }
  static var texts: [(name: String, text: @Sendable (HostProfile) -> String?)] {
    [
      ("name", { $0.name }), ("title", { $0.title }), ("vendor", { $0.vendor }),
      ("architecture", { $0.architecture }), ("released", { $0.released }),
    ]
  }
}

extension FrameworkProfile: ListedProfile {
  var names: [String] { [name, title] + aliases }
  var date: String { "" }
  static var texts: [(name: String, text: @Sendable (FrameworkProfile) -> String?)] {
    [
      ("name", { $0.name }), ("title", { $0.title }), ("version", { $0.version }), ("mode", { $0.mode.rawValue }),
      ("fusion", { $0.fusion.map(\.rawValue).joined(separator: ", ") }),
    ]
  }
}

extension EngineProfile: ListedProfile {
  var names: [String] { [name, title] + aliases }
  var date: String { "" }
  static var texts: [(name: String, text: @Sendable (EngineProfile) -> String?)] {
    [
      ("name", { $0.name }), ("title", { $0.title }), ("version", { $0.version }),
      ("prefill", { $0.prefillFramework }), ("decode", { $0.decodeFramework }),
    ]
  }
}

extension InterconnectProfile: ListedProfile {
  var names: [String] { [name, title] + aliases }
  var date: String { "" }
  static var texts: [(name: String, text: @Sendable (InterconnectProfile) -> String?)] {
    [("name", { $0.name }), ("title", { $0.title }), ("beyond", { $0.beyond })]
  }
}

extension Decoder: Listed {
  var names: [String] { [name, title, kind] }

  static func field(_ name: String) -> CatalogField<Decoder>? {
    fields.first { $0.name == name }
  }

  static var fieldNames: [String] { fields.map(\.name) }

  private static var fields: [CatalogField<Decoder>] {
    func count(_ name: String, _ value: @escaping @Sendable (Decoder) -> Int64?) -> CatalogField<Decoder> {
      CatalogField(name: name, value: .number(.count) { value($0).map(Double.init) })
    }
    return [
      CatalogField(name: "name", value: .text { $0.name }), CatalogField(name: "title", value: .text { $0.title }),
      CatalogField(name: "kind", value: .text { $0.kind }), count("weights") { $0.weightElements },
      count("layers") { Int64($0.layerCount) }, count("hidden") { $0.hiddenWidth }, count("heads") { $0.heads },
      count("key_heads") { $0.keyHeads }, count("experts") { $0.experts?.count ?? 0 },
      count("active_experts") { $0.experts?.active ?? 0 }, count("vocabulary") { $0.vocabulary },
      count("context") { $0.longestContext },
    ]
  }
}

/// A workload as it is listed: at the values of its parameters that it has by default.
struct ListedWorkload: Listed {
  let name: String
  let title: String
  let bound: BoundWorkload

  var names: [String] { [name, title] }

  static func field(_ name: String) -> CatalogField<ListedWorkload>? {
    switch name {
    case "name": CatalogField(name: name, value: .text { $0.name })
    case "title": CatalogField(name: name, value: .text { $0.title })
    case "operators": CatalogField(name: name, value: .number(.count) { Double($0.bound.operatorCount) })
    case "weights":
      CatalogField(name: name, value: .number(.count) { $0.bound.weightElements.map(Double.init) })
    case "batch", "sequence_length", "context":
      CatalogField(name: name, value: .number(.count) { $0.bound.parameter(name).map(Double.init) })
    default: nil
    }
  }

  static var fieldNames: [String] { ["name", "title", "operators", "weights", "batch", "sequence_length", "context"] }
}
