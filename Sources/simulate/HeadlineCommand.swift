import Profiles
import Reports
import Studies
import Workloads

/// `simulate` without a subcommand: how the framework tax grew over the generations.
enum HeadlineCommand {
  static func run(_ library: Library) throws(Failure) {
    let workloads = [try library.workload("bert-base-uncased"), try library.workload("resnet50")]
    let host = try library.host("reference")
    let framework = try library.framework("pytorch-eager")
    let flagships = try library.flagships()
    let study: GenerationsStudy
    do {
      study = try GenerationsStudy(
        workloads: workloads, accelerators: flagships, host: host,
        framework: framework, precision: .fp16, batches: [1, 16])
    } catch { throw Failure(.wrongInput, "\(error)") }
    Platform.print(GenerationsReport(study: study).text(styled: Platform.showsStyles, width: Platform.width))
  }
}
