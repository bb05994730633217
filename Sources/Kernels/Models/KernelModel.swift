import Profiles

/// A way to predict kernel times on any device: what a scenario, a sweep, a study or a replay is asked to use.
///
/// A user of the library makes one from closures; it goes wherever ``calibrated`` goes.
///
/// ```swift
/// let optimistic = KernelModel("optimistic") { Halved(model: CalibratedModel(accelerator: $0)) }
/// let scenario = Scenario(workload: workload, system: system, precision: .fp16, kernelModel: optimistic)
/// ```
public struct KernelModel: Sendable {
  /// What it is called on the command line and in results.
  public let name: String
  /// The model whose errors on whole passes are known and hold for this one: itself, or the equations that it corrects.
  package private(set) var errorBandName: String
  private let onDevice: @Sendable (AcceleratorProfile) -> any KernelTimeModel
  private let onHost: @Sendable (HostProfile) -> any KernelTimeModel

  /// A model.
  ///
  /// - Parameters:
  ///   - name: What results call it.
  ///   - onDevice: Makes the model of an accelerator; called once for each system that is priced.
  ///   - onHost: Makes that of a host that runs the kernels itself.
  public init(
    _ name: String, onDevice: @escaping @Sendable (AcceleratorProfile) -> any KernelTimeModel,
    onHost: @escaping @Sendable (HostProfile) -> any KernelTimeModel = { HostModel(host: $0) }
  ) {
    self.name = name
    errorBandName = name
    self.onDevice = onDevice
    self.onHost = onHost
  }

  /// A model that corrects another one, whose errors are known.
  package init(
    _ name: String, errorsOf other: String, onDevice: @escaping @Sendable (AcceleratorProfile) -> any KernelTimeModel
  ) {
    self.init(name, onDevice: onDevice)
    errorBandName = other
  }

  /// Whether it corrects another one by what was measured.
  package var correctsAnother: Bool { errorBandName != name }

  /// The model of an accelerator.
  public func model(of accelerator: AcceleratorProfile) -> any KernelTimeModel { onDevice(accelerator) }

  /// The model of what runs a system's kernels: its accelerator, or else its host; and its collectives, where there are
  /// several devices.
  public func model(of system: System) -> any KernelTimeModel { model(of: system, library: nil) }

  /// The same with the collectives of a library; nil for the engine's.
  package func model(of system: System, library: String?) -> any KernelTimeModel {
    guard let accelerator = system.accelerator else { return onHost(system.host) }
    let alone = onDevice(accelerator)
    return CollectiveModel(system, library: library).map { RankModel(alone, $0) } ?? alone
  }
}

extension KernelModel {
  /// Tiles, waves, fixed costs and what each family reaches of its peaks.
  public static let calibrated = KernelModel("calibrated") { CalibratedModel(accelerator: $0) }
  /// The data sheet's roofline: a lower bound.
  public static let roofline = KernelModel("roofline") { IdealRooflineModel(accelerator: $0) }
  /// Those that the command line knows, the usual one first.
  public static let all: [KernelModel] = [.calibrated, .roofline]

  /// The one of ``all`` with a name.
  public init?(named name: String) {
    guard let model = Self.all.first(where: { $0.name == name }) else { return nil }
    self = model
  }
}
