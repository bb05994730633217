import Profiles
import Roofline
import Simulation

/// What a pass would take by other figures of the numbers whose sources contradict each other.
package struct FigureSpread: Sendable {
  /// The latency by some figures over that by the stated ones, the shortest first.
  package let ratios: [Double]
  /// Of how many numbers sources have figures that give different latencies.
  package let numberCount: Int

  /// How many samples there are.
  static let sampleCount = 32

  /// Simulates a pass by figures from the smallest to the largest.
  ///
  /// Nil where no sources contradict each other on what the latency depends on, or no pass can be simulated. Each number
  /// takes the middles of 32 equal parts of its range, each once, the first number in their order and the others in orders
  /// drawn by lot: a Latin hypercube (McKay, Beckman, Conover, Technometrics 1979).
  ///
  /// - Parameters:
  ///   - scenario: What is simulated.
  ///   - plan: Its plan.
  package init?(_ scenario: Scenario, _ plan: ProgramPlan) {
    let all = ContestedNumbers(scenario.system)
    guard !all.isEmpty else { return nil }
    var pricer = PassPricer(scenario, plan)
    guard let stated = try? pricer.time().latency.seconds, stated > 0 else { return nil }
    let contested = all.filter { number in
      [0, 1].contains { place in
        var other = pricer
        other.set(number.number, to: number.scaled(number.value, by: number.range.factor(at: place)))
        other.update([.host, .device])
        return (try? other.time().latency.seconds) != stated
      }
    }
    guard !contested.isEmpty else { return nil }
    let orders = contested.numbers.indices.map { index -> [Int] in
      var random = RandomSource(seed: UInt64(index))
      let parts = Array(0..<Self.sampleCount)
      return index == 0 ? parts : parts.shuffled(using: &random)
    }
    var ratios: [Double] = []
    for sample in 0..<Self.sampleCount {
      let factors = zip(contested.numbers, orders).map { number, order in
        number.range.factor(at: (Double(order[sample]) + 0.5) / Double(Self.sampleCount))
      }
      contested.set(factors, in: &pricer)
      pricer.update([.host, .device])
      guard let latency = try? pricer.time().latency.seconds else { continue }
      ratios.append(latency / stated)
    }
    guard !ratios.isEmpty else { return nil }
    self.ratios = ratios.sorted()
    numberCount = contested.numbers.count
  }

  /// The factors that a share of measurements lies between, where both the figures and the model are uncertain: as far below as
  /// above, of 0.9 those of 5 and of 95 percent.
  ///
  /// - Parameters:
  ///   - coverage: The share.
  ///   - errors: The model's own errors.
  ///   - regime: What sets the latency.
  /// - Returns: ln(measured / predicted).
  func logarithms(_ coverage: Double, _ errors: ErrorBand, _ regime: LatencyRegime) -> ClosedRange<Double> {
    let parts = 100
    let own = (0..<parts).map { errors.error((Double($0) + 0.5) / Double(parts), regime) }
    let all = ratios.flatMap { ratio in own.map { ratio.logarithm + $0 } }.sorted()
    let tail = (1 - coverage) / 2
    let low = ErrorSummary.quantile(all, tail)
    return low...max(low, ErrorSummary.quantile(all, 1 - tail))
  }
}
