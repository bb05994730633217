import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import Studies

/// The kernels of a workload against the rooflines of a device.
public struct RooflineReport: Sendable {
  /// What is shown.
  public let study: RooflineStudy
  /// What the study is of, for the heading.
  public let heading: String

  /// Which model the times are of.
  public let kernelModel: KernelModel

  /// A report.
  public init(study: RooflineStudy, heading: String, kernelModel: KernelModel = .calibrated) {
    self.study = study
    self.heading = heading
    self.kernelModel = kernelModel
  }

  private var columns: [TextTable.Column] {
    [
      TextTable.Column("operator"), TextTable.Column("class"),
      TextTable.Column("runs", alignment: .number),
      TextTable.Column("work", unit: "MFLOP", alignment: .number, key: "flops"),
      TextTable.Column("traffic", unit: "MB", alignment: .number, key: "bytes"),
      TextTable.Column("intensity", unit: "FLOP/B", alignment: .number, key: "intensity_flop_per_byte"),
      TextTable.Column("attainable", unit: "TFLOP/s", alignment: .number, key: "attainable_tflops"),
      TextTable.Column("achieved", unit: "TFLOP/s", alignment: .number, key: "achieved_tflops"),
      TextTable.Column("time", unit: "us", alignment: .number, key: "time_us"),
      TextTable.Column("bound", key: "bound"), TextTable.Column("level", key: "level"),
      TextTable.Column("kernel model", key: "kernel_model"),
    ]
  }

  private func table() -> TextTable {
    var table = TextTable(columns: columns)
    for row in study.rows {
      func number(_ value: Double, _ text: String) -> TextTable.Cell { TextTable.Cell(text, data: String(value)) }
      let intensity = row.bytes.value > 0 ? (row.flops / row.bytes).value : nil
      table.append([
        TextTable.Cell(row.name), TextTable.Cell(row.kernelClass.rawValue), TextTable.Cell(String(row.count)),
        number(row.flops.value, NumberFormat.fixed(row.flops.value / 1e6, decimals: 2)),
        number(row.bytes.value, NumberFormat.fixed(row.bytes.value / 1e6, decimals: 3)),
        intensity.map { number($0, NumberFormat.fixed($0, decimals: 2)) } ?? TextTable.Cell("-", data: ""),
        row.attainable.map { number($0.tflops, NumberFormat.fixed($0.tflops, decimals: 2)) }
          ?? TextTable.Cell("-", data: ""),
        number(row.achieved.tflops, NumberFormat.fixed(row.achieved.tflops, decimals: 2)),
        number(row.time.value * 1e6, NumberFormat.fixed(row.time.value * 1e6, decimals: 1)),
        TextTable.Cell(row.bound.rawValue), TextTable.Cell(row.level), TextTable.Cell(kernelModel.name),
      ])
    }
    return table
  }

  /// What people read: without work and traffic, whose ratio is the intensity, and with each row's share of the time.
  private func shortTable() -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("operator"), TextTable.Column("class"), TextTable.Column("runs", alignment: .number),
      TextTable.Column("intensity", unit: "FLOP/B", alignment: .number),
      TextTable.Column("attainable", unit: "TFLOP/s", alignment: .number),
      TextTable.Column("achieved", unit: "TFLOP/s", alignment: .number),
      TextTable.Column("time", unit: "us", alignment: .number),
      TextTable.Column("share", unit: "%", alignment: .number), TextTable.Column("bound"),
    ])
    let total = study.rows.reduce(0) { $0 + Double($1.count) * $1.time.value }
    for row in study.rows {
      let time = Double(row.count) * row.time.value
      table.append([
        TextTable.Cell(row.name), TextTable.Cell(row.kernelClass.rawValue), TextTable.Cell(String(row.count)),
        TextTable.Cell(row.bytes.value > 0 ? NumberFormat.fixed((row.flops / row.bytes).value, decimals: 1) : "-"),
        TextTable.Cell(row.attainable.map { NumberFormat.fixed($0.tflops, decimals: 2) } ?? "-"),
        TextTable.Cell(row.attainable == nil ? "-" : NumberFormat.fixed(row.achieved.tflops, decimals: 2)),
        TextTable.Cell(NumberFormat.fixed(row.time.value * 1e6, decimals: 1)),
        TextTable.Cell(NumberFormat.fixed(total > 0 ? time / total * 100 : 0, decimals: 1)),
        TextTable.Cell(row.level),
      ])
    }
    return table
  }

  /// A heading with the rooflines, and the table.
  public func text(styled: Bool, width: Int? = nil, precision: Precision) -> String {
    let memory = study.accelerator.memory
    var lines = [heading]
    if let peak = precision.widenings.compactMap({ study.accelerator.peakTFLOPS[$0] }).max() {
      let roofline = Roofline(
        peak: FLOPsPerSecond(teraflops: peak),
        bandwidth: BytesPerSecond(gigabytesPerSecond: memory.bandwidthGBPerS))
      lines.append(
        "\(precision.rawValue): peak \(roofline.peak), memory \(roofline.bandwidth), "
          + "ridge point \(NumberFormat.fixed(roofline.ridgePoint.value, decimals: 1)) FLOP/byte")
    }
    if let l2 = memory.l2BandwidthGBPerS {
      lines.append("L2: \(BytesPerSecond(gigabytesPerSecond: l2))")
    }
    lines.append("")
    return lines.joined(separator: "\n") + "\n" + shortTable().text(styled: styled, width: width)
      + "\ntime: one run, by the kernel model; share: of the time of all kernels of a pass\n"
      + "bound: what the data sheet's roofline waits for, arithmetic (compute) or memory (DRAM; L2 where all bytes fit it)\n"
  }

  /// A header and one row for each sort of kernel.
  public func csv() -> String { table().csv() }

  /// One object with the device's rooflines and an array of kernels.
  public func json() -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("accelerator")
    writer.value(study.accelerator.name)
    writer.key("memory_bandwidth_gb_per_s")
    writer.value(study.accelerator.memory.bandwidthGBPerS)
    writer.key("kernel_model")
    writer.value(kernelModel.name)
    writer.key("kernels")
    writer.beginArray()
    for row in study.rows { write(row, &writer) }
    writer.end()
    writer.end()
    return writer.text
  }

  private func write(_ row: RooflineStudy.Row, _ writer: inout JSONWriter) {
    writer.beginObject(onOneLine: true)
    func number(_ key: String, _ value: Double?) {
      writer.key(key)
      if let value, value.isFinite { writer.value(value) } else { writer.null() }
    }
    writer.key("operator")
    writer.value(row.name)
    writer.key("class")
    writer.value(row.kernelClass.rawValue)
    writer.key("runs")
    writer.value(row.count)
    number("flops", row.flops.value)
    number("bytes", row.bytes.value)
    number("intensity_flop_per_byte", row.bytes.value > 0 ? (row.flops / row.bytes).value : nil)
    number("attainable_tflops", row.attainable?.tflops)
    number("achieved_tflops", row.achieved.tflops)
    number("time_us", row.time.value * 1e6)
    number("lower_bound_us", row.lowerBound.value * 1e6)
    writer.key("bound")
    writer.value(row.bound.rawValue)
    writer.key("level")
    writer.value(row.level)
    writer.end()
  }
}
