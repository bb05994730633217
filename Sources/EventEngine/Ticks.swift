/// Simulated time: a whole number of the caller's smallest unit, counted from the start of the run.
///
/// Integers make the clock exact and its sums associative, so the same model gives the same bytes on any machine and
/// any number of threads. The engine does not know the unit; the simulator counts picoseconds, which leaves room for
/// 106 days of simulated time.
public typealias Ticks = Int64
