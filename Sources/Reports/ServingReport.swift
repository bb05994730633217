import JSONText
import Kernels
import Profiles
import Roofline
import Serving
import Simulation
import Workloads

/// One load on one replica: how long requests wait, what it reaches, and where its host holds it up.
package struct ServingReport: Report {
  /// What was served, and on what.
  package let served: ServedDecoder
  /// The requests.
  package let load: ServingLoad
  /// What a request was to keep.
  package let limits: ServingLimits
  /// What came of it.
  package let result: ServingResult
  /// The largest rate that keeps the limits, if it was looked for; 0 where none does.
  package let capacityPerSecond: Double?
  /// Numbers that the user changed: path and value.
  package let overrides: [(path: String, value: Double)]

  /// A report.
  package init(
    served: ServedDecoder, load: ServingLoad, limits: ServingLimits, result: ServingResult,
    capacityPerSecond: Double? = nil, overrides: [(path: String, value: Double)] = []
  ) {
    self.served = served
    self.load = load
    self.limits = limits
    self.result = result
    self.capacityPerSecond = capacityPerSecond
    self.overrides = overrides
  }

  /// The distributions, by key and name.
  private var distributions: [(key: String, title: String, times: TimeDistribution)] {
    [
      ("ttft_ms", "time to first token", result.timeToFirstToken),
      ("tpot_ms", "time per output token", result.timePerOutputToken),
      ("itl_ms", "inter-token latency", result.interTokenLatency),
      ("latency_ms", "latency", result.latency),
    ]
  }

  // MARK: For programs

  /// All numbers.
  package var record: Record {
    var record: Record = [:]
    if let capacityPerSecond { record += ["capacity_per_s": .number(capacityPerSecond)] }
    record += counts
    record += Record(distributions.map { ($0.key, .record(Record($0.times).onOneLine)) })
    record += shares
    record += [
      "host_exposed_s": .record(exposed.onOneLine), "goodput_per_s": .number(result.goodput),
      "overloaded": .flag(result.isOverloaded), "cache_gb": .number(result.cacheBytes / 1e9),
    ]
    return record + ["inputs": .record(inputs + ["set": .record(Record(numbers: overrides).onOneLine)])]
  }

  private var counts: Record {
    [
      "requests": .count(result.requests), "duration_s": .number(result.duration.seconds),
      "request_rate_per_s": .number(result.requestsPerSecond), "tokens_per_second": .number(result.tokensPerSecond),
    ]
  }

  private var shares: Record {
    [
      "device_busy_fraction": .number(result.deviceBusyFraction),
      "host_busy_fraction": .number(result.hostBusyFraction),
      "reception_busy_fraction": .number(
        result.duration == .zero ? 0 : result.receptionBusy.fraction(of: result.duration)),
      "steps": .count(result.steps), "prompt_steps": .count(result.promptSteps),
      "preemptions": .count(result.preemptions), "largest_batch": .count(result.mostRunning),
    ]
  }

  /// Seconds in which the device waited, by what the host did.
  private var exposed: Record {
    let stages = EngineStage.loop.map { stage in
      (stage.key, Value.number((result.exposure.stages[stage] ?? 0) * 1e-12))
    }
    return Record(stages) + [
      "launch": .number(result.exposure.launch * 1e-12), "queue": .number(result.exposure.queue * 1e-12),
    ]
  }

  var inputs: Record {
    let system = served.decode
    let names: Record = [
      "decoder": .text(served.decoder.name), "accelerator": .text(system.accelerator?.name ?? "none"),
      "engine": .text(served.engine.name), "host": .text(system.host.name), "framework": .text(system.framework.name),
      "precision": .text(served.formats.activations.rawValue), "weights": .text(served.formats.weights.rawValue),
      "cache": .text(served.formats.cache.rawValue), "devices": .count(served.parallelism.devices),
      "parallelism": .text(served.parallelism.description), "interconnect": .text(system.interconnect?.name),
    ]
    return names + loadInputs + [
      "limit_ttft_ms": .number(limits.ttftMS), "limit_tpot_ms": .number(limits.tpotMS),
      "kernel_model": .text(served.kernelModel.name),
    ]
  }

  private var loadInputs: Record {
    var rate: Double?
    var places: Int?
    var shape: Double?
    var isListed = false
    switch load.arrivals {
    case .rate(let perSecond, let own): (rate, shape) = (perSecond, own)
    case .concurrency(let count): places = Int(count)
    case .listed: isListed = true
    }
    return [
      "rate": .number(rate), "burstiness": .number(shape), "concurrency": .count(places),
      "prompt": .count(isListed ? nil : Int(load.prompt.median)), "prompt_p90": .count(load.prompt.ninetieth),
      "tokens": .count(isListed ? nil : Int(load.tokens.median)), "tokens_p90": .count(load.tokens.ninetieth),
      "arriving_s": .number(isListed ? nil : load.durationSeconds), "seed": .count(isListed ? nil : Int(load.seed)),
    ]
  }

  /// One row.
  package var tables: [Table] { [Table([row])] }

  /// All numbers that a line has room for.
  var row: Record {
    var row = inputs
    if let capacityPerSecond { row += ["capacity_per_s": .number(capacityPerSecond)] }
    row += counts
    for (key, _, times) in distributions {
      row += Record(Record(times).members.map { ("\(key.dropLast(3))_\($0.key)_ms", $0.value) })
    }
    row += shares + ["goodput_per_s": .number(result.goodput), "overloaded": .flag(result.isOverloaded)]
    return row + Record(exposed.members.map { ("host_exposed_\($0.key)_s", $0.value) })
  }

  // MARK: For people

  /// A few lines and tables to read.
  package var blocks: [ReportBlock] {
    [
      .paragraphs([answerText], indent: 2),
      .lines(systemLines), .table(times),
      .table(host, title: "the device waits for the host"), .paragraphs([stepText, cacheText]),
    ]
  }

  /// What is served, on what.
  var systemLines: [String] { [servedText, systemText] + served.decode.connectionText }

  private var answerText: String {
    if result.requests == 0, capacityPerSecond == nil {
      return "no request arrives in this time: it is too short for the rate"
    }
    func milliseconds(_ time: Double?) -> String { time.map { NumberFormat.time(picoseconds: Int64($0 * 1e9)) } ?? "-" }
    let first = milliseconds(result.timeToFirstToken.quantile(0.5))
    let last = milliseconds(result.timeToFirstToken.quantile(0.99))
    let next = milliseconds(result.timePerOutputToken.mean)
    let rate = NumberFormat.significant(result.tokensPerSecond, digits: 3)
    var text =
      "first token after \(first) (1 in 100 later than \(last)), each further one \(next), \(rate) tokens a second; the device "
      + "works \(NumberFormat.percent(result.deviceBusyFraction)) of the time"
    if let capacityPerSecond {
      let capacity = NumberFormat.significant(capacityPerSecond, digits: 3)
      text = capacityPerSecond > 0 ? "up to \(capacity) requests a second: " + text : "no rate keeps the limits"
    }
    return text
  }

  private var servedText: String {
    let formats = served.formats
    var precision = formats.activations.rawValue
    if formats.weights != formats.activations { precision += ", weights \(formats.weights.rawValue)" }
    if formats.cache != formats.activations { precision += ", cache \(formats.cache.rawValue)" }
    return "\(served.decoder.title), \(precision); \(load.text)"
  }

  private var systemText: String {
    let system = served.decode
    let devices = system.acceleratorText ?? "the host alone"
    return "\(served.engine.title) \(served.engine.version) on \(devices), fed by \(system.host.title)"
  }

  private var times: Table {
    Table(
      distributions,
      [
        Column("") { .text($0.title) },
        Column("mean", unit: "ms", .fixed(2)) { .number($0.times.mean) },
        Column("p50", unit: "ms", .fixed(2)) { .number($0.times.quantile(0.5)) },
        Column("p90", unit: "ms", .fixed(2)) { .number($0.times.quantile(0.9)) },
        Column("p99", unit: "ms", .fixed(2)) { .number($0.times.quantile(0.99)) },
      ])
  }

  private var host: Table {
    let whole = result.duration.seconds
    return Table(
      exposed.members.map { (name: $0.key, seconds: $0.value.number ?? 0) },
      [
        Column("while it") { .text(Self.words[$0.name] ?? $0.name) },
        Column("time", unit: "s", .fixed(2)) { .number($0.seconds) },
        Column("of all", .share(1)) { .number(whole > 0 ? $0.seconds / whole : 0) },
        Column("a step", unit: "us", .fixed(1)) { [steps = result.steps] part in
          .number(steps > 0 ? part.seconds * 1e6 / Double(steps) : 0)
        },
      ])
  }

  private static let words = [
    "schedule": "schedules", "prepare": "prepares inputs", "sample": "samples", "process": "processes output",
    "launch": "launches", "queue": "receives",
  ]

  private var stepText: String {
    let steps = NumberFormat.integer(Int(result.steps))
    let prompts = NumberFormat.integer(Int(result.promptSteps))
    let mean = result.steps == 0 ? 0 : Double(result.outputTokens) / Double(result.steps)
    var text =
      "\(NumberFormat.integer(Int(result.requests))) requests in \(steps) steps, \(prompts) of them with prompts; "
    text += "\(NumberFormat.significant(mean, digits: 3)) tokens a step, \(result.mostRunning) requests at most"
    if !limits.isEmpty {
      text += "; \(NumberFormat.significant(result.goodput, digits: 3)) requests a second within the limits"
    }
    return text
  }

  private var cacheText: String {
    let means = result.series.means(until: result.duration)
    let most = means.map(\.interval.cache).max() ?? 0
    var text = "\(NumberFormat.significant(result.cacheBytes / 1e9, digits: 3)) GB of cache, at most "
    text += "\(NumberFormat.percent(most)) of it taken; \(NumberFormat.integer(Int(result.preemptions))) preemptions"
    return text
  }

  /// The distributions, and the replica over time.
  package var figures: [Figure] {
    [.servingDistributions([("", result)]), .servingSeries(result), .servingWindow(result, of: "")].compactMap { $0 }
  }
}

