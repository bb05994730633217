import JSONText
import Profiles
import Serving
import Studies

/// What served models owe their host.
package struct HostStudyReport: Report {
  /// What is shown.
  package let study: HostStudy

  /// A report.
  package init(study: HostStudy) { self.study = study }

  /// The host that all are compared to, and what feeds it.
  private var systemText: String {
    guard let system = study.series.first?.subject.forms.first?.served.decode else { return "" }
    return "on \(system.accelerator?.title ?? ""), fed by \(system.host.title)"
  }

  // MARK: For programs

  /// Each form of each model with its points.
  package var record: Record {
    [
      "study": .text("hosts"), "faster": .number(HostStudy.faster),
      "series": .list(study.series.map { .record(record($0)) }, onOneLine: false),
    ]
  }

  private func record(_ series: HostStudy.Series) -> Record {
    let system = series.subject.forms.first?.served.decode
    return [
      "decoder": .text(series.subject.name), "form": .text(series.form),
      "accelerator": .text(system?.accelerator?.name), "devices": .count(system?.parallelism.devices ?? 1),
      "host": .text(system?.host.name), "limit_ttft_ms": .number(series.subject.limits.ttftMS),
      "limit_tpot_ms": .number(series.subject.limits.tpotMS), "latency_gain": .number(series.latencyGain),
      "by_speed": .list(series.bySpeed.map { .record(Self.record($0).onOneLine) }, onOneLine: false),
      "by_cores": .list(series.byCores.map { .record(Self.record($0).onOneLine) }, onOneLine: false),
      "by_limit": .list(series.gains.map { .record(Self.record($0).onOneLine) }, onOneLine: false),
    ]
  }

  private static func record(_ point: HostStudy.Point) -> Record {
    [
      "host_speed": .number(point.speed), "cores": .number(point.cores), "ttft_ms": .number(point.firstMS),
      "tpot_ms": .number(point.nextMS), "capacity_per_s": .number(point.capacity),
    ]
  }

  private static func record(_ gain: HostStudy.Gain) -> Record {
    [
      "limit_width": .number(gain.width), "capacity_per_s": .number(gain.before),
      "faster_capacity_per_s": .number(gain.after), "ratio": .number(gain.ratio),
    ]
  }

  /// A row for each point, and one for each limit.
  package var tables: [Table] {
    func named(_ series: HostStudy.Series) -> Record {
      ["decoder": .text(series.subject.name), "form": .text(series.form)]
    }
    return [
      Table(
        named: "points",
        study.series.flatMap { series in
          (series.bySpeed + series.byCores.dropLast()).map { named(series) + Self.record($0) }
        }),
      Table(
        named: "limits",
        study.series.flatMap { series in series.gains.map { named(series) + Self.record($0) } }),
    ]
  }

  // MARK: For people

  /// Where a faster host is worth what it costs, and where a factor.
  package var blocks: [ReportBlock] {
    [
      .paragraphs([finding], indent: 2), .line(systemText),
      .table(worth, title: "what a host that is \(Self.percent(HostStudy.faster)) faster is worth, %"),
      .table(speeds, title: "requests a second within the limits, by the host's speed over that host's"),
      .table(cores, title: "the same, by its cores"), .table(alone, title: "a request alone, by the host's speed"),
      .paragraph(legend),
    ]
  }

  /// The answer to the quarrel.
  var finding: String {
    let wide = study.series.compactMap { $0.gains.last?.ratio }
    let narrow = study.series.flatMap { series in series.gains.filter { $0.width != nil }.map { (series, $0) } }
    let largest = narrow.max { ($0.1.ratio ?? 0) < ($1.1.ratio ?? 0) }
    let never = narrow.count { $0.1.before == 0 && $0.1.after > 0 }
    var text =
      "a host that is \(Self.percent(HostStudy.faster)) faster serves \(Self.percent(wide.min() ?? 1)) to "
      + "\(Self.percent(wide.max() ?? 1)) more where nothing but throughput counts"
    if let (series, gain) = largest, let ratio = gain.ratio, let width = gain.width {
      text +=
        ", and \(NumberFormat.significant(ratio, digits: 2)) times as much where \(series.subject.name) "
        + "(\(series.form)) is to keep \(Self.percent(width)) above the time per token of one request alone"
    }
    if never > 0 {
      text += "; in \(never) of \(narrow.count) cases the usual host keeps a limit at no rate, and it does"
    }
    return text
  }

  private static func percent(_ ratio: Double) -> String { NumberFormat.percent(ratio - 1, decimals: 0) }

  private var worth: Table {
    typealias Row = HostStudy.Series
    let widths = study.series.first?.gains.map(\.width) ?? []
    let columns = widths.indices.map { index in
      let title = widths[index].map { "limit \(NumberFormat.shortest($0))" } ?? "no limit"
      return Column<Row>(title, .plain) { series in
        let gain = series.gains[index]
        if let ratio = gain.ratio { return .text(NumberFormat.fixed((ratio - 1) * 100, decimals: 0), .bold) }
        return .text(gain.after > 0 ? "from none" : "-")
      }
    }
    return Table(
      study.series,
      [
        Column("model") { .text($0.subject.name) }, Column("form") { .text($0.form) },
        Column("time per token", .plain) {
          .text(NumberFormat.fixed((1 - 1 / $0.latencyGain) * -100, decimals: 1))
        },
      ] + columns)
  }

  private var speeds: Table { table(\.bySpeed, "x", \.speed) { NumberFormat.significant($0.capacity, digits: 3) } }

  private var cores: Table { table(\.byCores, "", \.cores) { NumberFormat.significant($0.capacity, digits: 3) } }

  private var alone: Table {
    table(\.bySpeed, "x", \.speed) {
      "\(NumberFormat.significant($0.firstMS, digits: 3)), \(NumberFormat.significant($0.nextMS, digits: 3))"
    }
  }

  /// A column for each value of a host's number; models whose hosts have other values have their own rows' cells.
  private func table(
    _ points: @escaping @Sendable (HostStudy.Series) -> [HostStudy.Point], _ sign: String,
    _ value: @escaping @Sendable (HostStudy.Point) -> Double, _ text: @escaping @Sendable (HostStudy.Point) -> String
  ) -> Table {
    let values = Set(study.series.flatMap { points($0).map(value) }).sorted()
    typealias Row = HostStudy.Series
    let columns = values.map { own in
      Column<Row>(sign + NumberFormat.shortest(own), .plain) { series in
        .text(points(series).first { value($0) == own }.map(text) ?? "-")
      }
    }
    return Table(
      study.series, [Column("model") { .text($0.subject.name) }, Column("form") { .text($0.form) }] + columns)
  }

  var legend: String {
    let limits = study.series.reduce(into: [String]()) { texts, series in
      let limits = series.subject.limits
      let text =
        "\(series.subject.name) \(NumberFormat.shortest(limits.ttftMS ?? 0)) and "
        + "\(NumberFormat.shortest(limits.tpotMS ?? 0)) ms"
      if !texts.contains(text) { texts.append(text) }
    }
    return "Limits on the 99th percentiles of time to first token and time per output token: "
      + limits.joined(separator: "; ")
      + ". A limit of 1.1 is 10 % above the time per token of one request alone on the usual host, and of the time per "
      + "token only. A rate at which fewer than four requests arrive counts as none. Of a request alone: median time to first token and mean time per further one, ms."
  }

  /// What is seen better than read.
  package var figures: [Figure] { [.hostSpeeds(study), .hostLimits(study), .hostCores(study)].compactMap { $0 } }
}
