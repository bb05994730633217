/// How often one pass of a program uses each of its costs, loops multiplied out: columns beside ``CostTable/costs``.
///
/// A sum over a pass is a sum over these columns, however many operators the pass has. Counts are finite however deep the
/// loops: at some number that no run can reach they stop growing.
package struct ProgramCounts: Sendable, Equatable {
  /// How often the host spends each cost.
  package private(set) var hostUses = CostUses()
  /// How often each cost is a kernel, launched alone, in a graph, or run by the host itself, or a collective.
  package private(set) var kernelUses = CostUses()
  /// How often each cost is a copy, or other work of a stream that is no kernel.
  package private(set) var copyUses = CostUses()
  /// How many costs there are up to the last that is used.
  var costCount: Int { max(hostUses.count, kernelUses.count, copyUses.count) }
  /// Launches of kernels, collectives and copies.
  package private(set) var launches = 0.0
  /// Launches of graphs.
  package private(set) var graphs = 0.0
  /// Gaps between the nodes of graphs: one less than its nodes for each launch of a graph that has any.
  package private(set) var nodeGaps = 0.0
  /// Synchronizations.
  package private(set) var synchronizations = 0.0
  /// Copies that the host waits for.
  package private(set) var blockingCopies = 0.0
  /// Kernels that the host runs itself.
  package private(set) var hostKernels = 0.0
  /// Instructions executed.
  package private(set) var instructions = 0.0
  /// Streams that the program names.
  package let streamCount: Int
  /// The launches into the stream that has the fewest, of those that have any; zero where none has.
  package let fewestLaunchesOfAStream: Double

  /// Counts a program.
  ///
  /// - Complexity: O(instructions in the text).
  package init(_ program: Program) {
    streamCount = program.streamCount
    isOfWorkload = program.threadStarts.count == 1
    fewestLaunchesOfAStream = program.launchesPerStream.filter { $0 > 0 }.min() ?? 0
    var graphsWithoutNode = 0.0
    program.forEachCounted { instruction, count in
      instructions += count
      switch instruction.effect {
      case .hostWork(let cost): hostUses.add(count, to: cost)
      case .hostKernel(let cost):
        hostUses.add(count, to: cost)
        kernelUses.add(count, to: cost)
        hostKernels += count
      case .launch(.kernel(let cost)), .launch(.collective(let cost)):
        kernelUses.add(count, to: cost)
        launches += count
      case .launch(.copy(let cost, _, let blocksHost)):
        copyUses.add(count, to: cost)
        launches += count
        if blocksHost { blockingCopies += count }
      case .launch(.graph):
        graphs += count
        graphsWithoutNode = count
      case .node(let cost) where count > 0:
        kernelUses.add(count, to: cost)
        nodeGaps += count - graphsWithoutNode
        graphsWithoutNode = 0
      case .synchronize: synchronizations += count
      case .node, .waitForStream, .beginLoop, .endLoop: break
      case .recorded(let effect):
        isOfWorkload = false
        switch effect {
        case .call(let cost): hostUses.add(count, to: cost)
        case .occupy(let cost), .delay(let cost, _): copyUses.add(count, to: cost)
        case .synchronizeStream, .recordEvent, .waitForEvent, .synchronizeEvent, .signal, .awaitSignal: break
        }
      }
    }
  }

  /// Whether every instruction is one that workloads have; those of recordings are the engine's alone.
  private var isOfWorkload = true

  /// Whether the state of the system comes back as that of a workload on several streams.
  var isOfSeveralStreams: Bool { isOfWorkload && streamCount > 1 }

  /// The counts of the same program with a synchronization at its end.
  var synchronized: ProgramCounts {
    var counts = self
    counts.synchronizations += 1
    counts.instructions += 1
    return counts
  }

  /// Whether the recurrence of one stream is the whole truth: one stream, and no kernels on host and device at once.
  package var isOneStream: Bool {
    isOfWorkload && streamCount == 1 && (hostKernels == 0 || launches + graphs == 0)
  }
}
