import Kernels
import Roofline

extension Cost {
  /// A kernel that runs for some time, which is spent on arithmetic, memory and overhead as a model says.
  ///
  /// - Parameters:
  ///   - duration: Picoseconds; those of `time`, or of a recorded kernel that is taken to spend them alike.
  ///   - time: What a kernel waits for.
  package init(_ duration: Picoseconds, _ time: KernelTime) {
    self.init(
      duration,
      shares: [
        (.compute, time.computeShare), (.memory, time.memoryShare), (.kernelOverhead, time.overheadShare),
        (.communication, time.communication),
      ])
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
    // Of each part the end is rounded, so that no rounding is left over; behind the last share lies the end of all.
    var (sum, given): (Double, Picoseconds) = (0, .zero)
    let last = shares.lastIndex { $0.share > 0 }
    for (index, part) in shares.enumerated() {
      sum += part.share
      let rounded = Picoseconds(Int64((Double(duration.count) * (sum / total)).rounded()))
      let end = index == last ? duration : min(duration, rounded)
      guard part.share > 0 else { continue }
      account[part.category.rawValue] = max(0, (end - given).count)
      given = max(given, end)
    }
  }
}
