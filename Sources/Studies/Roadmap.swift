import JSONText
import Profiles
import Simulation

/// What the history of the hardware in a catalog says about years to come: a trend for each quantity, and the system that
/// the trends make of a base system in a year.
package struct Roadmap: Sendable {
  /// A number with a trend.
  package struct Quantity: Sendable {
    /// The number.
    package let number: SystemNumber
    /// Its trend.
    package let trend: LineTrend
    /// Whether the generations are hosts.
    let isHost: Bool

    /// The number's path.
    package var path: String { number.path }
  }

  /// A number without enough generations for a trend of its own: it keeps the base's ratio to another one.
  package struct Follower: Sendable {
    /// The number.
    package let number: SystemNumber
    /// The numbers to whose product it keeps its ratio.
    let product: [SystemNumber]
    /// The numbers that divide this product.
    let divisors: [SystemNumber]

    init(_ number: SystemNumber, _ product: [String], over divisors: [String] = []) {
      self.number = number
      self.product = product.compactMap(number.sibling)
      self.divisors = divisors.compactMap(number.sibling)
    }

    /// The path of the one that it follows; nil where it follows several.
    package var leader: String? { product.count == 1 && divisors.isEmpty ? product[0].path : nil }
  }

  /// The parts that projections stand beside, and what numbers are fitted to that no line of the history has.
  package let history: HardwareHistory
  /// How trends are fitted.
  package let rules: TrendRules
  /// What data sheets do not tell; nil where nothing has told of it.
  package let progress: RoadmapProgress?
  /// What the system of a year takes from: everything that has no trend.
  package let base: System
  /// The numbers with a trend.
  package let quantities: [Quantity]
  /// The numbers that follow another one's.
  package let followers: [Follower]
  /// What becomes of numbers against their trends.
  package let changes: [TrendScenario.Change]
  /// Paths of numbers that stay as the base has them.
  let held: Set<String>
  /// Whether the trend of hosts starts at the base's own, now, instead of at the host that the history would have.
  package let startsAtHost: Bool
  /// Fits the trends.
  ///
  /// - Parameters:
  ///   - history: The generations.
  ///   - base: An accelerator that gives what has no trend, with host and framework.
  ///   - lines: The trends of lines of products.
  ///   - held: Paths of numbers that stay as the base has them.
  ///   - startsAtHost: Whether the base's host is one that was asked for: then it is the host of the present year, and
  ///     hosts get faster from there at the pace of the history.
  ///   - changes: What becomes of numbers against their trends.
  ///   - fitsOnlyHistory: Whether accelerators are fitted to the given generations alone, and not to the base's line.
  /// - Throws: ``ProjectionFault`` without an accelerator, or with too few generations for the quantities that lead.
  package init(
    history: HardwareHistory, base: System, lines: RoadmapLines, held: Set<String> = [], startsAtHost: Bool = false,
    changes: [TrendScenario.Change] = [], fitsOnlyHistory: Bool = false
  ) throws(ProjectionFault) {
    guard base.accelerator != nil else { throw .noAccelerator }
    self.startsAtHost = startsAtHost
    self.held = held
    self.changes = changes
    self.history = history
    self.base = base
    rules = lines.rules
    progress = lines.progress
    var quantities: [Quantity] = []
    var followers: [Follower] = []
    for number in Self.moving(base) where !held.contains(number.path) {
      guard let value = number.value(in: base), value > 0 else { continue }
      var trend: LineTrend?
      if lines.isKnown && (number.isOfHost || !fitsOnlyHistory) {
        trend = lines.trend(of: number, for: base)
      } else {
        trend = Self.trend(of: number, history, base, lines)
      }
      if case .following = number.trend { trend = nil }
      if let trend { quantities.append(Quantity(number: number, trend: trend, isHost: number.isOfHost)) }
      switch number.trend {
      case .leading where trend == nil:
        let found = number.isOfHost ? history.hosts.count : history.accelerators.count
        throw .tooFewGenerations(path: number.path, found: found, needed: Self.fewestGenerations)
      case .fittedOrFollowing(let path) where trend == nil:
        followers.append(Follower(number, [path]))
      case .following(let product, let divisors): followers.append(Follower(number, product, over: divisors))
      default: break
      }
    }
    self.quantities = quantities
    self.followers = followers
  }

  /// The fewest generations that tell a trend without other lines beside them.
  package static let fewestGenerations = 4

  /// The numbers of a system that move over the years, family by family.
  private static func moving(_ base: System) -> [SystemNumber] {
    base.numbers.enumerated().filter { $0.element.trend != .none }
      .sorted { ($0.element.family.rawValue, $0.offset) < ($1.element.family.rawValue, $1.offset) }.map(\.element)
  }

  /// The trend of a number over the generations alone; nil with too few.
  private static func trend(
    of number: SystemNumber, _ history: HardwareHistory, _ base: System, _ lines: RoadmapLines
  ) -> LineTrend? {
    var points: [LineHistory.Point] = []
    func add(_ released: String, _ system: System) {
      guard let time = decimalYear(released), let value = number.value(in: system), value > 0 else { return }
      points.append(LineHistory.Point(time: time, logarithm: value.logarithm, released: released))
    }
    if number.isOfHost {
      for host in history.hosts { add(host.released, System(accelerator: nil, host: host, framework: base.framework)) }
    } else {
      for part in history.accelerators {
        add(part.released, System(accelerator: part, host: base.host, framework: base.framework))
      }
    }
    guard points.count >= fewestGenerations else { return nil }
    return lines.trend(of: number.path, over: points)
  }

  /// The trend of a number, if it has one.
  package func trend(of path: String) -> LineTrend? { quantities.first { $0.path == path }?.trend }

  /// The present year: that of the newest generation.
  ///
  /// The hardware of this year is the base itself.
  package var presentYear: Int { Int(lastYear) }

  /// What a trend says of a year, without residuals, or what a change makes of it.
  package func value(of quantity: Quantity, at year: Double) -> Double {
    let own = trendValue(of: quantity, at: year)
    guard let change = changes.first(where: { $0.path == quantity.path }) else { return own }
    var value = own
    if let factor = change.yearlyFactor {
      let present = min(year, lastYear)
      value = trendValue(of: quantity, at: present) * ((year - present) * factor.logarithm).exponential
    }
    return min(value * change.factor, change.atMost ?? .infinity)
  }

  private func trendValue(of quantity: Quantity, at year: Double) -> Double {
    let value = quantity.trend.value(at: year)
    guard quantity.isHost, startsAtHost, let own = quantity.number.value(in: base) else { return value }
    return own * value / quantity.trend.value(at: Double(presentYear) + 0.5)
  }

  /// The interval that the number lies in with some probability, in a year.
  package func interval(of quantity: Quantity, _ share: Double, at year: Double) -> ClosedRange<Double> {
    let interval = quantity.trend.interval(share, at: year)
    let shift = value(of: quantity, at: year) / quantity.trend.value(at: year)
    let most = changes.first { $0.path == quantity.path }?.atMost ?? .infinity
    return min(most, interval.lowerBound * shift)...min(most, interval.upperBound * shift)
  }

  /// The numbers of a year, and with a draw, numbers that the year may turn out to have.
  ///
  /// - Parameters:
  ///   - year: When, in years.
  ///   - draw: What the deviations are drawn by; nil for the trends themselves.
  /// - Returns: Every number that differs from the base.
  package func numbers(at year: Double, draw: RoadmapDraw? = nil) -> [(number: SystemNumber, value: Double)] {
    RoadmapYear(self, at: year).values(draw).numbers
  }

  /// The system of a year, by the trends.
  package func system(at year: Double) -> System {
    var system = base
    for (number, value) in numbers(at: year) { number.set(value, in: &system) }
    return system
  }
}

