import JSONText
import Profiles
import Roofline
import Simulation
import Studies
import Workloads

/// Everything about one system and those beside it: figures one by one, or a page with all of them.
package struct SystemReport: Sendable {
  /// What was simulated.
  package let study: SystemStudy
  /// Years to come, where they were asked for and can be told.
  package let projection: Projection?
  /// How good such projections would have been in the past; nil where that was not looked into.
  package let hindcast: HindcastReport?
  /// Measured latencies, to be shown beside those simulated.
  package let measurements: [Measurement]
  /// The model's own errors, where they are known.
  package let errors: ErrorBand?
  /// How the report was made.
  package let command: String
  /// How the report of another system is made.
  package let otherCommand: @Sendable (Scenario) -> String

  /// A report.
  package init(
    study: SystemStudy, projection: Projection?, hindcast: HindcastReport? = nil, measurements: [Measurement] = [],
    errors: ErrorBand? = nil, command: String,
    otherCommand: @escaping @Sendable (Scenario) -> String
  ) {
    self.study = study
    self.projection = projection
    self.hindcast = hindcast
    self.measurements = measurements
    self.errors = errors
    self.command = command
    self.otherCommand = otherCommand
  }

  /// A figure of the system that was asked for; nil where there is nothing to show.
  package func figure(_ kind: Figure.Kind) -> Figure? { figure(kind, study.own) }

  func figure(_ kind: Figure.Kind, _ choice: SystemStudy.Choice) -> Figure? {
    let one = study.cases[choice]
    let name = Figure.systemName(study, choice) + ", batch \(study.batches[choice.batch])"
    switch kind {
    case .latency:
      let measured = study.measured(measurements, choice).map { (batch: $0.batch, milliseconds: $0.latency * 1e3) }
      return .latency(study, choice, measured: measured)
    case .breakdown: return .breakdown(study, choice)
    case .roofline:
      // Frameworks that fuse alike have the same kernels: without their names a page needs the figure only once.
      let device = study.accelerators[choice.accelerator]?.title ?? ""
      let title =
        "\(Figure.workloadName(study)), \(device), \(study.precisions[choice.precision].rawValue), "
        + "batch \(study.batches[choice.batch])"
      return one?.roofline.flatMap {
        .roofline([$0], title: "Operators against the roofline: \(title)", most: choice == study.own ? 30 : 20)
      }
    case .timeline: return one?.timeline.flatMap { .timeline($0, title: "One pass: \(name)") }
    case .sensitivity:
      return one.flatMap { .sensitivity($0.sensitivities, title: "What the latency depends on: \(name)") }
    case .projection: return projection.flatMap { .projection($0, title: "Years to come: from \(ownName)") }
    case .uncertainty:
      return projection.flatMap { .uncertainty($0, title: "What is uncertain about years to come: from \(ownName)") }
    case .hindcast: return hindcast.flatMap { .hindcast($0, title: "Forecasts of the past, and what came") }
    }
  }

  /// The system that was asked for.
  var ownName: String {
    Figure.systemName(study, study.own) + ", batch \(study.batches[study.own.batch])"
  }

  // MARK: Words

  /// What takes away from it: tensors that do not fit, and operators that are guessed.
  private func doubts(_ result: PassResult) -> String {
    var doubts = ""
    if !result.memory.fits, let capacity = result.memory.capacityBytes {
      let required = NumberFormat.significant(result.memory.requiredBytes / 1e9, digits: 3)
      doubts += " But its tensors need \(required) GB, and the memory has \(NumberFormat.shortest(capacity / 1e9))."
    }
    if !result.operatorsWithoutRule.isEmpty {
      doubts +=
        " No cost rule knows \(oneLine(result.operatorsWithoutRule.joined(separator: ", "))): "
        + "\(NumberFormat.percent(result.withoutRuleFraction)) of the bytes moved are a guess."
    }
    return doubts
  }

  /// What the case shows, in a sentence.
  func finding(_ one: SystemStudy.Case) -> String { Finding.pass(one.result, of: one.scenario) }

  /// Which case it is, how sure that is, and what takes away from it.
  func detail(_ one: SystemStudy.Case) -> String { answer(one) + doubts(one.result) }

  /// Which case it is and how sure, as a run says it.
  private func answer(_ one: SystemStudy.Case) -> String {
    let sensitivities = one.sensitivities.isEmpty ? nil : one.sensitivities
    let answer = LatencyAnswer(
      one.scenario, one.result, errors: errors, sensitivities: sensitivities, figures: one.figures)
    return "It is \(answer.caseText(isHostOnly: one.scenario.system.accelerator == nil)). \(answer.answerText)."
  }
}
