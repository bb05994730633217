import Charts
import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Studies
import Testing
import Workloads

@testable import Reports

/// The chart of a device with 40 TFLOP/s in its matrix units and 10 without them, 500 GB/s from memory of which 400 were
/// measured, 2,000 GB/s from its cache, and ten compute units.
@Suite("A roofline chart") struct RooflineFigureTests {
  private static let workload = #"""
    {"schema":"workload/1","name":"s","parameters":{},"program":[
      {"operator":"aten::mm","inputs":[[512,512],[512,512]],"outputs":[[512,512]]},
      {"operator":"aten::mm","inputs":[[2048,512],[512,512]],"outputs":[[2048,512]]}]}
    """#

  private static func study(_ change: (inout AcceleratorProfile) -> Void = { _ in }) throws -> RooflineStudy {
    var device = try Sample.accelerator("Matrix")
    device.peakTFLOPS[.fp32] = 10
    device.peakTFLOPS[.fp16] = 40
    device.memory.l2BandwidthGBPerS = 2000
    change(&device)
    var system = try Sample.system("Matrix")
    system.accelerator = device
    let workload = try Workload(bytes: Array(workload.utf8), file: "s.json").bind()
    let scenario = Scenario(workload: workload, system: system, precision: .fp16)
    return RooflineStudy(
      plan: scenario.plan(), accelerator: device, model: scenario.kernelModel.model(of: device))
  }

  /// A second device, a quarter as fast and without a cache's bandwidth.
  private static func slower() throws -> RooflineStudy {
    try study { device in
      device.name = "slower"
      device.title = "Slower"
      device.peakTFLOPS[.fp32] = 2.5
      device.peakTFLOPS[.fp16] = 10
      device.memory.bandwidthGBPerS = 125
      device.memory.l2BandwidthGBPerS = nil
    }
  }

  private static func chart(_ studies: [RooflineStudy]) throws -> CartesianChart {
    let figure = try #require(Figure.roofline(studies, title: "t"))
    guard case .cartesian(let chart) = figure.chart.content else { throw NoChart() }
    return chart
  }

  private struct NoChart: Error {}

  private static func ends(_ name: String, in chart: CartesianChart) throws -> [[Double]] {
    try #require(chart.series.first { $0.name == name }).points.map { [$0.x, $0.y] }
  }

  @Test func `has a slope for each level, which ends at its ridge point`() throws {
    let chart = try Self.chart([Self.study()])
    let memory = try Self.ends("DRAM 500.0 GB/s", in: chart)
    let cache = try Self.ends("L2 2,000 GB/s", in: chart)
    #expect(memory[1] == [80, 40] && cache[1] == [20, 40])
    #expect(memory[0][0] == 5 && memory[0][1] == 2.5, "a quarter of the first ridge point, at 500 GB/s")
    #expect(
      try Self.ends("fp16 peak 40.00 TFLOP/s", in: chart) == [[20, 40], [240, 40]], "three times the last ridge point")
  }

  @Test func `has the ceilings below, each from the fastest slope on`() throws {
    let chart = try Self.chart([Self.study()])
    #expect(try Self.ends("no fused multiply-add 20.00 TFLOP/s", in: chart) == [[10, 20], [240, 20]])
    #expect(try Self.ends("no matrix units 10.00 TFLOP/s", in: chart) == [[5, 10], [240, 10]])
    #expect(try Self.ends("one compute unit 4.000 TFLOP/s", in: chart) == [[2, 4], [240, 4]])
    #expect(try Self.ends("measured bandwidth 400.0 GB/s", in: chart) == [[5, 2], [100, 40]])
    let thin = chart.series.filter(\.style.isThin).map(\.name)
    #expect(thin.count == 4 && chart.series.filter { $0.style.isThin }.map(\.style.dash).count == 4)
    #expect(Set(chart.series.filter(\.style.isThin).map { "\($0.style.dash)" }).count == 4, "told apart without color")
  }

  @Test func `sizes points by the time of all runs`() throws {
    let study = try Self.study()
    let points = try Self.chart([study]).series.filter { !$0.isJoined }.flatMap(\.points)
    let times = study.rows.map { Double($0.count) * $0.time.value }
    #expect(points.count == 2 && points.map(\.weight).max() == 1)
    let least = try #require(points.map(\.weight).min())
    #expect(abs(least - (times.min() ?? 0) / (times.max() ?? 1)) < 1e-12)
    // 2 * 512^3 operations, and three matrices of 512 x 512 in two bytes.
    #expect(points.map(\.x).contains(268_435_456.0 / 1_572_864))
  }

  @Test func `tells several devices apart by color, and what they share by dash and sign`() throws {
    let studies = [try Self.study(), try Self.slower()]
    let chart = try Self.chart(studies)
    let listed = chart.series.filter(\.isListed)
    #expect(
      listed.allSatisfy { $0.points.isEmpty } && chart.series.filter { !$0.isListed }.allSatisfy { !$0.points.isEmpty })
    #expect(
      listed.map(\.name) == [
        studies[0].accelerator.title, "Slower", "DRAM and peak", "L2", "measured bandwidth", "no fused multiply-add",
        "no matrix units", "one compute unit", "bound by arithmetic",
      ])
    #expect(Set(chart.series.map(\.name)).count == chart.series.count)
    let colors = listed.prefix(2).map(\.style.color)
    for (title, color) in zip(listed.prefix(2).map(\.name), colors) {
      let own = chart.series.filter { $0.name.hasPrefix(title + ": ") }
      #expect(own.count >= 7 && own.allSatisfy { $0.style.color == color })
    }
    #expect(colors[0] != colors[1])
    #expect(try Self.ends("Slower: DRAM 125.0 GB/s", in: chart)[1] == [80, 10])
    let longest = chart.series.first { $0.points.contains { $0.weight == 1 } }
    #expect(longest?.name.hasPrefix("Slower: ") == true, "times of all devices are on one scale")
  }

  @Test func `says the ridge points, and what it leaves out, in words`() throws {
    let one = try #require(Figure.roofline([Self.study()], title: "t"))
    #expect(one.caption.contains("Ridge points, FLOP/byte: DRAM 80.00, L2 20.00."))
    let two = try #require(Figure.roofline([Self.study(), Self.slower()], title: "t"))
    #expect(two.caption.contains("L2 20.00; Slower DRAM 80.00."))
    #expect(two.table.csv().hasPrefix("accelerator,operator,") && one.table.csv().hasPrefix("operator,"))
  }

  @Test func `has the same points in Vega-Lite`() throws {
    let studies = [try Self.study(), try Self.slower()]
    let chart = try Self.chart(studies)
    let figure = try #require(Figure.roofline(studies, title: "t"))
    let text = figure.chart.vegaLite()
    #expect(text.split(separator: "{ \"series\": ").count - 1 == chart.series.map(\.points.count).reduce(0, +))
    for series in chart.series { #expect(text.contains("\"\(series.name)\""), "\(series.name)") }
  }
}