/// Why a projection cannot be made.
package enum ProjectionFault: Error, Sendable, Equatable {
  /// A processor-only system has no accelerator to project.
  case noAccelerator
  /// Too few generations for a trend.
  case tooFewGenerations(path: String, found: Int, needed: Int)
  /// A year that is none to project to.
  case yearOutOfRange(Int, ClosedRange<Int>)
  /// A year in which hardly a sample, or not even the trends' own system, can be simulated.
  case beyondSimulation(year: Int)
  /// A knob none of whose numbers a system has, or all of them zero.
  case nothingToTurn(String)
}

extension ProjectionFault: Fault {
  /// What is wrong, and what would be right.
  package var words: FaultWords {
    switch self {
    case .noAccelerator: "a projection needs an accelerator to start from; name one, as in 'h100-sxm'"
    case .tooFewGenerations(let path, let found, let needed):
      "a trend of \(path) needs \(needed) generations, and the history has \(found); widen \(option: "history")"
    case .yearOutOfRange(let year, let range):
      "\(option: "year") must be from \(range.lowerBound) to \(range.upperBound) (it is \(year))"
    case .beyondSimulation(let year):
      "the trends lead to hardware that cannot be simulated in \(year): a pass would take longer than the simulation's "
        + "clock counts; ask for an earlier year, or a wider \(option: "history")"
    case .nothingToTurn(let name):
      "\(name) is 0 on this system, so that no factor changes it; give it a value with \(option: "set") first"
    }
  }
}
