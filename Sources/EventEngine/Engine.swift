import Roofline

/// Events that are still to happen, of which the earliest can be taken out.
public protocol PendingEvents: Sendable {
  /// What can happen.
  associatedtype Event: BitwiseCopyable & Sendable

  /// Takes out the earliest event and moves the clock to it; nil when nothing is left to happen.
  mutating func next() -> (event: Event, time: Picoseconds)?
}

/// What reacts to events: the model that an ``Engine`` drives.
///
/// A model is a struct of flat state. It holds no closures and no objects: an event is a small value, and handling one
/// costs a switch.
public protocol EventModel {
  /// What can happen: a small value without references.
  associatedtype Event: BitwiseCopyable & Sendable

  /// Where events wait: an ``EventCalendar``, unless the model knows more of its events.
  associatedtype Calendar: PendingEvents = EventCalendar<Event> where Calendar.Event == Event

  /// What can go wrong inside the model.
  associatedtype Fault: Error

  /// Whether the model has seen enough: the run ends, though events may be left.
  var hasStopped: Bool { get }

  /// Reacts to one event.
  ///
  /// - Parameters:
  ///   - event: What happens.
  ///   - time: When it happens; never earlier than the event before it.
  ///   - calendar: Where consequences are scheduled, at `time` or later.
  /// - Throws: What goes wrong inside the model; the engine hands it on as `EngineFault.model`.
  mutating func handle(_ event: Event, at time: Picoseconds, calendar: inout Calendar) throws(Fault)
}

extension EventModel {
  /// A model runs until no event is left unless it says otherwise.
  @inlinable
  public var hasStopped: Bool { false }
}

/// Why an engine gave up.
public enum EngineFault<ModelFault: Error>: Error {
  /// The limit on events was reached; the model is wrong or the limit too low. The run cannot go on.
  case eventLimitReached(limit: Int, time: Picoseconds)
  /// The model refused an event. The run cannot go on.
  case model(ModelFault)
}

extension EngineFault: Equatable where ModelFault: Equatable {}
extension EngineFault: Sendable where ModelFault: Sendable {}

/// A deterministic discrete-event simulation: takes the earliest event, lets the model react, and repeats.
///
/// Single-threaded by design; many simulations run in parallel by running many engines. The number of events is
/// limited, so that a model which schedules without end fails instead of hanging.
@frozen
public struct Engine<Model: EventModel> {
  /// The model being driven, with the state that it has reached.
  public var model: Model

  /// The events that are still to happen.
  public var calendar: Model.Calendar

  /// The number of events handled so far.
  public private(set) var eventCount = 0

  /// The largest number of events that ``run()`` handles.
  public let eventLimit: Int

  /// An engine at the time of a calendar.
  ///
  /// - Parameters:
  ///   - model: The model in its first state.
  ///   - calendar: What is still to happen.
  ///   - eventLimit: The largest number of events to handle; at least 1.
  @inlinable
  public init(model: Model, calendar: Model.Calendar, eventLimit: Int) {
    precondition(eventLimit >= 1, "a run handles at least one event")
    self.model = model
    self.calendar = calendar
    self.eventLimit = eventLimit
  }

  /// Handles events until none is left, or the model has stopped.
  ///
  /// - Throws: ``EngineFault`` when the limit is reached or the model refuses an event.
  /// - Complexity: One `handle` and O(log n) calendar work for each event.
  @inlinable
  public mutating func run() throws(EngineFault<Model.Fault>) {
    var handled = 0
    while !model.hasStopped, let (event, time) = calendar.next() {
      guard handled < eventLimit else {
        throw .eventLimitReached(limit: eventLimit, time: time)
      }
      handled += 1
      do {
        try model.handle(event, at: time, calendar: &calendar)
      } catch {
        throw .model(error)
      }
    }
    count(handled)
  }

  @usableFromInline
  mutating func count(_ handled: Int) { eventCount += handled }
}

extension Engine where Model.Calendar == EventCalendar<Model.Event> {
  /// An engine at time zero.
  ///
  /// - Parameters:
  ///   - model: The model in its first state.
  ///   - eventLimit: The largest number of events to handle; at least 1.
  @inlinable
  public init(model: Model, eventLimit: Int) {
    self.init(model: model, calendar: EventCalendar(), eventLimit: eventLimit)
  }
}
