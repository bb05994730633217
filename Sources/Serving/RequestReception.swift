import Profiles
import Roofline
import Simulation

/// The processes before an engine's loop: they take requests, turn text to tokens, and send what is generated.
///
/// Each does one thing after the other. They share the host's cores with the loop's threads.
struct RequestReception: Sendable {
  private var free: [Picoseconds]
  private let receiveStep: Double
  private let receiveToken: Double
  private let respondStep: Double
  private let respondRequest: Double
  private let wake: Picoseconds
  /// In which any of them worked.
  private(set) var busy = Picoseconds.zero

  init(_ served: ServedDecoder) {
    let system = served.decode
    func picoseconds(_ us: Double) -> Double { Double(system.hostTime(us, in: .interpreter).count) }
    let (receive, respond) = (served.engine[.receive], served.engine[.respond])
    free = Array(repeating: .zero, count: Int(served.engine.apiProcesses))
    receiveStep = picoseconds(receive.stepUS + receive.requestUS)
    receiveToken = Double(system.hostTime(receive.tokenUS * 1e3, in: .interpreter).count) / 1e3
    respondStep = picoseconds(respond.stepUS)
    respondRequest = picoseconds(respond.requestUS + respond.tokenUS)
    wake = system.hostWakeTime
  }

  /// When a request that arrives reaches the loop.
  mutating func receive(_ request: ServedRequest) -> Picoseconds {
    let cost = Picoseconds(Int64((receiveStep + receiveToken * Double(request.prompt)).rounded()))
    let first = free.indices.min { free[$0] < free[$1] } ?? 0
    free[first] = max(free[first], request.arrival) + wake + cost
    busy += cost
    return free[first]
  }

  /// When the tokens of a step that ends have been sent, so many requests' among all processes.
  mutating func respond(to requests: Int64, at end: Picoseconds) -> Picoseconds {
    guard respondStep + respondRequest > 0 else { return end }
    let share = (requests + Int64(free.count) - 1) / Int64(free.count)
    let cost = Picoseconds(Int64((respondStep + respondRequest * Double(share)).rounded()))
    var sent = end
    for process in free.indices {
      free[process] = max(free[process], end) + cost
      sent = max(sent, free[process])
      busy += cost
    }
    return sent
  }
}
