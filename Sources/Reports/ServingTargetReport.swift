import JSONText
import Profiles
import Roofline
import Serving
import Studies

/// What a system must be for a load to keep its limits.
package struct ServingTargetReport: Report {
  private let today: ServingReport
  private let targets: [ServingTarget]

  /// A report of at least one search, all of one load.
  ///
  /// - Parameters:
  ///   - served: What is served today.
  ///   - load: The requests.
  ///   - limits: What they are to keep.
  ///   - targets: A search for each thing that is varied.
  ///   - overrides: Numbers that the user changed.
  package init(
    served: ServedDecoder, load: ServingLoad, limits: ServingLimits, targets: [ServingTarget],
    overrides: [(path: String, value: Double)] = []
  ) {
    precondition(!targets.isEmpty, "something is varied")
    today = ServingReport(
      served: served, load: load, limits: limits, result: targets[0].present.result, overrides: overrides)
    self.targets = targets
  }

  // MARK: For programs

  /// Today's load, and an answer for each thing that is varied.
  package var record: Record {
    [
      "present": .record(Self.record(targets[0].present.result).onOneLine),
      "answers": .list(targets.map { .record(record($0)) }, onOneLine: false), "inputs": .record(today.inputs),
    ]
  }

  private func record(_ target: ServingTarget) -> Record {
    let trial = target.answer
    return [
      "vary": .text(target.dial.name), "met": .flag(target.outcome.isMet),
      "met_today": .flag(target.outcome.isMetToday),
      "factor": .number(trial.factor), "value": .number(value(target, at: trial.factor)),
      "tried": .range(ServingTarget.range), "result": .record(Self.record(trial.result).onOneLine),
    ]
  }

  private static func record(_ result: ServingResult) -> Record {
    [
      "ttft_p99_ms": .number(result.timeToFirstToken.quantile(0.99)),
      "tpot_p99_ms": .number(result.timePerOutputToken.quantile(0.99)), "goodput_per_s": .number(result.goodput),
      "overloaded": .flag(result.isOverloaded),
    ]
  }

  /// The number that a dial of one number comes to; nil for one of several.
  private func value(_ target: ServingTarget, at factor: Double) -> Double? {
    let numbers = target.dial.numbers(of: today.served.decode, times: factor)
    return numbers.count == 1 ? numbers[0].value : nil
  }

  /// A row for each thing that is varied.
  package var tables: [Table] {
    [
      Table(
        targets.map { target in
          let answer: Record = [
            "vary": .text(target.dial.name), "is_met": .flag(target.outcome.isMet),
            "factor": .number(target.answer.factor),
            "value": .number(value(target, at: target.answer.factor)),
          ]
          return answer + Self.record(target.answer.result) + today.inputs
        })
    ]
  }

  // MARK: For people

  /// The answer for each thing that is varied.
  package var blocks: [ReportBlock] {
    let present = targets[0].present.result
    let columns: [Column<ServingTarget>] = [
      Column("vary") { .text($0.dial.name) },
      Column("today", .plain) { .text(text($0, at: 1)) },
      Column("needed", .plain) { .text($0.outcome.isMet ? text($0, at: $0.answer.factor) : "-", .bold) },
      Column("first p99", unit: "ms", .fixed(1), rank: .supporting) {
        .number($0.answer.result.timeToFirstToken.quantile(0.99))
      },
      Column("next p99", unit: "ms", .fixed(2), rank: .supporting) {
        .number($0.answer.result.timePerOutputToken.quantile(0.99))
      },
      Column("answer") { .text(words($0), $0.outcome.isMet ? nil : .yellow) },
    ]
    return [
      .lines(today.systemLines), .paragraph("today: " + Self.words(present) + "; wanted: " + limitText),
      .table(Table(targets, columns)),
    ]
  }

  private var limitText: String {
    let limits = [("first token", today.limits.ttftMS), ("further ones", today.limits.tpotMS)].compactMap {
      name, limit in limit.map { "\(name) within \(NumberFormat.shortest($0)) ms" }
    }
    return (limits + ["a queue that does not grow"]).joined(separator: ", ")
  }

  private static func words(_ result: ServingResult) -> String {
    func text(_ time: Double?) -> String { time.map { NumberFormat.significant($0, digits: 3) } ?? "-" }
    return "1 in 100 first tokens after \(text(result.timeToFirstToken.quantile(0.99))) ms, further ones after "
      + "\(text(result.timePerOutputToken.quantile(0.99))) ms" + (result.isOverloaded ? ", and the queue grows" : "")
  }

  private func text(_ target: ServingTarget, at factor: Double) -> String {
    value(target, at: factor).map { NumberFormat.significant($0, digits: 4) }
      ?? "x " + NumberFormat.significant(factor, digits: 4)
  }

  private func words(_ target: ServingTarget) -> String {
    switch target.outcome {
    case .met(let trial):
      let times = NumberFormat.significant(trial.factor > 1 ? trial.factor : 1 / trial.factor, digits: 3)
      return trial.factor > 1 ? "\(times) times as much" : "\(times) times less"
    case .holds(.some): return "kept today, and as far as this"
    case .holds(nil): return "kept today, and wherever it was tried"
    case .unreachable: return "no value keeps them"
    }
  }
}

extension ServingTarget {
  /// The trial that is shown.
  fileprivate var answer: Trial { outcome.answer(present) }
}
