import Profiles
import Roofline
import Serving
import Simulation

/// What a served model owes its host: waiting times, and how many requests a second keep limits, as the host becomes faster or has
/// fewer cores, for several models and forms of one engine.
///
/// Vendors of processors quarrel over whether a faster one is worth some per cent or a factor. Both are right: a share of the
/// time per token is a share of the throughput as long as limits are wide, and near a limit that the host alone keeps one from,
/// requests a second go from none to many.
package struct HostStudy: Sendable {
  /// A way in which an engine runs its steps.
  package struct Form: Sendable {
    /// What it is called: `eager`, `graph`, `overlapped`.
    package let name: String
    /// What is served.
    package let served: ServedDecoder

    /// A form.
    package init(_ name: String, _ served: ServedDecoder) {
      self.name = name
      self.served = served
    }
  }

  /// A model on its devices, with what its requests look like and are to keep.
  package struct Subject: Sendable {
    /// What it is called.
    package let name: String
    /// The forms of its engine.
    package let forms: [Form]
    /// Its requests; how often they arrive is varied.
    package let load: ServingLoad
    /// What they are to keep.
    package let limits: ServingLimits

    /// A subject.
    package init(_ name: String, _ forms: [Form], _ load: ServingLoad, _ limits: ServingLimits) {
      self.name = name
      self.forms = forms
      self.load = load
      self.limits = limits
    }
  }

  /// What comes of one host.
  package struct Point: Sendable, Equatable {
    /// The host's speed over the one that the accelerator has in the catalog.
    package let speed: Double
    /// Its cores.
    package let cores: Double
    /// Median time to the first token of requests one after the other, milliseconds.
    package let firstMS: Double
    /// Mean time of a further token of requests one after the other, milliseconds.
    package let nextMS: Double
    /// The largest rate that keeps the limits, requests a second; 0 where none does.
    package let capacity: Double
  }

  /// What a faster host is worth where a limit on the time per token is so wide.
  package struct Gain: Sendable, Equatable {
    /// The limit over the time per token of one request alone on the usual host; nil without any limit.
    package let width: Double?
    /// The largest rate that keeps it with the usual host.
    package let before: Double
    /// The same with the faster one.
    package let after: Double

    /// How many times as many requests; nil where there were none.
    package var ratio: Double? { before > 0 ? after / before : nil }
  }

  /// A form of a subject on all hosts.
  package struct Series: Sendable {
    /// The subject.
    package let subject: Subject
    /// The form's name.
    package let form: String
    /// By speed, ascending, with the usual cores.
    package let bySpeed: [Point]
    /// By cores, ascending, at the usual speed; the last has the usual cores.
    package let byCores: [Point]
    /// By the limit's width, narrow to wide; the last has none.
    package let gains: [Gain]
    /// By how much a request alone is served faster by the faster host: its time per token before, over that after.
    package let latencyGain: Double
  }

  /// The hosts and limits that are looked at.
  package struct Grid: Sendable {
    /// Speeds over the usual host's, beside 1 and ``HostStudy/faster``.
    package var speeds = [0.5, 0.7, 1.4, 2, 4]
    /// Numbers of cores, of which those below the usual host's are taken.
    package var cores: [Double] = [2, 3, 4, 6, 8, 16]
    /// How wide limits are, over the time per token of one request alone on the usual host; ascending.
    package var widths = [1.02, 1.05, 1.1, 1.25, 1.5, 2, 4]

    /// The usual ones.
    package init() {}

    fileprivate var allSpeeds: [Double] { (speeds + [1, HostStudy.faster]).sorted() }
  }

  /// What the faster host is to the usual one.
  package static let faster = 1.08

  /// All forms of all subjects, subject by subject.
  package let series: [Series]

  /// Runs the study.
  ///
  /// - Parameters:
  ///   - subjects: What is served.
  ///   - grid: The hosts and limits.
  ///   - threads: How many cores are used at most; nil for all.
  /// - Throws: What serving a load throws.
  /// - Complexity: A search for a capacity for each speed, number of cores and width of each form.
  package init(_ subjects: [Subject], on grid: Grid = Grid(), threads: Int? = nil) throws {
    let forms = subjects.flatMap { subject in subject.forms.map { (subject: subject, form: $0) } }
    let tasks = forms.indices.flatMap { index in
      let usual = forms[index].form.served.decode.host.cores
      return grid.allSpeeds.map { Task(form: index, speed: $0, cores: usual) }
        + grid.cores.filter { $0 < usual }.map { Task(form: index, speed: 1, cores: $0) }
    }
    // Every point starts from the same numbers, whoever computes it: nothing shows how many threads there were.
    let outcomes = try parallelMap(tasks, threads: threads) { task in
      let (subject, form) = forms[task.form]
      return try Self.outcome(subject, form.served, task, grid.widths + [nil])
    }
    series = forms.indices.map { index in
      let own = zip(tasks, outcomes).filter { $0.0.form == index }
      let usual = forms[index].form.served.decode.host.cores
      let bySpeed = own.filter { $0.0.cores == usual }.map(\.1)
      let before = bySpeed.first { $0.point.speed == 1 }
      let after = bySpeed.first { $0.point.speed == Self.faster }
      let gains = zip(grid.widths + [nil], zip(before?.byWidth ?? [], after?.byWidth ?? [])).map { width, rates in
        Gain(width: width, before: rates.0, after: rates.1)
      }
      return Series(
        subject: forms[index].subject, form: forms[index].form.name, bySpeed: bySpeed.map(\.point),
        byCores: own.filter { $0.0.speed == 1 }.map(\.1.point).sorted { $0.cores < $1.cores }, gains: gains,
        latencyGain: (before?.point.nextMS ?? 0) / (after?.point.nextMS ?? 1))
    }
  }

  private struct Task: Sendable {
    let form: Int
    let speed: Double
    let cores: Double
  }

  private struct Outcome: Sendable {
    let point: Point
    /// The largest rate at each width; empty where it was not asked for.
    let byWidth: [Double]
  }

  private static func outcome(
    _ subject: Subject, _ usual: ServedDecoder, _ task: Task, _ widths: [Double?]
  ) throws -> Outcome {
    var served = usual
    let speed = usual.decode.host.singleThreadSpeed * task.speed
    for (path, value) in [("host.single_thread_speed", speed), ("host.cores", task.cores)] {
      try served.prefill.set(path, to: value)
      try served.decode.set(path, to: value)
    }
    var replica = try ServedReplica(served, longest: subject.load.longest)
    let alone = try Self.alone(&replica, subject.load)
    let capacity = try ServingCapacity(of: &replica, subject.load, subject.limits).ratePerSecond
    let point = Point(
      speed: task.speed, cores: task.cores, firstMS: alone.first, nextMS: alone.next, capacity: capacity)
    guard task.cores == usual.decode.host.cores, task.speed == 1 || task.speed == faster else {
      return Outcome(point: point, byWidth: [])
    }
    // The same limit for both hosts: that of the usual one.
    var reference = task.speed == 1 ? replica : try ServedReplica(usual, longest: subject.load.longest)
    let least = task.speed == 1 ? alone.next : try Self.alone(&reference, subject.load).next
    let rates = try widths.map { width in
      try ServingCapacity(of: &replica, subject.load, ServingLimits(tpotMS: width.map { $0 * least })).ratePerSecond
    }
    return Outcome(point: point, byWidth: rates)
  }

  /// Milliseconds of requests one after the other.
  private static func alone(
    _ replica: inout ServedReplica, _ load: ServingLoad
  ) throws -> (first: Double, next: Double) {
    var load = load
    load.arrivals = .concurrency(1)
    let result = try replica.serve(load)
    return (result.timeToFirstToken.quantile(0.5) ?? 0, result.timePerOutputToken.mean ?? 0)
  }
}
