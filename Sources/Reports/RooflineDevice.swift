import Charts
import JSONText
import Kernels
import Profiles
import Roofline
import Studies

/// What a roofline chart shows of one device: its roofs, and the kernels that have a place under them.
struct RooflineDevice {
  /// The colors of devices that share a chart.
  static let colors = [3, 0, 7, 5, 1, 4]
  /// What may bind a kernel, in the order of the legend.
  static let levels = ["compute", "DRAM", "L2"]

  /// The device.
  let name: String
  /// Its color where the chart has several.
  let color: Int?
  let roofs: RooflineRoofs
  /// The kernels with arithmetic, the longest total time first, those of little time left out.
  let rows: [RooflineStudy.Row]
  /// Whether kernels that would have a place are left out.
  let isCut: Bool
  private let share: @Sendable (RooflineStudy.Row) -> Double

  /// A device with its kernels; nil where none has a place.
  init?(_ study: RooflineStudy, color: Int?, most count: Int) {
    let share = study.share
    let placed = study.rows.filter { $0.flops.value > 0 && $0.bytes.value > 0 && $0.achieved.value > 0 }
    rows = placed.prefix(count).enumerated().filter { $0 < Self.fewest || share($1) >= Self.leastShare }.map(\.element)
    guard !rows.isEmpty, let roofs = RooflineRoofs(study.accelerator, rows.map(\.arithmetic)) else { return nil }
    self.roofs = roofs
    isCut = rows.count < placed.count
    self.share = share
    self.color = color
    name = study.accelerator.title
  }

  /// The share of the time below which a kernel is left out: it would stretch the chart for a point that nobody sees.
  private static let leastShare = 0.01
  /// How many kernels are shown however little time they take.
  private static let fewest = 8

  /// The device as a legend has it; nil where there is one alone.
  var mark: (name: String, color: Int)? { color.map { (name, $0) } }

  /// The intensities of the kernels.
  var intensities: [Double] { rows.map(\.flopsPerByte) }

  /// A series of points for each level that binds some.
  ///
  /// - Parameters:
  ///   - longest: The total time whose point is the largest, in seconds.
  ///   - isLabeled: Whether the largest have their names beside them.
  /// - Returns: The series.
  func points(longest: Double, isLabeled: Bool) -> [CartesianChart.Series] {
    // One label for each name, at the longest: kernels of one operator lie close together.
    let named = Dictionary(rows.enumerated().map { ($1.name, $0) }, uniquingKeysWith: min)
    let numbered = rows.enumerated()
    return Self.levels.filter { level in rows.contains { $0.level == level } }.map { level in
      CartesianChart.Series(
        name: (color == nil ? "" : "\(name): ") + Self.boundText(level), style: Self.style(of: level, color: color),
        isJoined: false,
        points: numbered.filter { $1.level == level }.map { number, row in
          CartesianChart.Point(
            x: row.flopsPerByte, y: row.achieved.teraflops, hover: hover(row), weight: row.total / longest,
            label: isLabeled && share(row) > 0.08 && named[row.name] == number ? row.name : nil)
        },
        isListed: color == nil)
    }
  }

  private func hover(_ row: RooflineStudy.Row) -> String {
    (color == nil ? "" : "\(name), ")
      + "\(row.name), \(row.count) times: \(shortNumber(row.achieved.teraflops)) TFLOP/s"
      + " at \(shortNumber(row.flopsPerByte)) FLOP/byte, \(shortNumber(row.total * 1e6)) µs a pass, "
      + "\(NumberFormat.percent(share(row))) of the device's time"
  }

  /// What binds, as the legend has it.
  static func boundText(_ level: String) -> String {
    level == "compute" ? "bound by arithmetic" : "bound by \(level)"
  }

  /// The sign of a level, in its own color where no other is given.
  static func style(of level: String, color: Int?) -> SeriesStyle {
    switch level {
    case "compute": SeriesStyle(color: color ?? 3, shape: .circle)
    case "DRAM": SeriesStyle(color: color ?? 0, shape: .triangle)
    default: SeriesStyle(color: color ?? 5, shape: .square)
    }
  }
}

extension RooflineStudy.Row {
  /// The time of all runs in a pass, in seconds.
  var total: Double { Double(count) * time.value }

  fileprivate var flopsPerByte: Double { (flops / bytes).value }
}
