import Charts
import JSONText
import Studies

extension Figure {
  private static let subjectColors = [6, 3, 0, 7, 1]

  /// How a series is drawn: a color for its model, a sign and a line for its form.
  private static func style(_ series: HostStudy.Series, in study: HostStudy) -> SeriesStyle {
    let models = unique(study.series.map(\.subject.name))
    let forms = unique(study.series.map(\.form))
    let model = models.firstIndex(of: series.subject.name) ?? 0
    let form = forms.firstIndex(of: series.form) ?? 0
    let shapes: [SeriesStyle.Shape] = [.circle, .square, .diamond]
    return SeriesStyle(
      color: subjectColors[model % subjectColors.count], shape: shapes[form % shapes.count], isDashed: form == 0)
  }

  /// Requests a second within the limits against the host's speed, over those of the usual host.
  static func hostSpeeds(_ study: HostStudy) -> Figure? {
    curves(
      study, \.bySpeed, x: \.speed, title: "Goodput against the host's speed",
      axis: "speed of the host over the usual one's",
      caption: "Requests a second that keep the limits: a line that is level owes nothing to its host.")
  }

  /// The same against its cores.
  static func hostCores(_ study: HostStudy) -> Figure? {
    curves(
      study, \.byCores, x: \.cores, title: "Goodput against the host's cores", axis: "cores",
      caption: "Each rank has a thread that works or polls; where cores are fewer than threads, all are slower.")
  }

  private static func curves(
    _ study: HostStudy, _ points: (HostStudy.Series) -> [HostStudy.Point], x: (HostStudy.Point) -> Double,
    title: String, axis: String, caption: String
  ) -> Figure? {
    let all = study.series.map { series in
      CartesianChart.Series(
        name: "\(series.subject.name), \(series.form)", style: style(series, in: study),
        points: points(series).map { point in
          CartesianChart.Point(
            x: x(point), y: point.capacity,
            hover: "\(series.subject.name), \(series.form), \(shortNumber(x(point))): "
              + "\(shortNumber(point.capacity)) requests/s")
        })
    }
    guard all.xs.count > 1 else { return nil }
    let chart = CartesianChart(
      x: Axis(title: axis, scale: .logarithmic(covering: all.xs, margin: 1.1)),
      y: Axis(title: "requests per second within the limits", scale: .linear(covering: [0] + all.ys)), series: all)
    typealias Row = (series: HostStudy.Series, point: HostStudy.Point)
    let table = Table(
      study.series.flatMap { series in points(series).map { Row(series, $0) } },
      [
        Column("model") { .text($0.series.subject.name) }, Column("form") { .text($0.series.form) },
        Column("speed", .short) { .number($0.point.speed) }, Column("cores", .short) { .number($0.point.cores) },
        Column("first token", unit: "ms", .short) { .number($0.point.firstMS) },
        Column("next token", unit: "ms", .short) { .number($0.point.nextMS) },
        Column("goodput", unit: "/s", .short) { .number($0.point.capacity) },
      ])
    return Figure(title, caption: caption, .cartesian(chart), table)
  }

  /// What a faster host is worth against the width of a limit.
  static func hostLimits(_ study: HostStudy) -> Figure? {
    let all = study.series.map { series in
      CartesianChart.Series(
        name: "\(series.subject.name), \(series.form)", style: style(series, in: study),
        points: series.gains.compactMap { gain in
          guard let width = gain.width, let ratio = gain.ratio else { return nil }
          return CartesianChart.Point(
            x: (width - 1) * 100, y: ratio,
            hover: "\(series.subject.name), \(series.form), limit \(shortNumber(width)): \(shortNumber(ratio)) times")
        })
    }
    guard all.xs.count > 1 else { return nil }
    let chart = CartesianChart(
      x: Axis(
        title: "limit above the time per token of one request alone, %",
        scale: .logarithmic(covering: all.xs, margin: 1.1)),
      y: Axis(title: "requests per second, times as many", scale: .logarithmic(covering: all.ys + [1])), series: all,
      rules: [])
    typealias Row = (series: HostStudy.Series, gain: HostStudy.Gain)
    let table = Table(
      study.series.flatMap { series in series.gains.map { Row(series, $0) } },
      [
        Column("model") { .text($0.series.subject.name) }, Column("form") { .text($0.series.form) },
        Column("limit", .short) { .number($0.gain.width) },
        Column("usual host", unit: "/s", .short) { .number($0.gain.before) },
        Column("faster host", unit: "/s", .short) { .number($0.gain.after) },
        Column("times as many", .short) { .number($0.gain.ratio) },
      ])
    return Figure(
      "What a host \(NumberFormat.percent(HostStudy.faster - 1, decimals: 0)) faster is worth",
      caption: "Requests a second that keep a limit on the time per token, with the faster host over the usual one; "
        + "limits that the usual host keeps at no rate are in the table.", .cartesian(chart), table)
  }
}
