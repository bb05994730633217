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
    (line: "simulate run bert-base h100-sxm", shows: "one system in detail"),
    (line: "simulate run bert-base h100-sxm,b200", shows: "two side by side"),
    (line: "simulate run bert-base h100-sxm --framework cuda-graph", shows: "captured into a CUDA graph"),
    (line: "simulate project bert-base h100-sxm --scale host=2", shows: "a host twice as fast"),
    (line: "simulate sweep bert-base h100-sxm --over batch=1..256:log9", shows: "as the batch grows"),
    (line: "simulate project bert-base --year 2032", shows: "on hardware to come"),
    (line: "simulate roofline resnet50 v100", shows: "kernels against the roofline"),
    (line: "simulate profiles list", shows: "what can be simulated"),
  ]
}
