import Profiles
import Roofline
import Simulation

/// The state of a replica that serves a load.
struct ServingRun {
  var scheduler: BatchScheduler
  var result = ServingResult()
  private var reception: RequestReception
  private var stream: RequestStream
  private let limits: ServingLimits
  /// Where steps of some time are kept, if anywhere.
  private(set) var timeline: ServingTimeline?
  /// Requests that have arrived and not reached the loop yet, by when they will.
  private var received = WaitingLine<(request: ServedRequest, time: Picoseconds)>()
  private var outcome = StepOutcome()
  private var now = Picoseconds.zero
  /// When the last step began.
  private var stepStart = Picoseconds.zero
  private var waitingAtHalf: Int?
  private var waitingAtEnd: Int?

  init(
    _ rules: BatchRules, _ reception: RequestReception, _ stream: RequestStream, _ limits: ServingLimits,
    _ timeline: ServingTimeline? = nil
  ) {
    scheduler = BatchScheduler(rules)
    self.timeline = timeline
    self.reception = reception
    self.stream = stream
    self.limits = limits
  }

  /// Lets the loop have what has reached it, or by when anything does if it has nothing to do.
  ///
  /// A loop that chooses ahead has chosen the next step's requests when the last one began: who comes later waits for one more.
  ///
  /// - Parameter choosesAhead: Whether it does.
  /// - Returns: Whether there is anything to do.
  /// - Throws: ``ServingFault/requestTooLong(tokens:most:)``.
  mutating func fetch(choosesAhead: Bool) throws(ServingFault) -> Bool {
    receive(until: now)
    try enqueue(until: choosesAhead && scheduler.running > 0 ? stepStart : now)
    guard scheduler.running == 0, scheduler.waiting == 0 else { return true }
    try enqueue(until: now)
    guard scheduler.waiting == 0 else { return true }
    guard received.first != nil || stream.nextArrival != nil else { return false }
    if received.count == 0, let next = stream.nextArrival { receive(until: next) }
    guard let next = received.first else { return false }
    // From its arrival on the device could have worked for it.
    result.exposure.queue += Double((next.time - max(now, next.request.arrival)).count)
    pass(until: next.time)
    receive(until: now)
    try enqueue(until: now)
    return true
  }

  /// Takes all that arrive up to a time to the receiving processes.
  private mutating func receive(until time: Picoseconds) {
    while let next = stream.nextArrival, next <= time, let request = stream.take() {
      received.insert((request, reception.receive(request))) { $0.time < $1.time }
    }
  }

  private mutating func enqueue(until time: Picoseconds) throws(ServingFault) {
    while let next = received.first, next.time <= time {
      let request = next.request
      guard scheduler.rules.bytes(of: request) <= scheduler.rules.capacity else {
        throw .requestTooLong(tokens: request.prompt + request.tokens, most: scheduler.rules.longest)
      }
      scheduler.add(request)
      received.take()
    }
  }

  /// Lets time pass.
  private mutating func pass(until time: Picoseconds) {
    let used = scheduler.rules.capacity.isFinite ? scheduler.usedBytes / scheduler.rules.capacity : 0
    result.series.add(
      from: now, to: time, running: scheduler.running, waiting: scheduler.waiting + received.count, cache: used)
    now = time
  }

  /// Adds a step to the accounts.
  mutating func account(
    for price: StepPrice, _ step: BatchStep, _ length: Picoseconds, _ shares: StageShares, isAhead: Bool
  ) {
    result.steps += 1
    if step.pieces > 0 { result.promptSteps += 1 }
    result.deviceBusy += Picoseconds(Int64(price.deviceBusy.rounded()))
    result.hostBusy += Picoseconds(Int64(price.hostBusy.rounded()))
    let exposed = max(0, Double(length.count) - price.deviceBusy)
    let stages = shares.times(of: step)
    let sum = stages.reduce(0) { $0 + $1.time }
    // One after the other every stage holds the device up; ahead of it all of the host's work does, by its share.
    let share = isAhead ? exposed / max(price.hostBusy, sum, 1) : min(1, exposed / max(sum, 1))
    for (stage, time) in stages { result.exposure.stages[stage, default: 0] += time * share }
    result.exposure.launch += max(0, exposed - sum * share)
    timeline?.add(step, from: now, to: now + length, price, stages, isAhead: isAhead)
  }

