import JSONText
import Profiles

/// A year of a roadmap: where its trends lead to, worked out once for many draws.
package struct RoadmapYear: Sendable {
  /// A number with a trend.
  private struct Moving {
    let number: SystemNumber
    /// Its place among the roadmap's quantities; nil where it only changes.
    let place: Int?
    let value: Double
    /// The standard error of its logarithm.
    let deviation: Double
    /// The most that it may be.
    let most: Double
    /// The values that make sense of it.
    let range: NumberRange
  }

  /// A number that follows others: its value in the base, and the places among those that move of what it follows.
  private struct Following {
    let number: SystemNumber
    let value: Double
    let range: NumberRange
    let product: [(place: Int, old: Double)]
    let divisors: [(place: Int, old: Double)]
  }

  /// A host's speed at native code, which follows its second-level cache.
  private struct Caching {
    let number: SystemNumber
    let value: Double
    let range: NumberRange
    /// The place of the cache among those that move, and the base's.
    let place: Int
    let old: Double
    let rule: HostCacheRule

    init?(_ moving: [Moving], _ roadmap: Roadmap) {
      let host = roadmap.base.host
      guard let number = SystemNumber(path: "host.speed.native"), !roadmap.held.contains(number.path),
        let place = moving.firstIndex(where: { $0.number.path == "host.memory.l2_mb" }), host.memory.l2MB > 0
      else { return nil }
      self.number = number
      self.place = place
      value = host.speed.native
      range = number.range
      old = host.memory.l2MB
      rule = host.cacheRule
    }

    /// The speed with another cache; no smaller one comes, whatever a trend's scatter says.
    func speed(l2MB: Double) -> Double { value * max(1, rule.factor(l2MB: l2MB) / rule.factor(l2MB: old)) }
  }

  private let base: System
  private let caching: Caching?
  private let moving: [Moving]
  private let following: [Following]

  /// Works a year out.
  ///
  /// - Parameters:
  ///   - roadmap: The trends.
  ///   - year: When, in years.
  ///   - hostYear: When the host is of, where that is another time.
  package init(_ roadmap: Roadmap, at year: Double, hostsAt hostYear: Double? = nil) {
    base = roadmap.base
    let isPresent = Int(year.rounded(.down)) == roadmap.presentYear
    var moving: [Moving] = []
    for (place, quantity) in roadmap.quantities.enumerated() where !isPresent || quantity.isHost {
      if isPresent, roadmap.startsAtHost { continue }
      let time = quantity.isHost ? hostYear ?? year : year
      moving.append(
        Moving(
          number: quantity.number, place: place, value: roadmap.value(of: quantity, at: time),
          deviation: quantity.trend.deviation(at: time), most: Self.most(quantity.path, roadmap),
          range: quantity.number.range))
    }
    let all = moving + Self.changed(roadmap, at: year)
    self.moving = all
    caching = Caching(moving, roadmap)
    func leads(_ leaders: [SystemNumber]) -> [(place: Int, old: Double)] {
      leaders.compactMap { leader in
        // Where a part lacks the leader, what stands for it leads.
        let names = [leader.path] + (roadmap.rules.number(leader.path)?.alternative.map { [$0] } ?? [])
        let places = names.compactMap { name in moving.firstIndex { $0.number.path == name } }
        guard let place = places.first, let old = moving[place].number.value(in: roadmap.base) else { return nil }
        return (place, old)
      }
    }
    following = (isPresent ? [] : roadmap.followers).compactMap { follower in
      guard let value = follower.number.value(in: roadmap.base),
        !all.contains(where: { $0.number.path == follower.number.path })
      else { return nil }
      return Following(
        number: follower.number, value: value, range: follower.number.range, product: leads(follower.product),
        divisors: leads(follower.divisors))
    }
  }

  private static func most(_ path: String, _ roadmap: Roadmap) -> Double {
    roadmap.changes.first { $0.path == path }?.atMost ?? .infinity
  }

  /// The numbers without a trend that a scenario changes.
  private static func changed(_ roadmap: Roadmap, at year: Double) -> [Moving] {
    guard Int(year.rounded(.down)) != roadmap.presentYear else { return [] }
    return roadmap.changes.compactMap { change in
      guard !roadmap.quantities.contains(where: { $0.path == change.path }),
        let number = SystemNumber(path: change.path), let value = number.value(in: roadmap.base)
      else { return nil }
      let growth = ((change.yearlyFactor ?? 1).logarithm * max(0, year - roadmap.lastYear)).exponential
      return Moving(
        number: number, place: nil, value: min(value * growth * change.factor, change.atMost ?? .infinity),
        deviation: 0, most: .infinity, range: number.range)
    }
  }

  /// Whether the year has a number from a trend of its own, and not from the base.
  func hasTrend(_ path: String) -> Bool { moving.contains { $0.number.path == path && $0.place != nil } }

  /// The numbers that the year may turn out to have, and whether one was held at a limit of its profile: deviations have no
  /// bounds.
  ///
  /// - Parameter draw: What the deviations are drawn by; nil for the trends themselves.
  /// - Returns: Every number that differs from the base.
  package func values(_ draw: RoadmapDraw? = nil) -> (numbers: [(number: SystemNumber, value: Double)], isHeld: Bool) {
    var isHeld = false
    func possible(_ value: Double, _ number: SystemNumber, _ range: NumberRange) -> Double {
      let wanted = range.isWhole ? max(1, value.rounded()) : value
      let held = range.nearest(to: wanted) ?? number.value(in: base) ?? value
      if held != wanted { isHeld = true }
      return held
    }
    // What follows goes with what a number would be if nothing held it.
    var free: [Double] = []
    free.reserveCapacity(moving.count)
    var numbers: [(number: SystemNumber, value: Double)] = []
    numbers.reserveCapacity(moving.count + following.count)
    for moving in moving {
      var value = moving.value
      if let draw, let place = moving.place {
        value = min(moving.most, value * (draw.deviations[place] * moving.deviation).exponential)
      }
      free.append(value)
      numbers.append((moving.number, possible(value, moving.number, moving.range)))
    }
    for follower in following {
      var rate = 1.0
      for (place, old) in follower.product { rate *= free[place] / old }
      for (place, old) in follower.divisors { rate /= free[place] / old }
      numbers.append((follower.number, possible(follower.value * rate, follower.number, follower.range)))
    }
    if let caching {
      numbers.append(
        (caching.number, possible(caching.speed(l2MB: free[caching.place]), caching.number, caching.range)))
    }
    return (numbers, isHeld)
  }
}
