import Charts
import Kernels
import Profiles
import Roofline

/// The roofs of a device: a slope for each memory level, the peak of each format in use, and the ceilings below them.
struct RooflineRoofs {
  /// A roof or a ceiling.
  struct Roof {
    /// What it is, on any device: `DRAM`, `no fused multiply-add`.
    let kind: String
    /// The same with its number on this device.
    let name: String
    let dash: SeriesStyle.Dash
    /// The color where there is one device.
    let color: Int
    let isCeiling: Bool
    /// Its ends, before they are cut to the chart: intensities, and rates in TFLOP/s.
    let ends: [(intensity: Double, teraflops: Double)]
  }

  /// The device.
  let accelerator: AcceleratorProfile
  /// The format with the highest peak of those in use.
  let format: Precision
  /// The rooflines of the memory levels under that peak.
  let levels: HierarchicalRoofline
  private let formats: [Precision]
  private let ceilings: [Ceiling]

  /// The roofs over some formats; nil where the device computes none of them.
  init?(_ accelerator: AcceleratorProfile, _ formats: [Precision]) {
    let used = Precision.allCases.filter { formats.contains($0) && accelerator.peak($0) > .zero }
    guard let highest = used.max(by: { accelerator.peak($0) < accelerator.peak($1) }),
      let levels = try? HierarchicalRoofline(accelerator: accelerator, precision: highest)
    else { return nil }
    self.accelerator = accelerator
    self.formats = used
    self.levels = levels
    format = highest
    ceilings = (try? accelerator.ceilings(highest)) ?? []
  }

  /// The intensities that show all ridge points.
  var intensities: ClosedRange<Double> {
    let ridges = levels.ridgePoints.map(\.value)
    return (ridges.min() ?? 1) / 4...(ridges.max() ?? 1) * 3
  }

  /// What the roofs' ridge points are, in words.
  var ridgeText: String {
    zip(levels.levels, levels.ridgePoints).reversed()
      .map { "\($0.name) \(shortNumber($1.value))" }.joined(separator: ", ")
  }

  /// The roofs between two intensities, those of the memory first.
  func roofs(from low: Double, to high: Double) -> [Roof] {
    levels.levels.reversed().map { slope($0, from: low) } + formats.map { peak($0, to: high) }
      + ceilings.compactMap { ceiling($0, from: low, to: high) }
  }

  private func slope(_ level: MemoryLevel, from low: Double) -> Roof {
    let isMemory = level.name == "DRAM"
    let bandwidth = level.bandwidth.gigabytesPerSecond
    return Roof(
      kind: isMemory ? "DRAM and peak" : level.name, name: "\(level.name) \(shortNumber(bandwidth)) GB/s",
      dash: isMemory ? .none : .dashed, color: isMemory ? 0 : 5, isCeiling: false,
      ends: [(low, low * bandwidth / 1e3), ((levels.peak / level.bandwidth).value, levels.peak.teraflops)])
  }

  /// The horizontal part of a roof, from the slope of the fastest memory level on.
  private func plateau(_ peak: FLOPsPerSecond, to high: Double) -> [(intensity: Double, teraflops: Double)] {
    let fastest = levels.levels.map(\.bandwidth).max() ?? accelerator.memoryBandwidth
    return [((peak / fastest).value, peak.teraflops), (high, peak.teraflops)]
  }

  private func peak(_ format: Precision, to high: Double) -> Roof {
    let peak = accelerator.peak(format)
    let isHighest = format == self.format
    return Roof(
      kind: isHighest ? "DRAM and peak" : "\(format.rawValue) peak",
      name: "\(format.rawValue) peak \(shortNumber(peak.teraflops)) TFLOP/s", dash: isHighest ? .none : .longDashed,
      color: 3, isCeiling: false, ends: plateau(peak, to: high))
  }

  /// A ceiling; nil where it is the peak of a format that is shown.
  private func ceiling(_ ceiling: Ceiling, from low: Double, to high: Double) -> Roof? {
    let (peak, bandwidth) = (ceiling.roofline.peak, ceiling.roofline.bandwidth)
    if bandwidth < accelerator.memoryBandwidth {
      return Roof(
        kind: ceiling.name, name: "\(ceiling.name) \(shortNumber(bandwidth.gigabytesPerSecond)) GB/s", dash: .dotted,
        color: 0, isCeiling: true,
        ends: [(low, low * bandwidth.gigabytesPerSecond / 1e3), (ceiling.roofline.ridgePoint.value, peak.teraflops)])
    }
    if formats.contains(where: { $0 != format && accelerator.peak($0) == peak }) { return nil }
    let dashes: [String: SeriesStyle.Dash] = [
      "no fused multiply-add": .shortDashed, "no matrix units": .dashDotted, "one compute unit": .sparse,
    ]
    return Roof(
      kind: ceiling.name, name: "\(ceiling.name) \(shortNumber(peak.teraflops)) TFLOP/s",
      dash: dashes[ceiling.name] ?? .dotted, color: 3, isCeiling: true, ends: plateau(peak, to: high))
  }
}

extension RooflineRoofs.Roof {
  /// The roof as a line.
  ///
  /// - Parameter device: The device and its color, where the chart has several.
  /// - Returns: The line.
  func series(of device: (name: String, color: Int)?) -> CartesianChart.Series {
    let text = device.map { "\($0.name): \(name)" } ?? name
    return CartesianChart.Series(
      name: text, style: SeriesStyle(color: device?.color ?? color, dash: dash, isThin: isCeiling),
      points: ends.map { CartesianChart.Point(x: $0.intensity, y: $0.teraflops, hover: text) },
      isListed: device == nil)
  }
}
