import JSONText
import Profiles
import Studies
import TestSupport
import Workloads

/// The shipped profiles and workloads, by the names that measurement files use.
struct ShippedModels: ModelSource {
  let profiles: ProfileCatalog
  let workloads: WorkloadCatalog

  /// Read once: without optimization that takes longer than what most tests look at.
  private static let profiles = Result { try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"]) }
  private static let workloads = Result { try WorkloadCatalog(directories: [packageRoot + "/workloads"]) }

  init() throws {
    profiles = try Self.profiles.get()
    workloads = try Self.workloads.get()
  }

  func workload(_ name: String) throws -> Workload { try workloads.load(name) }

  func accelerator(_ name: String) throws -> AcceleratorProfile? {
    name == "none" ? nil : try profiles.accelerator(named: name)
  }

  func host(_ name: String) throws -> HostProfile { try profiles.host(named: name) }

  func framework(_ name: String) throws -> FrameworkProfile { try profiles.framework(named: name) }

  func interconnect(_ name: String) throws -> InterconnectProfile { try profiles.interconnect(named: name) }
}

/// Files of measurements by others, which are not part of this repository.
///
/// They lie beside a checkout, where there are any; a test that needs one is skipped where it is absent, and says so.
enum Published: String {
  case frameworkTax = "measurements/framework-tax/latency.csv"
  case processor = "measurements/framework-tax/processor_latency.csv"
  case neuSight = "measurements/neusight/end_to_end.csv"
  case torchScript = "measurements/fastertransformer/latency.csv"
  case kernl = "measurements/kernl-rtx3090/latency.csv"
  case firstFigure = "facts/paper/figure1.csv"
  case frameworks = "facts/paper/frameworks.csv"
  case products = "measurements/modern/aic_gemm_bf16.csv"
  case narrowProducts = "measurements/modern/aic_gemm_fp8.csv"
  case encoders = "measurements/modern/aic_attention_encoder.csv"
  case attention = "measurements/modern/aic_attention_causal.csv"
  case collectives = "measurements/modern/aic_collectives.csv"
  case timm = "measurements/modern/timm_inference.csv"
  case timmModels = "measurements/modern/timm_models.csv"
  case singleStream = "measurements/modern/mlperf_singlestream.csv"
  case tensorRT = "measurements/tensorrt-bert/latency.csv"
  case deepBenchProducts = "measurements/deepbench/gemm.csv"
  case deepBenchConvolutions = "measurements/deepbench/convolution_forward.csv"

  var isPresent: Bool { (try? readFileBytes(sharedFolder + "/" + rawValue)) != nil }

  /// Its rows.
  func table() throws -> CSVText {
    try CSVText(bytes: try readFileBytes(sharedFolder + "/" + rawValue), file: rawValue)
  }
}
