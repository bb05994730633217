import JSONText
import Kernels
import Profiles
import Roofline
import Serving
import Simulation
import Workloads

/// One generation: what the first token takes, each further one, and what both are spent on.
package struct GenerationReport: Report {
  /// What was served, and on what.
  package let served: ServedDecoder
  /// What came out.
  package let generation: Generation
  /// How tokens are guessed ahead, if they are.
  package let speculation: SpeculationResult?
  /// Numbers that the user changed: path and value.
  package let overrides: [(path: String, value: Double)]

  /// A report.
  package init(
    served: ServedDecoder, generation: Generation, speculation: SpeculationResult? = nil,
    overrides: [(path: String, value: Double)] = []
  ) {
    self.served = served
    self.generation = generation
    self.speculation = speculation
    self.overrides = overrides
  }

  private var load: GenerationLoad { generation.load }
  private var decode: StepSum { generation.decode }

  // MARK: For programs

  /// All numbers; each breakdown sums to its latency.
  package var record: Record {
    var record: Record = [
      "time_to_first_token_us": .time(generation.timeToFirstToken),
      "time_per_output_token_us": .number(timePerOutputTokenUS), "latency_us": .number(latencyUS),
      "tokens_per_second": .number(tokensPerSecond),
      "prefill": .record(Record(sum: generation.prefill)), "decode": .record(Record(mean: decode)),
    ]
    if let speculation { record += ["speculation": .record(speculation.record.onOneLine)] }
    record += ["memory": .record(memory), "requests": .count(load.batch)]
    record += [
      "largest": .record(largest.onOneLine),
      "smallest_devices": .count(generation.smallestDevices.map { Int($0) }),
    ]
    return record + ["inputs": .record(inputs + ["set": .record(Record(numbers: overrides).onOneLine)])]
  }

  var timePerOutputTokenUS: Double { speculation?.timePerTokenUS ?? generation.timePerOutputTokenUS }

  var latencyUS: Double {
    generation.prefill.latency.microseconds + timePerOutputTokenUS * Double(decode.steps)
  }

  var tokensPerSecond: Double { latencyUS > 0 ? Double(load.outputTokens) / latencyUS * 1e6 : 0 }

  private var memory: Record {
    let memory = generation.memory
    let record: Record = [
      "weights_gb": .number(memory.weightBytes / 1e9), "cache_gb": .number(memory.cacheBytes / 1e9),
      "activations_gb": .number(memory.activationBytes / 1e9), "graphs_gb": .number(memory.graphBytes / 1e9),
      "required_gb": .number(memory.requiredBytes / 1e9),
      "capacity_gb": .number(memory.capacityBytes.map { $0 / 1e9 }),
      "usable_gb": .number(memory.usableBytes.map { $0 / 1e9 }), "fits": .flag(memory.fits),
    ]
    return record.onOneLine
  }

  private var largest: Record {
    let memory = generation.memory
    return [
      "batch": .count(memory.largestBatch.map { Int($0) }),
      "context": .count(memory.largestContext.map { Int($0) }),
    ]
  }

  var inputs: Record {
    let system = served.decode
    let mean = load.promptTokens / load.batch
    return [
      "decoder": .text(served.decoder.name), "accelerator": .text(system.accelerator?.name ?? "none"),
      "engine": .text(served.engine.name), "host": .text(system.host.name),
      "framework": .text(system.framework.name), "prefill_framework": .text(served.prefill.framework.name),
      "precision": .text(served.formats.activations.rawValue), "weights": .text(served.formats.weights.rawValue),
      "cache": .text(served.formats.cache.rawValue), "batch": .count(load.batch), "prompt": .count(mean),
      "tokens": .count(load.tokens), "devices": .count(served.parallelism.devices),
      "parallelism": .text(served.parallelism.description), "interconnect": .text(served.decode.interconnect?.name),
      "kernel_model": .text(served.kernelModel.name),
    ]
  }

  /// One row.
  package var tables: [Table] { [Table([row])] }

  /// All numbers that a line has room for.
  var row: Record {
    var row =
      inputs + [
        "time_to_first_token_us": .time(generation.timeToFirstToken),
        "time_per_output_token_us": .number(timePerOutputTokenUS), "latency_us": .number(latencyUS),
        "tokens_per_second": .number(tokensPerSecond),
        "prefill_device_busy_us": .time(generation.prefill.deviceBusy),
        "prefill_framework_tax_fraction": .number(generation.prefill.frameworkTaxFraction),
      ]
    let mean = Record(mean: decode)
    row += Record(mean.members.filter { $0.key != "breakdown_us" }.map { ("decode_" + $0.key, $0.value) })
    row += Record(meanBreakdown: decode, ending: "_us")
    row += ["required_gb": .number(generation.memory.requiredBytes / 1e9), "fits": .flag(generation.memory.fits)]
    return row
  }

  // MARK: For people

  /// How long a step takes, and what the host costs of it; nil where only a first token is generated.
  package var finding: String? {
    guard decode.steps > 0, let accelerator = served.decode.accelerator else { return nil }
    let step = NumberFormat.time(picoseconds: decode.latency.count / decode.steps)
    let devices = served.parallelism.devices > 1 ? "\(served.parallelism.devices) " : ""
    let misfit = generation.memory.fits ? "" : ", whose memory it does not fit"
    return
      "A step of \(served.decoder.title) at batch \(load.batch) takes \(step) on \(devices)\(accelerator.title)\(misfit); "
      + "the host costs \(NumberFormat.percent(decode.frameworkTaxFraction, decimals: 0)) of it."
  }

  /// A few lines and tables to read.
  package var blocks: [ReportBlock] {
    [
      .paragraphs([answerText], indent: 2),
      .lines([servedText, systemText] + served.decode.connectionText + speculationText), .table(times),
      .table(breakdown), .lines([caseText, memoryText]),
    ]
  }

  private var answerText: String {
    let first = NumberFormat.time(picoseconds: generation.timeToFirstToken.count)
    guard decode.steps > 0 else { return "the first token after \(first)" }
    let next = NumberFormat.time(picoseconds: Int64(timePerOutputTokenUS * 1e6))
    let rate = NumberFormat.significant(tokensPerSecond, digits: 3)
    let all = NumberFormat.time(picoseconds: Int64(latencyUS * 1e6))
    return "first token after \(first), each further one \(next), all after \(all): \(rate) tokens a second; "
      + "the host costs \(NumberFormat.percent(decode.frameworkTaxFraction)) of a step"
  }

  var servedText: String {
    let formats = served.formats
    var precision = formats.activations.rawValue
    if formats.weights != formats.activations { precision += ", weights \(formats.weights.rawValue)" }
    if formats.cache != formats.activations { precision += ", cache \(formats.cache.rawValue)" }
    let lengths =
      load.groups.count == 1
      ? "prompt \(NumberFormat.integer(Int(load.promptTokens / load.batch))), tokens \(NumberFormat.integer(Int(load.tokens)))"
      : "\(NumberFormat.integer(Int(load.promptTokens))) prompt tokens in all"
    return "\(served.decoder.title) (batch \(load.batch), \(lengths)), \(precision)"
  }

  var systemText: String {
    let system = served.decode
    let devices = system.acceleratorText ?? "the host alone"
    return "\(served.engine.title) \(served.engine.version) on \(devices), fed by \(system.host.title)"
  }

  private var speculationText: [String] { speculation.map { [$0.text] } ?? [] }

  /// What the prompt and a step over next tokens are spent on.
  package var figures: [Figure] { [.generation(generation, of: servedText, breakdown)] }

  private typealias Part = (name: String, prefill: Double, decode: Double, style: TextStyle?)

  private var times: Table {
    table(
      "",
      [
        ("latency", us(generation.prefill.latency), mean(decode.latency), .bold),
        ("device busy", us(generation.prefill.deviceBusy), mean(decode.deviceBusy), nil),
        ("framework tax", us(generation.prefill.frameworkTax), mean(decode.frameworkTax), nil),
      ])
  }

  private var breakdown: Table {
    let used = CostCategory.allCases.filter { generation.prefill.time(in: $0) != 0 || decode.time(in: $0) != 0 }
    return table(
      "critical path",
      used.map { ($0.title, us(generation.prefill.time(in: $0)), mean(decode.time(in: $0)), nil) })
  }

  private func table(_ title: String, _ parts: [Part]) -> Table {
    Table(
      parts,
      [
        Column(title) { .text($0.name, $0.style) },
        Column("prefill", unit: "us", .fixed(1)) { .number($0.prefill, $0.style) },
        Column("a step", unit: "us", .fixed(1)) { .number($0.decode, $0.style) },
        Column("share", .share(1)) { [latency = mean(decode.latency)] part in
          .number(latency == 0 ? 0 : part.decode / latency, part.style)
        },
      ])
  }

  private func us(_ time: Picoseconds) -> Double { time.microseconds }

  private func mean(_ time: Picoseconds) -> Double {
    decode.steps == 0 ? 0 : time.microseconds / Double(decode.steps)
  }

  private var caseText: String {
    guard decode.steps > 0 else { return "nothing is generated after the first token" }
    let launches = decode.steps == 0 ? 0 : decode.launches / decode.steps
    let host = NumberFormat.time(picoseconds: decode.steps == 0 ? 0 : decode.hostBusy.count / decode.steps)
    return "a step is \(decode.bound.rawValue): \(NumberFormat.integer(Int(launches))) kernels, host \(host), device "
      + NumberFormat.time(picoseconds: decode.steps == 0 ? 0 : decode.deviceBusy.count / decode.steps)
  }

  private var memoryText: String {
    let memory = generation.memory
    func gigabytes(_ bytes: Double) -> String { NumberFormat.significant(bytes / 1e9, digits: 3) }
    let parts = "\(gigabytes(memory.weightBytes)) GB of weights, \(gigabytes(memory.cacheBytes)) of cache"
    guard let capacity = memory.usableBytes else { return parts }
    let fit = memory.fits ? "" : ", which it does not fit"
    var text =
      "\(parts), \(gigabytes(memory.requiredBytes)) of \(NumberFormat.shortest(capacity / 1e9)) GB in all\(fit)"
    if let batch = memory.largestBatch, let context = memory.largestContext {
      text += "; up to batch \(NumberFormat.integer(Int(batch))), or \(NumberFormat.integer(Int(context))) tokens each"
    }
    return text
  }
}

extension Record {
  /// What steps take together.
  fileprivate init(sum: StepSum) {
    self = sum.times + ["breakdown_us": .record(Record(breakdown: sum.time)), "launches": .count(sum.launches)]
  }

  /// What one of some steps takes in the mean.
  fileprivate init(mean steps: StepSum) {
    let count = Double(max(1, steps.steps))
    func mean(_ time: Picoseconds) -> Value { .number(time.microseconds / count) }
    self =
      [
        "latency_us": mean(steps.latency), "device_busy_us": mean(steps.deviceBusy),
        "framework_tax_us": mean(steps.frameworkTax),
        "framework_tax_fraction": .number(steps.frameworkTaxFraction),
        "bound": .text(steps.steps == 0 ? nil : steps.bound.rawValue),
        "breakdown_us": .record(Record(meanBreakdown: steps)), "launches": .count(Int(steps.launches / Int64(count))),
      ]
  }

  /// The mean of each category's time over some steps.
  fileprivate init(meanBreakdown steps: StepSum, ending: String = "") {
    let count = Double(max(1, steps.steps))
    self.init(CostCategory.allCases.map { ($0.key + ending, .number(steps.time(in: $0).microseconds / count)) })
  }
}
