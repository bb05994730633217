import CommandSyntax
import Profiles
import Reports
import Studies

/// `simulate` without a subcommand: how the framework tax grew over the generations.
enum HeadlineCommand {
  static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    let study = try checking {
      try GenerationsStudy(
        workloads: ["bert-base-uncased", "resnet50", "llama-3.2-1b-decode"].map(library.workload),
        accelerators: library.flagships(), host: library.host(SystemDefaults.referenceHost),
        hostOfItsTime: { try library.host(nil, of: $0) }, framework: library.framework(SystemDefaults.framework),
        precision: .fp16, batches: [1, 16])
    }
    command.print(GenerationsReport(study: study, nextSteps: nextSteps))
  }

  private static let nextSteps = [
    "Try next:",
    "  simulate run bert-base h100-sxm                                     one system in detail",
    "  simulate run bert-base h100-sxm --framework cuda-graph              captured into a CUDA graph",
    "  simulate project bert-base h100-sxm --scale host=2                  a host twice as fast",
    "  simulate sweep bert-base h100-sxm --over batch=1..256:log9          as the batch grows",
    "  simulate project bert-base --year 2032                              on hardware to come",
    "  simulate roofline resnet50 v100                                     kernels against the roofline",
    "  simulate profiles list                                              what can be simulated",
  ]
}
