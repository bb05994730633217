import Kernels
import Roofline

extension Cost {
  /// A kernel that runs for some time, which is spent on arithmetic, memory and overhead as a model says.
  ///
  /// - Parameters:
  ///   - duration: Picoseconds; those of `time`, or of a recorded kernel that is taken to spend them alike.
  ///   - time: What a kernel waits for.
  package init(_ duration: Picoseconds, _ time: KernelTime) { self.init(duration, time.shares) }

  /// A kernel of whose time it is known what it is spent on.
  package init(_ duration: Picoseconds, _ shares: KernelTime.Shares) {
    // The shares stand here one by one: a list of them would be allocated, for every kernel of every point of a sweep.
    let (compute, memory, overhead) = (shares.compute, shares.memory, shares.overhead)
    let communication = shares.communication
    let total = compute + memory + overhead + communication
    self.init(duration: duration, account: .zero)
    guard total > 0, total.isFinite else {
      account[CostCategory.compute.rawValue] = duration.count
      return
    }
    var division = Division(duration, total)
    division.add(compute, .compute, isLast: memory <= 0 && overhead <= 0 && communication <= 0, to: &account)
    division.add(memory, .memory, isLast: overhead <= 0 && communication <= 0, to: &account)
    division.add(overhead, .kernelOverhead, isLast: communication <= 0, to: &account)
    division.add(communication, .communication, isLast: true, to: &account)
  }

  /// A duration that is split among categories in the ratio of their shares; their parts sum to it exactly.
  ///
  /// A share of nothing gets nothing; where all are nothing, the first gets everything.
  ///
  /// - Parameters:
  ///   - duration: How long it takes; not negative.
  ///   - shares: Not negative, of any unit; at least one, each category once.
  package init(_ duration: Picoseconds, shares: [(category: CostCategory, share: Double)]) {
    self.init(duration: duration, account: .zero)
    let total = shares.reduce(0) { $0 + $1.share }
    guard total > 0, total.isFinite else {
      account[(shares.first?.category ?? .kernelOverhead).rawValue] = duration.count
      return
    }
    var division = Division(duration, total)
    let last = shares.lastIndex { $0.share > 0 }
    for (index, part) in shares.enumerated() {
      division.add(part.share, part.category, isLast: index == last, to: &account)
    }
  }

  /// A duration that is divided part by part.
  ///
  /// Of each part the end is rounded, so that no rounding is left over; behind the last share lies the end of all.
  private struct Division {
    private let duration: Picoseconds
    private let total: Double
    private var sum = 0.0
    private var given = Picoseconds.zero

    init(_ duration: Picoseconds, _ total: Double) {
      self.duration = duration
      self.total = total
    }

    mutating func add(_ share: Double, _ category: CostCategory, isLast: Bool, to account: inout Account) {
      sum += share
      guard share > 0 else { return }
      let rounded = Picoseconds(Int64((Double(duration.count) * (sum / total)).rounded()))
      let end = isLast ? duration : min(duration, rounded)
      account[category.rawValue] = max(0, (end - given).count)
      given = max(given, end)
    }
  }
}
