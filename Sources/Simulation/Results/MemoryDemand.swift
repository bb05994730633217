import Kernels
import Profiles

/// How much device memory a pass needs at least: weights, inputs with caches, and the activations that live at once.
///
/// A lower bound: allocators round up, libraries take workspace, and frameworks keep more.
public struct MemoryDemand: Sendable, Equatable {
  /// Bytes of the weights.
  public let weightBytes: Double
  /// Bytes of the inputs: those that are declared, and caches.
  public let inputBytes: Double
  /// Bytes of the most activations that live at once.
  public let activationBytes: Double
  /// Bytes of device memory; nil without an accelerator.
  public let capacityBytes: Double?

  /// Bytes in all.
  public var requiredBytes: Double { weightBytes + inputBytes + activationBytes }

  /// Whether the device can hold them; a processor-only system is taken to.
  public var fits: Bool { capacityBytes.map { requiredBytes <= $0 } ?? true }

  /// The demand of a lowered workload on a device.
  package init(_ tensors: TensorDemand, accelerator: AcceleratorProfile?) {
    weightBytes = tensors.weights
    inputBytes = tensors.inputs
    activationBytes = tensors.activations
    capacityBytes = accelerator.map { $0.memory.capacityGB * 1e9 }
  }
}