extension Record {
  /// Mean and percentiles, milliseconds.
  fileprivate init(_ times: TimeDistribution) {
    self = [
      "mean": .number(times.mean), "p50": .number(times.quantile(0.5)), "p90": .number(times.quantile(0.9)),
      "p99": .number(times.quantile(0.99)),
    ]
  }
}

extension ServingLoad.Length {
  /// Half of them are at most so long.
  var median: Int64 {
    switch self {
    case .fixed(let length): length
    case .logNormal(let median, _): median
    }
  }

  /// Nine of ten are at most so long; nil where all are alike.
  var ninetieth: Int? {
    switch self {
    case .fixed: nil
    case .logNormal(_, let ninetieth): Int(ninetieth)
    }
  }

  fileprivate var text: String {
    switch self {
    case .fixed(let length): NumberFormat.integer(Int(length))
    case .logNormal(let median, let ninetieth):
      "\(NumberFormat.integer(Int(median))) (p90 \(NumberFormat.integer(Int(ninetieth))))"
    }
  }
}

extension ServingLoad {
  /// The load in words.
  var text: String {
    let lengths = "prompts of \(prompt.text), \(tokens.text) tokens"
    let time = "for \(NumberFormat.significant(durationSeconds, digits: 3)) s"
    switch arrivals {
    case .rate(let perSecond, _):
      return "\(NumberFormat.significant(perSecond, digits: 3)) requests a second \(time), \(lengths)"
    case .concurrency(let places):
      return "\(NumberFormat.integer(Int(places))) requests in flight \(time), \(lengths)"
    case .listed(let requests): return "\(NumberFormat.integer(requests.count)) requests of a file"
    }
  }
}
