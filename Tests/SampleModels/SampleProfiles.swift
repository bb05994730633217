import JSONText
import Profiles
import TestSupport

/// Small profiles with round numbers, for tests that must not depend on the shipped ones.
package enum Sample {
  /// The constants of the kernel model that every architecture has; a half for one that is new.
  private static let efficiency: String = {
    let values = [
      "matrix_flops_per_clock": 1000, "vector": 0.8, "memory": 0.8, "matrix_alignment": 0, "operand_cost": 15,
      "tile_setup_us": 1, "wave_quantization": 0.5, "kernel_fixed_us": 2, "convolution": 0.9, "winograd": 0.5,
      "depthwise": 0.25, "reduction": 0.5,
    ]
    let keys = ArchitectureProfile.fields.filter(\.isRequired).map { String($0.path.dropFirst("efficiency.".count)) }
    return keys.map { "\"\($0)\": \(values[$0] ?? 0.5)" }.joined(separator: ", ")
  }()

  /// An architecture without matrix units.
  package static let plainArchitectureText = """
    {
      "schema": "architecture/1",
      "name": "Plain",
      "efficiency": {
        \(efficiency)
      },
      "sources": { "efficiency": { "kind": "assumed", "from": "a test" } }
    }
    """

  /// The same with matrix units that align to eight elements.
  package static let matrixArchitectureText = TextEdit("\"matrix_alignment\": 0.0", "\"matrix_alignment\": 8")
    .apply(to: TextEdit("\"Plain\"", "\"Matrix\"").apply(to: plainArchitectureText))

  /// An accelerator of the architecture without matrix units.
  package static let acceleratorText = """
    {
      "schema": "accelerator/1",
      "name": "sample-gpu",
      "aliases": ["sg"],
      "title": "Sample GPU",
      "vendor": "Sample",
      "architecture": "Plain",
      "released": "2017-06",
      "compute_units": 10,
      "clock_ghz": 1.5,
      "peak_tflops": { "fp32": 10, "fp16": 20 },
      "memory": { "capacity_gb": 16, "bandwidth_gb_per_s": 500, "l2_mb": 4 },
      "launch": {
        "call_us": 2, "latency_us": 3, "kernel_gap_us": 1, "graph_kernel_gap_us": 0.5, "graph_call_us": 10,
        "graph_latency_us": 4, "synchronization_us": 5, "queue_depth": 1024
      },
      "link": { "bandwidth_gb_per_s": 10, "latency_us": 6 },
      "efficiency": { "matrix_memory": 0.7 },
      "sources": {
        "peak_tflops": { "kind": "datasheet", "from": "a data sheet" },
        "peak_tflops.fp16": { "kind": "derived", "from": "twice fp32", "note": "no units" },
        "memory.l2_mb": { "kind": "measured", "from": "a benchmark" }
      }
    }
    """

  /// A host as fast as the reference.
  package static let hostText = """
    {
      "schema": "host/1",
      "name": "sample-host",
      "released": "2020-01",
      "single_thread_speed": 1,
      "cores": 8,
      "clock_ghz": 2,
      "boost_clock_ghz": 4,
      "vector": { "flops_per_cycle": 32 },
      "memory": { "bandwidth_gb_per_s": 100, "single_core_bandwidth_gb_per_s": 20, "l2_mb": 1, "l3_mb": 16 },
      "efficiency": { "matrix": 0.8, "convolution": 0.6, "depthwise": 0.2, "memory": 0.8, "elementwise": 0.1 },
      "sources": { "cores": { "kind": "datasheet", "from": "a data sheet" } }
    }
    """

  /// A framework that takes ten microseconds for each operator and one for each kernel.
  package static let frameworkText = """
    {
      "schema": "framework/1",
      "name": "sample-eager",
      "title": "Sample",
      "version": "1",
      "mode": "eager",
      "dispatch_us": {
        \(OperatorKind.allCases.map { "\"\($0.rawValue)\": 10" }.joined(separator: ", "))
      },
      "kernel_us": 1,
      "pass_us": 0,
      "fusion": ["pointwise", "epilogue"],
      "fusion_by_architecture": { "Plain": ["softmax"] },
      "tf32": ["convolution"],
      "sources": { "dispatch_us": { "kind": "assumed", "from": "a test" } }
    }
    """

  /// An interconnect of 100 GB/s with round constants.
  package static let interconnectText = """
    {
      "schema": "interconnect/1",
      "name": "sample-link",
      "aliases": ["sl"],
      "title": "Sample link",
      "bandwidth_gb_per_s": 100,
      "ranks": 8,
      "switched": true,
      "shared": [{ "beyond_ranks": 4, "bandwidth_gb_per_s": 200 }],
      "libraries": {
        "nccl": {
          "host_call_us": 50,
          "algorithms": [
            { "name": "ring", "algorithm": "ring", "collectives": ["all_reduce", "all_gather", "reduce_scatter"],
              "latency_us": 10, "step_us": 1, "bandwidth_fraction": 0.5 },
            { "name": "switch", "algorithm": "in_switch", "collectives": ["all_reduce"],
              "latency_us": 30, "step_us": 5, "bandwidth_fraction": 1, "fewest_ranks": 3 },
            { "name": "pairwise", "algorithm": "pairwise", "collectives": ["all_to_all"],
              "latency_us": 10, "step_us": 2, "bandwidth_fraction": 0.5 },
            { "name": "direct", "algorithm": "direct", "collectives": ["send"],
              "latency_us": 7, "step_us": 1, "bandwidth_fraction": 0.8 }
          ]
        },
        "vllm": {
          "otherwise": "nccl", "host_call_us": 40, "eager_copies": 1, "eager_latency_us": 8,
          "algorithms": [
            { "name": "one-shot", "algorithm": "one_shot", "collectives": ["all_reduce"],
              "latency_us": 4, "step_us": 0.5, "bandwidth_fraction": 0.5, "largest_mb": 1 },
            { "name": "two-shot", "algorithm": "two_shot", "collectives": ["all_reduce"],
              "latency_us": 9, "step_us": 0.5, "bandwidth_fraction": 0.5, "largest_mb": 1 }
          ]
        }
      },
      "sources": {
        "bandwidth_gb_per_s": { "kind": "datasheet", "from": "a data sheet" },
        "libraries": { "kind": "assumed", "from": "a test" }
      }
    }
    """

  /// The interconnect.
  package static func interconnect(_ name: String = "sample-link") throws -> InterconnectProfile {
    var profile = try ProfileReader.interconnect(from: document(interconnectText))
    profile.name = name
    return profile
  }

  /// The architectures.
  package static func families() throws -> ArchitectureFamilies {
    ArchitectureFamilies([
      try ProfileReader.architecture(from: document(plainArchitectureText)),
      try ProfileReader.architecture(from: document(matrixArchitectureText)),
    ])
  }

  /// The accelerator, by name of its architecture: `Plain`, or `Matrix` with matrix units for fp16 and TF32.
  package static func accelerator(_ architecture: String = "Plain") throws -> AcceleratorProfile {
    let edit = TextEdit("\"architecture\": \"Plain\"", "\"architecture\": \"\(architecture)\"")
    let text = edit.apply(to: acceleratorText)
    var profile = try ProfileReader.accelerator(from: document(text), families: families())
    if architecture == "Matrix" {
      profile.peakTFLOPS[.fp16] = 80
      profile.peakTFLOPS[.tf32] = 40
    }
    return profile
  }

  /// The host.
  package static func host() throws -> HostProfile { try ProfileReader.host(from: document(hostText)) }

  /// The framework, without its fusion rules.
  package static func framework(_ mode: FrameworkMode = .eager, fusion: [FusionRule] = []) throws -> FrameworkProfile {
    var profile = try ProfileReader.framework(from: document(frameworkText))
    profile.mode = mode
    profile.fusion = fusion
    profile.fusionByArchitecture = []
    return profile
  }

  /// A system of the three.
  package static func system(_ architecture: String = "Plain") throws -> System {
    System(accelerator: try accelerator(architecture), host: try host(), framework: try framework())
  }

  /// A text as a document of the name `sample.json`.
  package static func document(_ text: String) throws -> JSONDocument {
    try JSONDocument(bytes: Array(text.utf8), file: "sample.json")
  }
}
