/// One step of a program: what the host does next, or a node of a graph.
package struct Instruction: Sendable, Equatable, BitwiseCopyable {
  /// What an instruction does; `operand` means what is said with each.
  ///
  /// `Effect` spells it out for everything that reads instructions.
  package enum Opcode: UInt8, Sendable, BitwiseCopyable {
    /// The host is busy for cost `operand`.
    case work
    /// The host is in a call of the driver for cost `operand`; what it launches comes next.
    case call
    /// The host computes for cost `operand`: a kernel of a processor-only system.
    case hostKernel
    /// The host launches the kernel of cost `operand` into `stream`.
    case launch
    /// The host launches the collective of cost `operand` into `stream`: it runs there in its turn like a kernel, and the
    /// device is busy with it, but it leaves the arithmetic units to the kernels of other streams.
    case collective
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
    /// The next launch into `stream` begins cost `operand` later than it could; `lane` 1: only if it had to wait for an
    /// event; `lane` 2: `operand` is what lies between it and the one before it, in place of the usual gap.
    case delay
    /// The instructions up to the matching `endLoop` are repeated `operand` times.
    case beginLoop
    /// The end of a loop; `operand` is the number of instructions from here back to the loop's first.
    case endLoop
  }

  /// What the instruction does.
  package var opcode: Opcode
  /// The stream, for instructions that have one.
  package var stream: UInt16 = 0
  /// The copy engine: 0 to the device, 1 from it.
  package var lane: UInt8 = 0
  /// An index or a count, see ``Opcode``.
  package var operand: Int32
  /// What the timeline calls the instruction: an index into ``Program/labels``, or -1.
  package var label: Int32

  /// An instruction.
  ///
  /// An operand that is beyond the range of an instruction is taken for the nearest in it. Only counts are: a run that
  /// repeats anything so often is refused for its length all the same.
  package init(_ opcode: Opcode, operand: Int, stream: Int = 0, lane: Int = 0, label: Int = -1) {
    self.opcode = opcode
    self.stream = UInt16(stream)
    self.lane = UInt8(lane)
    self.operand = Int32(clamping: operand)
    self.label = Int32(label)
  }
}
