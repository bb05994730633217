import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import Studies

/// The kernels of a workload against the rooflines of a device.
package struct RooflineReport: Report {
  /// What is shown.
  package let study: RooflineStudy
  /// What the study is of.
  package let scenario: Scenario

  /// A report.
  package init(study: RooflineStudy, scenario: Scenario) {
    self.study = study
    self.scenario = scenario
  }

  private var heading: String { "\(scenario.workloadText), on \(study.accelerator.title)" }

  /// A row for each sort of kernel.
  ///
  /// People are not told of work and traffic, whose ratio is the intensity, but of each row's share of the time.
  var kernels: Table {
    let (share, kernelModel) = (study.share, scenario.kernelModel.name)
    return Table(
      named: "kernels", study.rows,
      [
        Column("operator") { .text($0.name) }, Column("class", rank: .supporting) { .text($0.kernelClass.rawValue) },
        Column("runs", .plain, rank: .supporting) { .count($0.count) },
        Column("flops", for: .programs) { .number($0.flops.value) },
        Column("bytes", for: .programs) { .number($0.bytes.value) },
        Column("intensity", unit: "FLOP/B", key: "intensity_flop_per_byte", .fixed(1), rank: .supporting) {
          .number($0.intensity)
        },
        Column("attainable", unit: "TFLOP/s", key: "attainable_tflops", .fixed(2), rank: .incidental) {
          .number($0.attainable?.teraflops)
        },
        Column("achieved", unit: "TFLOP/s", key: "achieved_tflops", .fixed(2), rank: .incidental) {
          .number($0.achieved.teraflops, shown: $0.attainable == nil ? "-" : nil)
        },
        Column("time", unit: "us", key: "time_us", .fixed(1)) { .number($0.time.value * 1e6) },
        Column("lower_bound_us", for: .programs) { .number($0.lowerBound.value * 1e6) },
        Column("share", unit: "%", .percent(1), for: .people) { .number(share($0)) },
        Column("bound", for: .programs) { .text($0.bound.rawValue) },
        Column("bound", key: "level") { .text($0.level) },
        Column("kernel_model", for: .lines) { _ in .text(kernelModel) },
      ])
  }

  /// The device's rooflines, and the kernels.
  package var record: Record {
    [
      "accelerator": .text(study.accelerator.name),
      "memory_bandwidth_gb_per_s": .number(study.accelerator.memory.bandwidthGBPerS),
      "kernel_model": .text(scenario.kernelModel.name), "kernels": .table(kernels),
    ]
  }

  /// The kernels.
  package var tables: [Table] { [kernels] }

  /// A heading with the rooflines, and the kernels.
  package var blocks: [ReportBlock] { ownBlocks + [Self.legend] }

  /// What the columns say.
  static let legend = ReportBlock.lines([
    "time: one run, by the kernel model; share: of the time of all kernels of a pass",
    "bound: what the data sheet's roofline waits for, arithmetic (compute) or memory (DRAM; L2 where all bytes fit it)",
  ])

  /// The blocks of this device alone.
  var ownBlocks: [ReportBlock] {
    let (memory, precision) = (study.accelerator.memory, scenario.precision)
    var lines = [heading]
    if let peak = precision.widenings.compactMap({ study.accelerator.peakTFLOPS[$0] }).max() {
      let roofline = Roofline(
        peak: FLOPsPerSecond(teraflops: peak),
        bandwidth: BytesPerSecond(gigabytesPerSecond: memory.bandwidthGBPerS))
      lines.append(
        "\(precision.rawValue): peak \(roofline.peak), memory \(roofline.bandwidth), "
          + "ridge point \(NumberFormat.fixed(roofline.ridgePoint.value, decimals: 1)) FLOP/byte")
    }
    if let l2 = memory.l2BandwidthGBPerS { lines.append("L2: \(BytesPerSecond(gigabytesPerSecond: l2))") }
    return [.lines(lines), .table(kernels.cut)]
  }

  /// The kernels as points under the roofs.
  package var figures: [Figure] {
    [Figure.roofline([study], title: "Operators against the roofline: \(heading)")].compactMap { $0 }
  }
}

extension RooflineStudy {
  /// Each row's share of the time of all.
  var share: @Sendable (Row) -> Double {
    let total = rows.reduce(0) { $0 + Double($1.count) * $1.time.value }
    return { total > 0 ? Double($0.count) * $0.time.value / total : 0 }
  }
}

extension RooflineStudy.Row {
  /// Operations for each byte moved; nil without bytes.
  var intensity: Double? { bytes.value > 0 ? (flops / bytes).value : nil }
}