  /// Ends a step.
  mutating func end(_ step: BatchStep, after length: Picoseconds, _ observe: (FinishedRequest) -> Void) {
    result.mostRunning = max(result.mostRunning, scheduler.running)
    stepStart = now
    pass(until: now + length)
    receive(until: now)
    let sent = reception.respond(to: step.decodes + step.pieces, at: now)
    scheduler.finish(step, at: sent, &outcome)
    for (time, count) in outcome.gaps { result.interTokenLatency.add(time, times: count) }
    for request in outcome.started { result.timeToFirstToken.add(request.firstToken - request.request.arrival) }
    for request in outcome.finished { finish(request, observe) }
  }

  private mutating func finish(_ active: ActiveRequest, _ observe: (FinishedRequest) -> Void) {
    let finished = FinishedRequest(
      request: active.request, firstToken: active.firstToken, lastToken: active.lastToken,
      preemptions: active.preemptions)
    result.requests += 1
    result.promptTokens += active.request.prompt
    result.outputTokens += active.request.tokens
    result.preemptions += Int64(active.preemptions)
    result.latency.add(finished.latency)
    let perToken = finished.timePerOutputToken
    if let perToken { result.timePerOutputToken.add(perToken) }
    if limits.keeps(first: finished.timeToFirstToken, perToken: perToken) { result.good += 1 }
    result.duration = max(result.duration, finished.lastToken)
    stream.finish(at: finished.lastToken)
    observe(finished)
  }

  // MARK: Growing queues

  /// Notes how many wait when half of the time is over, and when no more arrive.
  mutating func mark(_ marks: QueueMarks) {
    guard let end = marks.end else { return }
    let waiting = scheduler.waiting + received.count
    if waitingAtEnd == nil, now >= end { waitingAtEnd = waiting }
    // A time that a single step outlasts has no middle: what waits at its end has come since its beginning.
    if waitingAtHalf == nil, now >= end / 2 { waitingAtHalf = now >= end ? 0 : waiting }
  }

  /// What came of it, once all are served.
  func finished(_ marks: QueueMarks) -> ServingResult {
    var result = result
    result.receptionBusy = reception.busy
    result.timeline = timeline?.timeline
    if let half = waitingAtHalf, let end = waitingAtEnd {
      result.isOverloaded = marks.isGrowing(half, end, of: stream.arrived, until: result.duration)
    }
    return result
  }
}

/// When a queue is looked at, to see whether it grows.
struct QueueMarks: Sendable {
  /// When the last request arrives; nil of a load whose arrivals wait for answers.
  let end: Picoseconds?

  init(_ load: ServingLoad) {
    switch load.arrivals {
    case .rate: end = Picoseconds(costInSeconds: load.durationSeconds)
    case .concurrency: end = nil
    case .listed(let requests):
      // What comes all at once is a burst and no rate.
      end = requests.last?.arrival == requests.first?.arrival ? nil : requests.last?.arrival
    }
  }

  /// Whether a queue grows without end: at least by half from the middle to the end, and to more than chance makes of it.
  ///
  /// A queue that keeps up has as many at both times, whatever they are; one that does not has twice as many, or takes as
  /// long again as requests arrived until it is served.
  func isGrowing(_ half: Int, _ waiting: Int, of arrived: Int, until served: Picoseconds) -> Bool {
    guard let end, Double(waiting) >= max(10, 0.02 * Double(arrived)) else { return false }
    return Double(waiting) >= 1.5 * Double(half) || served > end * 2
  }
}
