import Kernels
import Profiles
import Serving
import TestSupport
import Workloads

/// The shipped catalog, read once.
package enum Shipped {
  /// Its profiles.
  package static let catalog = Result { try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"]) }

  /// A decoder on an engine and an accelerator, by their names.
  package static func served(
    _ decoder: String, _ accelerator: String = "nvidia-h100-sxm", engine engineName: String = "vllm",
    framework: String? = nil, precision: Precision = .bf16, change: (inout System) -> Void = { _ in }
  ) throws -> ServedDecoder {
    let catalog = try catalog.get()
    let engine = try catalog.engine(named: engineName)
    func operators(_ name: String) throws -> Workload {
      try Workload(path: packageRoot + "/workloads/engines/\(name).json")
    }
    func system(_ own: String) throws -> System {
      var system = System(
        accelerator: try catalog.accelerator(named: accelerator), host: try catalog.host(named: "reference"),
        framework: try catalog.framework(named: framework ?? own))
      system.engine = engine
      change(&system)
      return system
    }
    return ServedDecoder(
      decoder: try Decoder(path: packageRoot + "/workloads/decoders/\(decoder).json"),
      operators: try operators(engine.operators), eagerOperators: try engine.eagerOperators.map(operators),
      prefill: try system(engine.prefillFramework), decode: try system(engine.decodeFramework),
      formats: TensorFormats(precision))
  }
}
