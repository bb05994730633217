import JSONText

/// How a model is spread over devices.
///
/// Tensor parallelism cuts every product among the ranks of a group, pipeline parallelism gives each stage some of the
/// layers, and data parallelism gives each replica some of the requests. Experts of a mixture are cut like everything else, or
/// spread whole over the tensor and data ranks.
public struct Parallelism: Sendable, Hashable {
  /// Ranks that share every product.
  public var tensor: Int64 = 1
  /// Stages, each with some of the layers.
  public var pipeline: Int64 = 1
  /// Replicas, each with some of the requests.
  public var data: Int64 = 1
  /// Ranks over which whole experts are spread; 1 where each is cut among the tensor ranks instead.
  public var expert: Int64 = 1

  /// One device.
  public init() {}

  /// Tensor parallelism, and nothing else.
  public init(tensor: Int64) { self.tensor = tensor }

  /// All devices.
  public var devices: Int64 { tensor * pipeline * data }

  /// Devices that a replica's weights and caches are spread over.
  public var devicesOfReplica: Int64 { tensor * pipeline }
}

extension Parallelism {
  /// The ways, by their names.
  package static let ways: [(name: String, path: WritableKeyPath<Parallelism, Int64> & Sendable)] = [
    ("tensor", \.tensor), ("pipeline", \.pipeline), ("data", \.data), ("expert", \.expert),
  ]

  /// The parameters of workloads that say how their operators are shared: the way, how many, and the parameter's name.
  package var parameters: [(way: String, count: Int64, name: String)] {
    [("tensor", tensor, "ranks"), ("pipeline", pipeline, "stages"), ("expert", expert, "expert_ranks")]
  }

  /// The most devices.
  package static let limit: Int64 = 65_536

  /// Why a text says no parallelism.
  package enum Fault: Error, Sendable, Equatable {
    /// What is no count of devices.
    case number(String)
    /// A way that there is not.
    case way(String, suggestion: String?)
    /// A way that is given twice.
    case twice(String)
    /// More devices than are simulated.
    case tooMany(Int64)
    /// Experts spread over other ranks than there are.
    case experts(Int64, wanted: Int64)
  }

  /// Reads `8`, which is tensor parallelism, or `tensor=4,pipeline=2`.
  package init(_ text: String) throws(Fault) {
    self.init()
    var given: Set<String> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = sides.count == 2 ? String(sides[0]) : "tensor"
      guard let way = Self.ways.first(where: { $0.name == name }) else {
        throw .way(name, suggestion: nearestName(to: name, among: Self.ways.map(\.name)))
      }
      let number = String(sides[sides.count - 1])
      guard let count = Int64(number), (1...Self.limit).contains(count) else { throw .number(number) }
      guard given.insert(name).inserted else { throw .twice(name) }
      self[keyPath: way.path] = count
    }
    let product = Double(tensor) * Double(pipeline) * Double(data)
    guard product <= Double(Self.limit) else { throw .tooMany(Int64(min(product, 1e15))) }
    guard expert == 1 || expert == tensor * data else { throw .experts(expert, wanted: tensor * data) }
  }

  /// The texts of a list: what has an equals sign belongs to what stands before it, until a way comes again.
  ///
  /// `1,2,tensor=4,pipeline=2,tensor=8` are four.
  package static func items(_ text: String) -> [String] {
    var items: [String] = []
    var ways: Set<Substring> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let equals = part.firstIndex(of: "=") else {
        items.append(String(part))
        ways = []
        continue
      }
      let way = part[..<equals]
      if ways.isEmpty || ways.contains(way) {
        items.append(String(part))
        ways = [way]
      } else {
        items[items.count - 1] += "," + part
        ways.insert(way)
      }
    }
    return items
  }
}

extension Parallelism: CustomStringConvertible {
  /// As it is read: `8`, or `tensor=4,pipeline=2`.
  public var description: String {
    if pipeline == 1, data == 1, expert == 1 { return "\(tensor)" }
    return Self.ways.filter { self[keyPath: $0.path] > 1 }.map { "\($0.name)=\(self[keyPath: $0.path])" }
      .joined(separator: ",")
  }
}
