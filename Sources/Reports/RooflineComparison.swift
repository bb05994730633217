import Profiles
import Studies

/// The kernels of a workload against the rooflines of several devices, on one chart.
package struct RooflineComparison: Report {
  private let reports: [RooflineReport]

  /// A comparison of at least one device.
  package init(_ reports: [RooflineReport]) { self.reports = reports }

  /// The kernels of each device, the device first.
  package var tables: [Table] {
    [
      Table(
        named: "kernels",
        reports.flatMap { report in
          report.kernels.records(for: .lines).map {
            ["accelerator": .text(report.study.accelerator.name)] + $0
          }
        })
    ]
  }

  /// What one device's record holds, for each.
  package var record: Record {
    ["devices": .list(reports.map { .record($0.record) }, onOneLine: false)]
  }

  /// One device after the other.
  package var blocks: [ReportBlock] { reports.flatMap(\.ownBlocks) + [RooflineReport.legend] }

  /// All devices on one chart.
  package var figures: [Figure] { [figure].compactMap { $0 } }

  /// The chart; nil where no kernel has a place on it.
  package var figure: Figure? {
    let workload = reports.first?.scenario.workloadText ?? ""
    return Figure.roofline(reports.map(\.study), title: "Operators against the rooflines: \(workload)")
  }
}
