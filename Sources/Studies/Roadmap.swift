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
    package let trend: LogarithmicTrend
    /// For each point of the trend, which generation of the history it is of.
    let generations: [Int]
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

  /// What the trends are fitted to.
  package let history: HardwareHistory
  /// What the system of a year takes from: everything that has no trend.
  package let base: System
  /// The numbers with a trend.
  package let quantities: [Quantity]
  /// The numbers that follow another one's.
  package let followers: [Follower]
  /// Whether the trend of hosts starts at the base's own, now, instead of at the host that the history would have.
  package let startsAtHost: Bool
  /// Fits the trends.
  ///
  /// - Parameters:
  ///   - history: The generations.
  ///   - base: An accelerator that gives what has no trend, with host and framework.
  ///   - held: Paths of numbers that stay as the base has them.
  ///   - startsAtHost: Whether the base's host is one that was asked for: then it is the host of the present year, and
  ///     hosts get faster from there at the pace of the history.
  /// - Throws: ``ProjectionFault`` without an accelerator, or with too few generations for the quantities that lead.
  package init(
    history: HardwareHistory, base: System, held: Set<String> = [], startsAtHost: Bool = false
  ) throws(ProjectionFault) {
    guard base.accelerator != nil else { throw .noAccelerator }
    self.startsAtHost = startsAtHost
    self.history = history
    self.base = base
    var quantities: [Quantity] = []
    var followers: [Follower] = []
    for number in Self.moving(base) where !held.contains(number.path) {
      guard let value = number.value(in: base), value > 0 else { continue }
      let quantity = Self.quantity(number, history, base)
      if let quantity { quantities.append(quantity) }
      switch number.trend {
      case .leading where quantity == nil:
        let found = number.isOfHost ? history.hosts.count : history.accelerators.count
        throw .tooFewGenerations(path: number.path, found: found, needed: LogarithmicTrend.fewestPoints)
      case .fittedOrFollowing(let path) where quantity == nil:
        followers.append(Follower(number, [path]))
      case .following(let product, let divisors): followers.append(Follower(number, product, over: divisors))
      default: break
      }
    }
    self.quantities = quantities
    self.followers = followers
  }

  /// The numbers of a system that move over the years, family by family.
  private static func moving(_ base: System) -> [SystemNumber] {
    base.numbers.enumerated().filter { $0.element.trend != .none }
      .sorted { ($0.element.family.rawValue, $0.offset) < ($1.element.family.rawValue, $1.offset) }.map(\.element)
  }

  /// The trend of a number; nil where it has none of its own, or too short a history.
  private static func quantity(_ number: SystemNumber, _ history: HardwareHistory, _ base: System) -> Quantity? {
    if case .following = number.trend { return nil }
    var points: [LogarithmicTrend.Point] = []
    var generations: [Int] = []
    func add(_ released: String, _ system: System, _ generation: Int) {
      guard let year = decimalYear(released), let value = number.value(in: system), value > 0 else { return }
      points.append(LogarithmicTrend.Point(year: year, value: value))
      generations.append(generation)
    }
    if number.isOfHost {
      for (index, host) in history.hosts.enumerated() {
        add(host.released, System(accelerator: nil, host: host, framework: base.framework), index)
      }
    } else {
      for (index, part) in history.accelerators.enumerated() {
        add(part.released, System(accelerator: part, host: base.host, framework: base.framework), index)
      }
    }
    return LogarithmicTrend(points).map {
      Quantity(number: number, trend: $0, generations: generations, isHost: number.isOfHost)
    }
  }

  /// The trend of a number, if it has one.
  package func trend(of path: String) -> LogarithmicTrend? { quantities.first { $0.path == path }?.trend }

  /// The present year: that of the newest generation.
  ///
  /// The hardware of this year is the base itself.
  package var presentYear: Int { Int(lastYear) }

  /// What a trend says of a year, without residuals.
  package func value(of quantity: Quantity, at year: Double) -> Double {
    let value = quantity.trend.value(at: year)
    guard quantity.isHost, startsAtHost, let own = quantity.number.value(in: base) else { return value }
    return own * value / quantity.trend.value(at: Double(presentYear) + 0.5)
  }

  /// The interval that the number lies in with some probability, in a year.
  package func interval(of quantity: Quantity, _ share: Double, at year: Double) -> ClosedRange<Double> {
    let interval = quantity.trend.interval(share, at: year)
    let shift = value(of: quantity, at: year) / quantity.trend.value(at: year)
    return (interval.lowerBound * shift)...(interval.upperBound * shift)
  }

  /// The numbers of a year, and with a draw, numbers that the year may turn out to have.
  ///
  /// - Parameters:
  ///   - year: When, in years.
  ///   - draw: What the residuals are drawn by; nil for the trends themselves.
  /// - Returns: Every number that differs from the base.
  package func numbers(at year: Double, draw: RoadmapDraw? = nil) -> [(number: SystemNumber, value: Double)] {
    values(at: year, draw: draw).numbers
  }

  /// The same, and whether a number was held at a limit of its profile: residuals of few generations have no bounds.
  package func values(
    at year: Double, draw: RoadmapDraw? = nil
  ) -> (numbers: [(number: SystemNumber, value: Double)], isHeld: Bool) {
    let isPresent = Int(year.rounded(.down)) == presentYear
    if isPresent, startsAtHost { return ([], false) }
    let moving = isPresent ? quantities.filter(\.isHost) : quantities
    var numbers: [(number: SystemNumber, value: Double)] = moving.map { quantity in
      let noise = draw?.residual(of: quantity, at: year) ?? 0
      return (quantity.number, value(of: quantity, at: year) * noise.exponential)
    }
    func growth(_ leader: SystemNumber) -> Double {
      guard let (_, value) = numbers.first(where: { $0.number.path == leader.path }), let old = leader.value(in: base)
      else { return 1 }
      return value / old
    }
    for follower in isPresent ? [] : followers {
      guard let value = follower.number.value(in: base) else { continue }
      let rate = follower.divisors.reduce(follower.product.reduce(1) { $0 * growth($1) }) { $0 / growth($1) }
      numbers.append((follower.number, value * rate))
    }
    var isHeld = false
    for (index, (number, value)) in numbers.enumerated() {
      let wanted = number.range.isWhole ? max(1, value.rounded()) : value
      numbers[index].value = number.range.nearest(to: wanted) ?? number.value(in: base) ?? value
      if numbers[index].value != wanted { isHeld = true }
    }
    return (numbers, isHeld)
  }

  /// The system of a year, by the trends.
  package func system(at year: Double) -> System {
    var system = base
    for (number, value) in numbers(at: year) { number.set(value, in: &system) }
    return system
  }
}

