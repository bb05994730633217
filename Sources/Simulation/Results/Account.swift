/// Integer sums that travel with a clock along the critical path, one in each lane.
///
/// In a breakdown a lane is a ``CostCategory`` and counts picoseconds; for sensitivities a lane is a profile number and
/// counts the change of the time with that number. The engine adds lanes and, where two clocks meet, keeps those of the
/// later one; it does not care what they mean.
///
/// There are as many lanes as categories, in pairs and the ninth beside them: pairs are what the vector units of every
/// processor add at once, and they ask for no more than 16-byte alignment, so that an account takes 72 bytes, and a cost 80.
public struct Account: Sendable, Equatable, BitwiseCopyable {
  private typealias Pair = SIMD2<Int64>

  private var first: Pair
  private var second: Pair
  private var third: Pair
  private var fourth: Pair
  private var ninth: Int64

  /// How many lanes there are.
  public static let laneCount = 9

  /// Nothing in any lane.
  public static let zero = Account(first: .zero, second: .zero, third: .zero, fourth: .zero, ninth: 0)

  /// A lane by its number, from 0 to 8.
  @inline(__always)
  public subscript(lane: Int) -> Int64 {
    get {
      switch lane {
      case 0, 1: first[lane]
      case 2, 3: second[lane - 2]
      case 4, 5: third[lane - 4]
      case 6, 7: fourth[lane - 6]
      default: ninth
      }
    }
    set {
      switch lane {
      case 0, 1: first[lane] = newValue
      case 2, 3: second[lane - 2] = newValue
      case 4, 5: third[lane - 4] = newValue
      case 6, 7: fourth[lane - 6] = newValue
      default: ninth = newValue
      }
    }
  }

  /// The sum in each lane; it wraps around.
  @inline(__always)
  public static func &+ (one: Account, other: Account) -> Account {
    Account(
      first: one.first &+ other.first, second: one.second &+ other.second, third: one.third &+ other.third,
      fourth: one.fourth &+ other.fourth, ninth: one.ninth &+ other.ninth)
  }

  /// The difference in each lane; it wraps around.
  @inline(__always)
  public static func &- (one: Account, other: Account) -> Account {
    Account(
      first: one.first &- other.first, second: one.second &- other.second, third: one.third &- other.third,
      fourth: one.fourth &- other.fourth, ninth: one.ninth &- other.ninth)
  }

  /// So many times each lane; it wraps around.
  @inline(__always)
  public static func &* (one: Account, count: Int64) -> Account {
    Account(
      first: one.first &* count, second: one.second &* count, third: one.third &* count,
      fourth: one.fourth &* count, ninth: one.ninth &* count)
  }

  /// Adds to each lane; it wraps around.
  @inline(__always)
  public static func &+= (one: inout Account, other: Account) { one = one &+ other }

  /// In each lane the larger.
  func greater(_ other: Account) -> Account {
    Account(
      first: pointwiseMax(first, other.first), second: pointwiseMax(second, other.second),
      third: pointwiseMax(third, other.third), fourth: pointwiseMax(fourth, other.fourth),
      ninth: Swift.max(ninth, other.ninth))
  }

  /// In each lane the smaller.
  func lesser(_ other: Account) -> Account {
    Account(
      first: pointwiseMin(first, other.first), second: pointwiseMin(second, other.second),
      third: pointwiseMin(third, other.third), fourth: pointwiseMin(fourth, other.fourth),
      ninth: Swift.min(ninth, other.ninth))
  }

  /// The sum of all lanes; it wraps around.
  public func wrappedSum() -> Int64 { (first &+ second &+ third &+ fourth).wrappedSum() &+ ninth }

  /// The smallest lane.
  public func min() -> Int64 {
    Swift.min(pointwiseMin(pointwiseMin(first, second), pointwiseMin(third, fourth)).min(), ninth)
  }

  /// The largest lane.
  public func max() -> Int64 {
    Swift.max(pointwiseMax(pointwiseMax(first, second), pointwiseMax(third, fourth)).max(), ninth)
  }
}
