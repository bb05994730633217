import Profiles
import Simulation

/// Random deviations of all quantities of a roadmap at once.
///
/// A deviation of a quantity is the surprises of its old generations weighted with normal numbers, the same for all
/// quantities of a generation: so the draws have the correlations of the history, in which fast memory came with fast
/// arithmetic. Divided by the root of a chi-squared number they follow Student's t, as a prediction from few points must.
package struct RoadmapDraw: Sendable {
  /// For each quantity of the roadmap, in order, how far it lies from its trend, in standard errors.
  let deviations: [Double]

  /// What draws are made of, worked out once for many of them.
  package struct Source: Sendable {
    /// A quantity: which generations tell its deviation, and for how much each counts.
    fileprivate struct Quantity: Sendable {
      let isHost: Bool
      let weights: [(month: Int, weight: Double)]
      let degrees: Int
      let trend: LineTrend
    }

    fileprivate let quantities: [Quantity]
    /// How many months had generations, of accelerators and of hosts.
    fileprivate let monthCounts: [Int]

    /// What the draws of a roadmap are made of.
    package init(_ roadmap: Roadmap) {
      var monthCounts: [Int] = []
      var places: [[String: Int]] = []
      for isHost in [false, true] {
        let own = roadmap.quantities.filter { $0.isHost == isHost }
        let months = Set(own.flatMap { $0.trend.surprises.map(\.released) }).sorted()
        monthCounts.append(months.count)
        places.append(Dictionary(months.enumerated().map { ($1, $0) }) { first, _ in first })
      }
      self.monthCounts = monthCounts
      quantities = roadmap.quantities.map { quantity in
        let surprises = quantity.trend.surprises
        let size = surprises.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
        let places = places[quantity.isHost ? 1 : 0]
        return Quantity(
          isHost: quantity.isHost,
          weights: size > 1e-9 ? surprises.map { (places[$0.released] ?? 0, $0.value / size) } : [],
          degrees: quantity.trend.degrees, trend: quantity.trend)
      }
    }
  }

  /// The same draw with only those deviations whose place is chosen.
  func only(_ isChosen: (Int) -> Bool) -> RoadmapDraw {
    RoadmapDraw(deviations: deviations.enumerated().map { isChosen($0.offset) ? $0.element : 0 })
  }

  private init(deviations: [Double]) { self.deviations = deviations }

  /// Draws deviations.
  package init(_ source: Source, _ random: inout RandomSource) {
    var sides: [(months: [Double], free: Double, squares: [Double])] = []
    for count in source.monthCounts {
      let months = (0..<count).map { _ in random.normal() }
      // For what no generation has told of.
      let free = random.normal()
      var sum = 0.0
      let squares = (0..<30).map { _ in
        let normal = random.normal()
        sum += normal * normal
        return sum
      }
      sides.append((months, free, squares))
    }
    deviations = source.quantities.map { quantity in
      let side = sides[quantity.isHost ? 1 : 0]
      let normal =
        quantity.weights.isEmpty
        ? side.free : quantity.weights.reduce(0) { $0 + side.months[$1.month] * $1.weight }
      let spread = (side.squares[quantity.degrees - 1] / Double(quantity.degrees)).squareRoot()
      return quantity.trend.standardized(normal / max(spread, 1e-6))
    }
  }
}
