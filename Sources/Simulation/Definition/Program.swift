import EventEngine

/// One step of a program: what the host does next, or a node of a graph.
public struct Instruction: Sendable, Equatable, BitwiseCopyable {
  /// What an instruction does; `operand` means what is said with each.
  public enum Opcode: UInt8, Sendable, BitwiseCopyable {
    /// The host is busy for cost `operand`.
    case work
    /// The host is in a call of the driver for cost `operand`; what it launches comes next.
    case call
    /// The host computes for cost `operand`: a kernel of a processor-only system.
    case hostKernel
    /// The host launches the kernel of cost `operand` into `stream`.
    case launch
    /// The host launches the graph whose nodes begin at the next instruction; `operand` instructions, loops included.
    case launchGraph
    /// A kernel of cost `operand` inside a graph; never met by the host.
    case node
    /// A copy of cost `operand` on copy engine `lane` in the order of `stream`.
    case copy
    /// The same, and the host waits for it.
    case blockingCopy
    /// The next launch into `stream` waits for everything launched before into stream `operand`.
    case waitForStream
    /// The host waits for all streams.
    case synchronize
    /// The host waits for everything launched before into `stream`.
    case synchronizeStream
    /// Event `operand` stands for everything launched before into `stream`.
    case recordEvent
    /// The next launch into `stream` waits for event `operand`, if it was recorded.
    case waitForEvent
    /// The host waits for event `operand`, if it was recorded.
    case synchronizeEvent
    /// The thread lets those go on that wait for signal `operand`.
    case signal
    /// The thread waits for signal `operand` of another.
    case awaitSignal
    /// `stream` is busy for cost `operand` with work that nothing else is known of and that is not counted.
    case occupy
    /// The instructions up to the matching `endLoop` are repeated `operand` times.
    case beginLoop
    /// The end of a loop; `operand` is the number of instructions from here back to the loop's first.
    case endLoop
  }

  /// What the instruction does.
  public var opcode: Opcode
  /// The stream, for instructions that have one.
  public var stream: UInt16 = 0
  /// The copy engine: 0 to the device, 1 from it.
  public var lane: UInt8 = 0
  /// An index or a count, see ``Opcode``.
  public var operand: Int32
  /// What the timeline calls the instruction: an index into ``Program/labels``, or -1.
  public var label: Int32

  /// An instruction.
  ///
  /// An operand that is beyond the range of an instruction is taken for the nearest in it. Only counts are: a run that
  /// repeats anything so often is refused for its length all the same.
  public init(_ opcode: Opcode, operand: Int, stream: Int = 0, lane: Int = 0, label: Int = -1) {
    self.opcode = opcode
    self.stream = UInt16(stream)
    self.lane = UInt8(lane)
    self.operand = Int32(clamping: operand)
    self.label = Int32(label)
  }
}

/// One pass, as the host issues it: instructions in program order that refer to a table of costs.
///
/// The structure is apart from the times on purpose: another host speed, launch latency or bandwidth changes the costs
/// and leaves the instructions as they are. Repeated blocks stay loops, so that memory grows with the text of a
/// workload and not with the number of operators that it runs.
public struct Program: Sendable, Equatable {
  /// The steps of a pass.
  public var instructions: [Instruction] = []
  /// What the timeline calls instructions.
  public var labels: [String] = []
  /// The number of streams; at least 1, and larger than every stream that an instruction names.
  public var streamCount = 1
  /// Where the instructions of each thread begin; a pass of several threads is done when all of them are.
  public var threadStarts = [0]

  /// A program without instructions.
  public init() {}

  /// How many streams there must be for every one that an instruction names.
  var namedStreamCount: Int {
    1
      + instructions.reduce(0) { largest, instruction in
        let awaited = instruction.opcode == .waitForStream ? Int(instruction.operand) : 0
        return max(largest, Int(instruction.stream), awaited)
      }
  }

  /// How many launches (kernels, graphs, copies) and how many instructions one pass executes, loops counted out.
  public var dynamicCounts: (launches: Double, instructions: Double) {
    var executed = 0.0
    forEachCounted { _, count in executed += count }
    return (launchesPerStream.reduce(0, +), executed)
  }

  /// How many launches one pass makes into each stream, loops counted out.
  var launchesPerStream: [Double] {
    var launches = Array(repeating: 0.0, count: streamCount)
    forEachCounted { instruction, count in
      switch instruction.opcode {
      case .launch, .launchGraph, .copy, .blockingCopy: launches[Int(instruction.stream)] += count
      default: break
      }
    }
    return launches
  }

  /// Calls back with every instruction and how often one pass executes it.
  ///
  /// Counts are finite however deep the loops: at some number that no run can reach they stop growing.
  func forEachCounted(_ body: (Instruction, Double) -> Void) {
    var factors = [1.0]
    for instruction in instructions {
      let factor = factors[factors.count - 1]
      body(instruction, factor)
      switch instruction.opcode {
      case .beginLoop: factors.append(min(factor * Double(max(0, instruction.operand)), 0x1p256))
      case .endLoop: factors.removeLast()
      default: break
      }
    }
  }
}

/// The times of a program's instructions on one system.
public struct CostTable: Sendable, Equatable {
  /// The costs that instructions refer to by index.
  public var costs: [Cost] = []
  /// Host time of one launch call.
  public var launchCall = Cost.zero
  /// Call returned until the kernel may start.
  public var launchLatency = Cost.zero
  /// Between kernels of a stream.
  public var kernelGap = Cost.zero
  /// Host time of one graph launch.
  public var graphCall = Cost.zero
  /// Graph launch returned until its first kernel may start.
  public var graphLatency = Cost.zero
  /// Between kernels of a graph.
  public var graphKernelGap = Cost.zero
  /// Device done until a synchronization has returned.
  public var synchronization = Cost.zero
  /// Host time of a pass beside its operators.
  public var pass = Cost.zero
  /// Launches into a stream that may be unfinished before the next one blocks the host.
  public var queueDepth = 1024
  /// Whether kernels that overlap on several streams slow one another down.
  ///
  /// A replay of measured durations says no:
  /// what was recorded had shared already.
  public var sharesDevice = true

  /// A table without costs.
  public init() {}
}
