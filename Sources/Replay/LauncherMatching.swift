import Traces

/// Which call of the host launched each event of the devices.
///
/// Correlations say so, where they are there and mean one call. Several ranks in one file have the same ones, so each device
/// belongs to a process first. ROCm's recorder lets kernels share a correlation or have none (pytorch/kineto#1416): those go
/// to the launches without a kernel, in the order of their stream.
struct LauncherMatching {
  /// For each of the trace's device events the call, an index into the host events; -1 for none.
  private(set) var launchers: [Int]

  private let trace: Trace
  private let calls: RuntimeCalls
  /// The calls of each correlation, outermost ones, by their start.
  private var first: [Int64: Int] = [:]
  private var others: [Int64: [Int]] = [:]

  /// - Parameters:
  ///   - trace: The recording.
  ///   - hostEvents: Host events in the part that is looked at, by their start.
  ///   - calls: What the recording's calls do.
  /// - Complexity: O(n log n) for n events.
  init(_ trace: Trace, _ hostEvents: [Int], _ calls: RuntimeCalls) {
    self.trace = trace
    self.calls = calls
    launchers = Array(repeating: -1, count: trace.deviceEvents.count)
    collect(hostEvents)
    let owners = others.isEmpty ? [:] : owners()
    for (index, event) in trace.deviceEvents.enumerated() where event.correlation >= 0 {
      launchers[index] = launcher(of: event, owners)
    }
    shareOut(hostEvents)
  }

  private mutating func collect(_ hostEvents: [Int]) {
    for index in hostEvents {
      let event = trace.hostEvents[index]
      guard event.kind == .call, event.correlation >= 0 else { continue }
      guard let known = first[event.correlation] else {
        first[event.correlation] = index
        continue
      }
      // A driver's call inside of a runtime's may have the same number: the outer one counts.
      let last = trace.hostEvents[others[event.correlation]?.last ?? known]
      if last.thread == event.thread, last.end > event.start { continue }
      others[event.correlation, default: []].append(index)
    }
  }

  // MARK: Several processes

  /// How well a device's events fit to a process's calls.
  private struct Fit {
    var device: String
    var process: String
    /// Events that begin behind the return of their call.
    var count = 0
    /// From the returns to the begins, nanoseconds.
    var latency = 0.0
  }

  /// The process of each device, where calls of several have the same correlations: with as many processes as devices, each
  /// has one.
  private func owners() -> [String: String] {
    var fits: [String: [String: Fit]] = [:]
    for event in trace.deviceEvents where event.correlation >= 0 {
      guard let known = first[event.correlation] else { continue }
      let device = trace.streams[Int(event.stream)].device
      for call in [known] + (others[event.correlation] ?? []) {
        let launch = trace.hostEvents[call]
        let process = trace.threads[Int(launch.thread)].process
        var fit = fits[device]?[process] ?? Fit(device: device, process: process)
        if launch.end <= event.start {
          fit.count += 1
          fit.latency += Double(event.start - launch.end)
        }
        fits[device, default: [:]][process] = fit
      }
    }
    let ranked = fits.values.flatMap(\.values).sorted {
      ($1.count, $0.latency, $0.device, $0.process) < ($0.count, $1.latency, $1.device, $1.process)
    }
    let isOneEach = Set(ranked.map(\.process)).count == fits.count
    var owners: [String: String] = [:]
    var taken: Set<String> = []
    for fit in ranked where owners[fit.device] == nil && !(isOneEach && taken.contains(fit.process)) {
      owners[fit.device] = fit.process
      taken.insert(fit.process)
    }
    return owners
  }

  private func launcher(of event: DeviceEvent, _ owners: [String: String]) -> Int {
    guard let known = first[event.correlation] else { return -1 }
    guard let more = others[event.correlation] else { return known }
    let owner = owners[trace.streams[Int(event.stream)].device]
    var best = -1
    for call in [known] + more {
      let launch = trace.hostEvents[call]
      if let owner, trace.threads[Int(launch.thread)].process != owner { continue }
      // Of several captures of a process in one file, the last call before the kernel.
      if best < 0 || launch.start <= event.start { best = call }
    }
    return best >= 0 ? best : known
  }

  // MARK: Shared and absent correlations

  /// Gives kernels that share a launch of one kernel, or have no correlation, to the launches that have none.
  private mutating func shareOut(_ hostEvents: [Int]) {
    var hasLaunched = Array(repeating: false, count: trace.hostEvents.count)
    for launcher in launchers where launcher >= 0 { hasLaunched[launcher] = true }
    var orphans = FreePlaces(
      hostEvents.filter { isPlainLaunch($0) && !hasLaunched[$0] }.map { ($0, trace.hostEvents[$0].start) })
    guard !orphans.isEmpty else { return }
    let order = trace.deviceEvents.indices.sorted {
      (trace.deviceEvents[$0].start, $0) < (trace.deviceEvents[$1].start, $1)
    }
    var taken: Set<Int> = []
    var before: [Int32: Int64] = [:]
    for index in order {
      let event = trace.deviceEvents[index]
      let launcher = launchers[index]
      let isSpare =
        launcher < 0
        ? event.correlation <= 0 && event.kind == .kernel : isPlainLaunch(launcher) && taken.contains(launcher)
      if isSpare {
        let earliest = before[event.stream] ?? .min
        if let orphan = orphans.take(after: earliest, notAfter: event.start) { launchers[index] = orphan }
      }
      guard launchers[index] >= 0 else { continue }
      taken.insert(launchers[index])
      before[event.stream] = max(before[event.stream] ?? .min, trace.hostEvents[launchers[index]].start)
    }
  }

  private func isPlainLaunch(_ index: Int) -> Bool {
    calls[trace.hostEvents[index]] == .launch
  }
}

/// Values in the order of their times, of which each is taken once.
private struct FreePlaces {
  private let values: [Int]
  private let times: [Int64]
  /// For each place one not before it that may be free; beyond the last one, none is.
  private var next: [Int]

  init(_ entries: [(value: Int, time: Int64)]) {
    values = entries.map(\.value)
    times = entries.map(\.time)
    next = Array(0...entries.count)
  }

  var isEmpty: Bool { values.isEmpty }

  /// Takes the first that is free behind one time and not behind another.
  ///
  /// - Complexity: O(log n), amortized.
  mutating func take(after earliest: Int64, notAfter latest: Int64) -> Int? {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= earliest { low = middle + 1 } else { high = middle }
    }
    let place = free(from: low)
    guard place < times.count, times[place] <= latest else { return nil }
    next[place] = place + 1
    return values[place]
  }

  private mutating func free(from start: Int) -> Int {
    var place = start
    while next[place] != place {
      next[place] = next[next[place]]
      place = next[place]
    }
    return place
  }
}
