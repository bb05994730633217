import Profiles

/// What each axis of a sweep decides: which points share a plan, which the costs of their host, which those of their device.
///
/// Names and parameters choose a block of points: a workload, bound, on one set of profiles. Within it only numbers differ,
/// each of which affects one half of the costs, or both. So a point has four keys, whole numbers, and two points that share
/// one share what it stands for.
struct SweepLayout: Sendable {
  /// Keys of a point, or what a step along an axis adds to them.
  struct Keys: Sendable, Equatable {
    /// The combination of names and parameters.
    var block = 0
    /// The combination of numbers that may change the plan.
    var plan = 0
    /// The combination of numbers that affect what the host spends.
    var host = 0
    /// The combination of numbers that affect kernels and copies.
    var device = 0

    /// So many steps more, or fewer.
    mutating func add(_ step: Keys, times count: Int) {
      block += step.block * count
      plan += step.plan * count
      host += step.host * count
      device += step.device * count
    }
  }

  /// An axis along which a number varies.
  struct NumberAxis: Sendable {
    /// Which axis.
    let index: Int
    /// What varies.
    let number: SystemNumber
    /// What follows it.
    let affects: NumberEffect
    /// Its values.
    let values: [Double]
  }

  /// How many values each axis has.
  let lengths: [Int]
  /// What a step along each axis adds to the keys.
  let steps: [Keys]
  /// How many different keys there are of each sort.
  let counts: Keys
  /// The axes of numbers.
  let numberAxes: [NumberAxis]
  /// Those of ``numberAxes`` that affect the costs of the host, and of the device.
  let hostAxes, deviceAxes: [NumberAxis]
  /// Whether blocks stay together in the order of the plan.
  let keepsBlocksTogether: Bool

  /// The layout of a plan.
  init(_ plan: SweepPlan) {
    lengths = plan.axes.map(\.values.count)
    let isHostOnly = plan.choices.accelerators.contains { $0 == nil }
    var counts = Keys(block: 1, plan: 1, host: 1, device: 1)
    var steps: [Keys] = []
    var numberAxes: [NumberAxis] = []
    func take(_ count: inout Int, _ length: Int, if isAffected: Bool) -> Int {
      guard isAffected else { return 0 }
      defer { count *= length }
      return count
    }
    for (index, axis) in plan.axes.enumerated().reversed() {
      let number = Self.number(of: axis)
      let affects = number?.affects(isHostOnly: isHostOnly) ?? []
      let length = axis.values.count
      steps.insert(
        Keys(
          block: take(&counts.block, length, if: number == nil),
          plan: take(&counts.plan, length, if: affects.contains(.plan)),
          host: take(&counts.host, length, if: affects.contains(.host)),
          device: take(&counts.device, length, if: affects.contains(.device))), at: 0)
      if let number {
        numberAxes.insert(
          NumberAxis(index: index, number: number, affects: affects, values: axis.values.map(Self.value)), at: 0)
      }
    }
    (self.counts, self.steps, self.numberAxes) = (counts, steps, numberAxes)
    hostAxes = numberAxes.filter { $0.affects.contains(.host) }
    deviceAxes = numberAxes.filter { $0.affects.contains(.device) }
    let isOfBlock = steps.map { $0.block > 0 }
    keepsBlocksTogether = zip(isOfBlock, isOfBlock.dropFirst()).allSatisfy { $0 || !$1 }
  }

  private static func number(of axis: SweepAxis) -> SystemNumber? {
    if case .number(let path) = axis.subject { SystemNumber(path: path) } else { nil }
  }

  private static func value(_ value: SweepAxis.Value) -> Double {
    if case .number(let number) = value { number } else { 0 }
  }

  /// Where a point is, and what it shares with others.
  struct Position: Sendable {
    /// The point's number.
    private(set) var point = 0
    /// Its place on each axis.
    private(set) var digits: [Int]
    /// Its keys.
    private(set) var keys = Keys()

    /// The first point.
    init(_ layout: SweepLayout) { digits = Array(repeating: 0, count: layout.lengths.count) }

    /// Goes to a point: to the next one, as an odometer does, without a division.
    ///
    /// - Complexity: O(1) on average to the next point, else O(axes).
    mutating func move(to point: Int, _ layout: SweepLayout) {
      if point == self.point + 1 {
        self.point = point
        for axis in layout.lengths.indices.reversed() {
          if digits[axis] + 1 < layout.lengths[axis] {
            digits[axis] += 1
            keys.add(layout.steps[axis], times: 1)
            return
          }
          keys.add(layout.steps[axis], times: -digits[axis])
          digits[axis] = 0
        }
      } else if point != self.point {
        self.point = point
        keys = Keys()
        var rest = point
        for axis in layout.lengths.indices.reversed() {
          (rest, digits[axis]) = rest.quotientAndRemainder(dividingBy: layout.lengths[axis])
          keys.add(layout.steps[axis], times: digits[axis])
        }
      }
    }
  }
}
