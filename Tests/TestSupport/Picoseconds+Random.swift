import Roofline

extension Picoseconds {
  /// A time of so many picoseconds, each as likely as the other.
  public static func random(in counts: ClosedRange<Int64>, using random: inout some RandomNumberGenerator) -> Picoseconds {
    Picoseconds(Int64.random(in: counts, using: &random))
  }
}
