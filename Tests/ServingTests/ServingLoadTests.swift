import Roofline
import Simulation
import Testing

@testable import Serving

/// When requests arrive, and how long they are.
@Suite struct ServingLoadTests {
  static func requests(_ load: ServingLoad) -> [ServedRequest] {
    var stream = RequestStream(load)
    var requests: [ServedRequest] = []
    while let request = stream.take() { requests.append(request) }
    return requests
  }

  @Test(arguments: [0.25, 1, 4, 1000])
  func `gaps have their mean and their spread`(shape: Double) {
    let load = ServingLoad(arrivals: .rate(perSecond: 10, shape: shape), durationSeconds: 5_000)
    let times = Self.requests(load).map(\.arrival.seconds)
    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    #expect(abs(mean * 10 - 1) < 0.03)
    #expect(abs(variance / (mean * mean) * shape - 1) < 0.1)
    #expect(times.allSatisfy { $0 < 5_000 } && times == times.sorted())
  }

  @Test func `lengths have their median and 90th percentile`() {
    let load = ServingLoad(
      arrivals: .rate(perSecond: 100), prompt: .logNormal(median: 500, ninetieth: 2_000), durationSeconds: 500)
    let lengths = Self.requests(load).map(\.prompt).sorted()
    #expect(abs(Double(lengths[lengths.count / 2]) / 500 - 1) < 0.03)
    #expect(abs(Double(lengths[lengths.count * 9 / 10]) / 2_000 - 1) < 0.03)
  }

  @Test func `the n-th request is as long at any rate, and comes sooner at a higher one`() {
    func load(_ rate: Double) -> ServingLoad {
      ServingLoad(
        arrivals: .rate(perSecond: rate), prompt: .logNormal(median: 10, ninetieth: 90), durationSeconds: 100, seed: 4)
    }
    let (slow, fast) = (Self.requests(load(1)), Self.requests(load(2)))
    #expect(fast.count > slow.count)
    for (one, other) in zip(slow, fast) {
      #expect(one.prompt == other.prompt)
      #expect(abs(one.arrival.seconds - 2 * other.arrival.seconds) < 1e-9)
    }
  }

  @Test func `one comes when another has its last token, until the time is over`() {
    var stream = RequestStream(ServingLoad(arrivals: .concurrency(2), durationSeconds: 1))
    #expect(stream.take()?.arrival == .zero)
    #expect(stream.take()?.arrival == .zero)
    #expect(stream.take() == nil)
    stream.finish(at: Picoseconds(900_000_000_000))
    #expect(stream.take()?.arrival == Picoseconds(900_000_000_000))
    stream.finish(at: Picoseconds(1_000_000_000_000))
    #expect(stream.take() == nil)
  }
}

/// Who waits.
@Suite struct WaitingLineTests {
  @Test func `who comes first is first, whatever is taken and added between`() {
    var random = RandomSource(seed: 3)
    var (line, plain) = (WaitingLine<Int>(), [Int]())
    for number in 0..<5_000 {
      if Bool.random(using: &random) {
        line.append(number)
        plain.append(number)
      } else {
        #expect(line.take() == (plain.isEmpty ? nil : plain.removeFirst()))
      }
      #expect(line.count == plain.count && line.first == plain.first)
    }
  }

  @Test func `one that is inserted stands behind its equals`() {
    var line = WaitingLine([(1, "a"), (3, "b")])
    for entry in [(3, "c"), (2, "d"), (0, "e")] { line.insert(entry) { $0.0 < $1.0 } }
    var names = ""
    while let entry = line.take() { names += entry.1 }
    #expect(names == "eadbc")
  }
}

/// Times by the million.
@Suite struct TimeDistributionTests {
  @Test func `quantiles are within a thousandth of the sorted times`() throws {
    var random = RandomSource(seed: 6)
    var (distribution, times) = (TimeDistribution(), [Double]())
    for _ in 0..<10_001 {
      let time = Picoseconds(Int64(random.logNormal(median: 1e9, ninetieth: 1e11)))
      distribution.add(time)
      times.append(time.milliseconds)
    }
    times.sort()
    for share in [0.01, 0.5, 0.9, 0.99, 1] {
      let rank = max(1, Int((Double(times.count) * share).rounded(.up)))
      let quantile = try #require(distribution.quantile(share))
      #expect(abs(quantile / times[rank - 1] - 1) < 0.001)
    }
    let mean = times.reduce(0, +) / Double(times.count)
    #expect(abs(try #require(distribution.mean) / mean - 1) < 1e-9)
  }

  @Test func `equal times are exact, and none have no quantile`() throws {
    var distribution = TimeDistribution()
    #expect(distribution.mean == nil && distribution.quantile(0.5) == nil && distribution.curve().isEmpty)
    distribution.add(Picoseconds(123_456_789), times: 5)
    let median = try #require(distribution.quantile(0.5))
    #expect(abs(median - 0.123456789) < 1e-15)
    #expect(distribution.count == 5)
    distribution.add(.zero)
    #expect(distribution.quantile(0.01) == 0)
  }

  /// Of a thousand intervals every two are one: what is added up stays.
  @Test func `intervals are joined, and their means stay`() {
    var series = ServingSeries()
    let step = Picoseconds(1_500_000_000)
    var now = Picoseconds.zero
    for number in 0..<1_000 {
      series.add(from: now, to: now + step, running: number, waiting: 2, cache: 0.5)
      now += step
    }
    let means = series.means(until: now)
    #expect(means.count <= 512 && means.count > 200)
    #expect(means.allSatisfy { abs($0.interval.waiting - 2) < 1e-9 && abs($0.interval.cache - 0.5) < 1e-9 })
    let width = series.width.seconds
    let whole = means.enumerated().reduce(0.0) { sum, entry in
      let length = min(now.seconds, Double(entry.offset + 1) * width) - Double(entry.offset) * width
      return sum + entry.element.interval.running * length
    }
    #expect(abs(whole / now.seconds - 499.5) < 1e-6)
  }
}