/// Random residuals of all quantities of a roadmap at once.
///
/// A new residual of a quantity is its old residuals weighted with normal numbers, the same for all quantities of a
/// generation: so the draws have the variances and also the correlations of the history, in which fast memory came with
/// fast arithmetic. Divided by the root of a chi-squared number they follow Student's t, as a prediction from few points
/// must.
package struct RoadmapDraw: Sendable {
  private let accelerator: [Double]
  private let host: [Double]
  private let acceleratorSpread: [Double]
  private let hostSpread: [Double]

  /// Draws residuals for a roadmap.
  package init(_ roadmap: Roadmap, _ random: inout RandomSource) {
    func normals(_ count: Int) -> [Double] { (0..<count).map { _ in random.normal() } }
    accelerator = normals(roadmap.history.accelerators.count)
    host = normals(roadmap.history.hosts.count)
    acceleratorSpread = normals(accelerator.count)
    hostSpread = normals(host.count)
  }

  /// What a quantity's logarithm deviates by in a year.
  func residual(of quantity: Roadmap.Quantity, at year: Double) -> Double {
    let trend = quantity.trend
    let weights = quantity.isHost ? host : accelerator
    let sum = zip(trend.residuals, quantity.generations).reduce(0) { $0 + $1.0 * weights[$1.1] }
    let spread = quantity.isHost ? hostSpread : acceleratorSpread
    let chiSquared = spread.prefix(trend.degrees).reduce(0) { $0 + $1 * $1 }
    return sum / max(chiSquared, 1e-12).squareRoot() * trend.predictionSpread(at: year)
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
