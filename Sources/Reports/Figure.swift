import Charts
import JSONText
import Simulation
import Studies

/// A chart with the table behind it and the words around it.
package struct Figure: Sendable {
  /// The figures of a report, in its order.
  package enum Kind: String, CaseIterable, Sendable {
    /// Latency, device busy and tax against the batch size.
    case latency
    /// What the latency is spent on, by accelerator generation.
    case breakdown
    /// The operators against the roofline.
    case roofline
    /// One pass, lane by lane.
    case timeline
    /// Years to come.
    case projection
    /// What the uncertainty of the last of these years comes from.
    case uncertainty
    /// How good such projections would have been in the past.
    case hindcast
    /// What the latency depends on.
    case sensitivity

    /// What has to be simulated for it.
    package var contents: SystemStudy.Contents {
      switch self {
      case .latency: .curves
      case .breakdown, .projection, .uncertainty, .hindcast: []
      case .roofline: .rooflines
      case .timeline: .timelines
      case .sensitivity: .sensitivities
      }
    }
  }

  /// What to know when looking at it.
  package var caption: String
  /// The picture.
  package var chart: Chart
  /// The numbers behind it.
  package var table: Table

  /// A figure.
  package init(caption: String, chart: Chart, table: Table) {
    self.caption = caption
    self.chart = chart
    self.table = table
  }

  /// A figure of a picture; those who do not see it are told the caption, if nothing else.
  init(_ title: String, caption: String, summary: String? = nil, _ content: Chart.Content, _ table: Table) {
    self.init(caption: caption, chart: Chart(title: title, summary: summary ?? caption, content: content), table: table)
  }
}

extension SeriesStyle {
  /// The latency against something, in every chart.
  static let latency = SeriesStyle(color: 6, shape: .circle)
}

extension CostCategory {
  /// How time of this sort looks in every chart.
  var style: SeriesStyle { SeriesStyle(color: rawValue) }
}

/// A number as a hover or a table shows it.
func shortNumber(_ value: Double) -> String {
  value.isFinite ? NumberFormat.significant(value, digits: 4, grouping: .comma) : "-"
}
