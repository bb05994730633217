import CommandSyntax
import JSONText
import Profiles
import Replay
import Workloads

/// The options that say over how many devices a model is spread, and what connects them.
enum ParallelOptions {
  static let devices = OptionDefinition(
    "devices", value: "N", help: "Accelerators: N share every product, or tensor=4,pipeline=2",
    longHelp: "The ways are tensor, pipeline, data and expert; their product, but for expert, is the number of "
      + "devices. expert=N spreads whole experts over all N tensor and data ranks.",
    defaultText: "1", group: "System",
    knownElsewhereAs: [
      "tp", "tensor-parallel", "tensor-parallel-size", "pp", "pipeline-parallel-size", "dp", "data-parallel-size", "ep",
      "gpus", "num-gpus", "n-gpus", "world-size", "tp-size",
    ])

  static let interconnect = OptionDefinition(
    "interconnect", value: "I", help: "What connects accelerators: a catalog name or a file",
    longHelp: "NAME+OTHER has groups of devices that NAME joins, and OTHER between them.",
    defaultText: "the accelerator's", group: "System")

  /// Reads a value of `--devices`.
  static func parallelism(_ text: String, _ command: ParsedCommand) throws(Failure) -> Parallelism {
    do throws(Parallelism.Fault) { return try Parallelism(text) } catch {
      throw .usage("--devices " + error.words + "\n" + command.helpHint)
    }
  }

  /// Refuses `--interconnect` where nothing says that there are several devices.
  static func check(_ command: ParsedCommand, varied: Bool = false) throws(Failure) {
    guard command.isPresent(interconnect.name), !command.isPresent(devices.name), !varied else { return }
    throw .usage("--interconnect connects several accelerators; --devices N says how many\n" + command.helpHint)
  }

  /// Makes a system one of several devices.
  ///
  /// - Parameters:
  ///   - system: The system, with its accelerator.
  ///   - parallelism: How the model is spread.
  ///   - name: What connects the devices; nil for what the accelerator's profile says.
  ///   - library: Where names are found.
  /// - Throws: ``Failure`` where nothing is known of the interconnect, or it does not join so many.
  static func connect(
    _ system: inout System, _ parallelism: Parallelism, _ name: String?, _ library: Library
  ) throws(Failure) {
    guard parallelism.devices > 1 else { return }
    guard let accelerator = system.accelerator else {
      throw .usage("--devices are accelerators, and the system has none")
    }
    system.parallelism = parallelism
    // Replicas say nothing to one another.
    let communicates = parallelism.devicesOfReplica > 1 || parallelism.expert > 1
    if name == nil, !communicates, accelerator.interconnect == nil { return }
    var text = name ?? ""
    if name == nil { text = try self.interconnect(of: accelerator, advice: "name it with --interconnect") }
    system.connection = try connection(text, library)
    // What an interconnect joins is checked where its number of ranks is known, after --set.
  }

  /// What `NAME` or `NAME+OTHER` stands for; of the first alone, what lies beyond it is taken from its profile.
  static func connection(_ text: String, _ library: Library) throws(Failure) -> DeviceConnection {
    let names = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let inner = try library.interconnect(names[0])
    let outer = names.count > 1 ? names[1] : inner.beyond
    return DeviceConnection(inner, outer: try outer.map { (name) throws(Failure) in try library.interconnect(name) })
  }

  /// The name of what connects several of an accelerator.
  ///
  /// - Throws: ``Failure`` where nothing is known of it.
  static func interconnect(of accelerator: AcceleratorProfile?, advice: Message) throws(Failure) -> String {
    guard let accelerator, let name = accelerator.interconnect else {
      throw .input(
        "nothing is known of what connects several '\(accelerator?.name ?? "none")'; " + advice
          + " ('simulate profiles list interconnects' has those of the catalog)")
    }
    return name
  }

  /// Gives a workload the parameters by which its operators say how ranks share them.
  ///
  /// - Throws: ``Failure`` where the workload does not say it.
  static func give(
    _ parallelism: Parallelism, to workload: Workload, _ parameters: inout [String: Int64]
  ) throws(Failure) {
    let known = Set(workload.parameters.map(\.name))
    for (way, count, name) in parallelism.parameters {
      guard known.contains(name) else {
        guard count > 1 else { continue }
        throw .input(
          "the workload '\(workload.name)' does not say how \(way) ranks share it: it has no parameter '\(name)'; "
            + "data=N runs it whole on each of N, and 'simulate generate' spreads decoders")
      }
      if let given = parameters[name], given != count {
        throw .usage("--parameter \(name) gives \(given), and --devices \(count); give one")
      }
      parameters[name] = count
    }
    if known.contains("split"), parallelism.tensor > 1 { parameters["split"] = 1 }
  }

  /// Refuses more devices than an interconnect joins, where nothing lies beyond it.
  static func check(_ system: System) throws(Failure) {
    guard let connection = system.connection, !connection.joins(Double(system.parallelism.devices)) else { return }
    throw .input(
      tooMany(system.parallelism.devices, for: connection)
        + "; name what connects such groups: --interconnect \(connection.inner.name)+infiniband-ndr")
  }

  /// That so many devices are more than a connection joins.
  static func tooMany(_ devices: Int64, for connection: DeviceConnection) -> Message {
    "'\(connection.inner.name)' connects \(NumberFormat.shortest(connection.inner.ranks)) devices at most, and these "
      + "are \(devices)"
  }
}

extension Parallelism.Fault {
  /// What is wrong with the option's value, and what would be right.
  fileprivate var words: Message {
    switch self {
    case .number(let text):
      "must be a whole number from 1 to \(Parallelism.limit), or ways, as tensor=4,pipeline=2 (it is '\(text)')"
    case .way(let name, let suggestion?): "has no way '\(name)'; did you mean '\(suggestion)'?"
    case .way(let name, nil):
      "has no way '\(name)'; the ways are \(Parallelism.ways.map(\.name).joined(separator: ", "))"
    case .twice(let name): "gives \(name) twice"
    case .tooMany(let count): "comes to \(count) devices; at most \(Parallelism.limit) are simulated"
    case .experts(let count, let wanted):
      "spreads experts over \(count) ranks; they are spread over all tensor and data ranks: expert=\(wanted)"
    }
  }
}
