import Profiles
import Roofline
import Simulation

/// A request to a served decoder: when it arrives, and how long it is.
package struct ServedRequest: Sendable, Equatable {
  /// Its place in the order of arrival.
  package var number: Int
  /// When it arrives.
  package var arrival: Picoseconds
  /// Tokens of its prompt, at least 1.
  package var prompt: Int64
  /// Tokens generated for it, at least 1.
  package var tokens: Int64

  /// A request.
  package init(number: Int = 0, arrival: Picoseconds, prompt: Int64, tokens: Int64) {
    self.number = number
    self.arrival = arrival
    self.prompt = prompt
    self.tokens = tokens
  }
}

/// Which requests arrive at a replica, and when.
package struct ServingLoad: Sendable {
  /// When they arrive.
  package enum Arrivals: Sendable {
    /// At random: the times between two follow a gamma distribution of this shape. Shape 1 is a Poisson process, and
    /// below it they come in bursts.
    case rate(perSecond: Double, shape: Double = 1)
    /// So many are always in flight: whoever has its last token is followed by the next.
    case concurrency(Int64)
    /// As listed, in the order of arrival.
    case listed([ServedRequest])
  }

  /// How long prompts or answers are, tokens.
  package enum Length: Sendable, Hashable {
    /// All alike.
    case fixed(Int64)
    /// Log-normal, by its median and 90th percentile.
    case logNormal(median: Int64, ninetieth: Int64)

    /// The longest that is drawn.
    static let longest: Int64 = 10_000_000

    /// What is hardly ever exceeded: log-normal lengths go on for as far beyond the 90th percentile again, and twice.
    fileprivate var longestUsual: Int64 {
      switch self {
      case .fixed(let length): return length
      case .logNormal(let median, let ninetieth):
        let ratio = Double(ninetieth) / Double(median)
        return Int64(min(Double(Self.longest), Double(ninetieth) * ratio * ratio))
      }
    }

    func draw(_ random: inout RandomSource) -> Int64 {
      switch self {
      case .fixed(let length): return length
      case .logNormal(let median, let ninetieth):
        let drawn = random.logNormal(median: Double(median), ninetieth: Double(ninetieth)).rounded()
        return Int64(max(1, min(Double(Self.longest), drawn)))
      }
    }
  }

  /// When requests arrive.
  package var arrivals: Arrivals
  /// How long prompts are.
  package var prompt: Length
  /// How many tokens are generated.
  package var tokens: Length
  /// For how long requests arrive, seconds; those in flight are finished.
  package var durationSeconds: Double
  /// What draws times and lengths.
  package var seed: UInt64

  /// A load.
  package init(
    arrivals: Arrivals, prompt: Length = .fixed(1024), tokens: Length = .fixed(256), durationSeconds: Double = 60,
    seed: UInt64 = 1
  ) {
    self.arrivals = arrivals
    self.prompt = prompt
    self.tokens = tokens
    self.durationSeconds = durationSeconds
    self.seed = seed
  }

  /// The most tokens that a request will have, prompt and generated ones: of drawn lengths what one in 10^5 exceeds.
  package var longest: Int64 {
    if case .listed(let requests) = arrivals { return requests.map { $0.prompt + $0.tokens }.max() ?? 1 }
    return prompt.longestUsual + tokens.longestUsual
  }
}

/// Requests in the order of arrival, drawn one by one: a load of any length takes no memory.
///
/// The n-th request has the same lengths at any rate, and its arrival is the n-th sum of the same numbers, divided by the
/// rate: loads that differ in their rate are compared on common random numbers.
struct RequestStream {
  private let load: ServingLoad
  private let end: Picoseconds
  private var gaps: RandomSource
  private var prompts: RandomSource
  private var answers: RandomSource
  /// Of gaps with mean 1.
  private var gapSum = 0.0
  private var count = 0
  private var upcoming: ServedRequest?
  /// Of a closed loop: when places became free, in order.
  private var freed = WaitingLine<Picoseconds>()

  init(_ load: ServingLoad) {
    self.load = load
    end = Picoseconds(costInSeconds: load.durationSeconds)
    gaps = RandomSource(seed: load.seed, stream: 0)
    prompts = RandomSource(seed: load.seed, stream: 1)
    answers = RandomSource(seed: load.seed, stream: 2)
    if case .concurrency(let places) = load.arrivals {
      freed = WaitingLine(Array(repeating: .zero, count: Int(places)))
    }
    advance()
  }

  /// When the next request arrives; nil where none is known to.
  var nextArrival: Picoseconds? { upcoming?.arrival }

  /// How many have arrived.
  private(set) var arrived = 0

  /// Takes the next request.
  mutating func take() -> ServedRequest? {
    guard let request = upcoming else { return nil }
    arrived += 1
    advance()
    return request
  }

  /// Says that a request has its last token.
  mutating func finish(at time: Picoseconds) {
    guard case .concurrency = load.arrivals else { return }
    freed.append(time)
    if upcoming == nil { advance() }
  }

  private mutating func advance() {
    upcoming = nil
    switch load.arrivals {
    case .listed(let requests):
      if count < requests.count { upcoming = requests[count] }
    case .rate(let perSecond, let shape):
      gapSum += gaps.gamma(shape: shape)
      let time = gapSum / perSecond
      if time < load.durationSeconds { upcoming = draw(at: Picoseconds(costInSeconds: time)) }
    case .concurrency:
      guard let time = freed.first, time < end else { return }
      freed.take()
      upcoming = draw(at: time)
    }
    count += 1
    upcoming?.number = count - 1
  }

  private mutating func draw(at time: Picoseconds) -> ServedRequest {
    ServedRequest(arrival: time, prompt: load.prompt.draw(&prompts), tokens: load.tokens.draw(&answers))
  }
}
