/// How much a host's costs scatter from call to call: most by a little, few by much.
///
/// A cost c becomes c exp(d N), and with probability q by an exponential of mean r c more: d and N the deviation and a
/// standard normal number, q the probability of a stall (an interrupt, a collection of garbage), r its mean.
package struct HostJitter: Sendable, Equatable {
  /// The standard deviation of a cost's logarithm.
  package var deviation = 0.0
  /// The share of costs that are interrupted.
  package var stallProbability = 0.0
  /// The mean of an interruption, as a share of the cost.
  package var stallMean = 0.0
  /// The standard deviation of the logarithm of all costs of a process, where several run on a host: of its cores no two are
  /// equally fast, nor equally far from a device.
  package var rankDeviation = 0.0

  /// No scatter.
  package init() {}
}
