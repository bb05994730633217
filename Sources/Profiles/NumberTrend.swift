/// How a number moves from one generation of hardware to the next.
package enum NumberTrend: Sendable, Equatable {
  /// It stays as it is.
  case none
  /// It has a trend of its own, without which nothing can be projected.
  case leading
  /// It has a trend of its own where the history tells one.
  case fitted
  /// The same; where the history tells none, it keeps its ratio to the number at another path.
  case fittedOrFollowing(String)
  /// It keeps its ratio to a product of numbers at other paths over a product of others.
  case following(_ product: [String], over: [String])
}
