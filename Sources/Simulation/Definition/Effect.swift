/// What an instruction does, with what it refers to.
///
/// This is the one statement of it: counts and sums, the recurrence, the loops' rounds and the engine follow from it, and
/// where a case is missing in one of them, the compiler says so.
enum Effect: Sendable, Equatable {
  /// The host is busy for a cost.
  case hostWork(cost: Int)
  /// The host computes for a cost, as a device would.
  case hostKernel(cost: Int)
  /// The host makes a launch call, with which a job enters the instruction's stream.
  case launch(DeviceJob)
  /// A kernel runs inside a graph, which the host skips.
  case node(cost: Int)
  /// The next launch into the instruction's stream waits for everything launched before into another.
  case waitForStream(Int)
  /// The host waits for all streams.
  case synchronize
  /// What follows, up to the loop's end, is repeated.
  case beginLoop(rounds: Int32)
  /// A round ends; the loop's first instruction is so many back.
  case endLoop(length: Int)
  /// What recordings have and workloads don't.
  case recorded(RecordedEffect)
}

/// What runs on a stream of the device in its turn.
enum DeviceJob: Sendable, Equatable {
  /// A kernel.
  case kernel(cost: Int)
  /// What all ranks do together: it takes its time whatever runs beside it.
  case collective(cost: Int)
  /// A copy on one of the engines; the host may wait for its end.
  case copy(cost: Int, engine: Int, blocksHost: Bool)
  /// The nodes in so many instructions behind the launch.
  case graph(length: Int)

  /// Whether the call and the latency are those of a graph.
  @inline(__always)
  var isGraph: Bool { if case .graph = self { true } else { false } }
}

/// What an instruction does that only recordings have: the engine alone knows of it.
enum RecordedEffect: Sendable, Equatable {
  /// The host is in a call of the driver.
  case call(cost: Int)
  /// The instruction's stream is busy with work from before.
  case occupy(cost: Int)
  /// The next launch into the instruction's stream begins later than it could, or otherwise behind its predecessor.
  case delay(cost: Int, StartDelay.Kind)
  /// The host waits for everything launched before into the instruction's stream.
  case synchronizeStream
  /// An event stands for everything launched before into the instruction's stream.
  case recordEvent(Int)
  /// The next launch into the instruction's stream waits for an event.
  case waitForEvent(Int)
  /// The host waits for an event.
  case synchronizeEvent(Int)
  /// The thread lets others go on.
  case signal(Int)
  /// The thread waits for another.
  case awaitSignal(Int)
}

extension RecordedEffect {
  /// Whether it depends on what the streams have been given and done, which is known once the calendar has caught up.
  var looksAtStreams: Bool {
    switch self {
    case .call, .signal, .awaitSignal: false
    case .occupy, .delay, .synchronizeStream, .recordEvent, .waitForEvent, .synchronizeEvent: true
    }
  }
}

extension Instruction {
  /// What the instruction does.
  @inline(__always)
  var effect: Effect {
    let operand = Int(operand)
    return switch opcode {
    case .work: .hostWork(cost: operand)
    case .hostKernel: .hostKernel(cost: operand)
    case .launch: .launch(.kernel(cost: operand))
    case .collective: .launch(.collective(cost: operand))
    case .copy: .launch(.copy(cost: operand, engine: Int(lane), blocksHost: false))
    case .blockingCopy: .launch(.copy(cost: operand, engine: Int(lane), blocksHost: true))
    case .launchGraph: .launch(.graph(length: operand))
    case .node: .node(cost: operand)
    case .waitForStream: .waitForStream(operand)
    case .synchronize: .synchronize
    case .beginLoop: .beginLoop(rounds: self.operand)
    case .endLoop: .endLoop(length: operand)
    case .call: .recorded(.call(cost: operand))
    case .occupy: .recorded(.occupy(cost: operand))
    case .delay: .recorded(.delay(cost: operand, StartDelay.Kind(rawValue: lane) ?? .always))
    case .synchronizeStream: .recorded(.synchronizeStream)
    case .recordEvent: .recorded(.recordEvent(operand))
    case .waitForEvent: .recorded(.waitForEvent(operand))
    case .synchronizeEvent: .recorded(.synchronizeEvent(operand))
    case .signal: .recorded(.signal(operand))
    case .awaitSignal: .recorded(.awaitSignal(operand))
    }
  }
}

extension Effect {
  /// The index of the cost that is spent, on the host or on the device; nil where none is.
  var cost: Int? {
    switch self {
    case .hostWork(let cost), .hostKernel(let cost), .node(let cost), .launch(.kernel(let cost)),
      .launch(.collective(let cost)), .launch(.copy(let cost, _, _)), .recorded(.call(let cost)),
      .recorded(.occupy(let cost)), .recorded(.delay(let cost, _)):
      cost
    case .launch(.graph), .waitForStream, .synchronize, .beginLoop, .endLoop, .recorded: nil
    }
  }
}

extension [Instruction] {
  /// The index behind the end of the loop that an index stands in.
  func endOfLoop(from start: Int) -> Int {
    var index = start
    var depth = 1
    while depth > 0 {
      switch self[index].opcode {
      case .beginLoop: depth += 1
      case .endLoop: depth -= 1
      default: break
      }
      index += 1
    }
    return index
  }
}
