/// Integer sums that travel with a clock along the critical path, one in each lane.
///
/// In a breakdown a lane is a ``CostCategory`` and counts picoseconds; for sensitivities a lane is a profile number and
/// counts the change of the time with that number. The engine adds lanes and, where two clocks meet, keeps those of the
/// later one; it does not care what they mean.
///
/// There are as many lanes as categories. Eight lie in one vector and the ninth beside it: a vector of sixteen takes twice
/// as long, and every event and every launch adds accounts.
public struct Account: Sendable, Equatable, BitwiseCopyable {
  private var vector: SIMD8<Int64>
  private var ninth: Int64

  @inline(__always)
  private init(_ vector: SIMD8<Int64>, _ ninth: Int64) {
    self.vector = vector
    self.ninth = ninth
  }

  /// How many lanes there are.
  public static let laneCount = 9

  /// Nothing in any lane.
  public static let zero = Account(.zero, 0)

  /// A lane by its number, from 0 to 8.
  @inline(__always)
  public subscript(lane: Int) -> Int64 {
    get { lane == 8 ? ninth : vector[lane] }
    set {
      if lane == 8 { ninth = newValue } else { vector[lane] = newValue }
    }
  }

  /// The sum in each lane; it wraps around.
  @inline(__always)
  public static func &+ (one: Account, other: Account) -> Account {
    Account(one.vector &+ other.vector, one.ninth &+ other.ninth)
  }

  /// The difference in each lane; it wraps around.
  @inline(__always)
  public static func &- (one: Account, other: Account) -> Account {
    Account(one.vector &- other.vector, one.ninth &- other.ninth)
  }

  /// So many times each lane; it wraps around.
  @inline(__always)
  public static func &* (one: Account, count: Int64) -> Account {
    Account(one.vector &* count, one.ninth &* count)
  }

  /// Adds to each lane; it wraps around.
  @inline(__always)
  public static func &+= (one: inout Account, other: Account) { one = one &+ other }

  /// In each lane the larger.
  func greater(_ other: Account) -> Account {
    Account(vector.replacing(with: other.vector, where: vector .< other.vector), Swift.max(ninth, other.ninth))
  }

  /// In each lane the smaller.
  func lesser(_ other: Account) -> Account {
    Account(vector.replacing(with: other.vector, where: vector .> other.vector), Swift.min(ninth, other.ninth))
  }

  /// The sum of all lanes; it wraps around.
  public func wrappedSum() -> Int64 { vector.wrappedSum() &+ ninth }

  /// The smallest lane.
  public func min() -> Int64 { Swift.min(vector.min(), ninth) }

  /// The largest lane.
  public func max() -> Int64 { Swift.max(vector.max(), ninth) }
}
