import EventEngine

extension CostTable {
  /// The sums of everything that the host spends and of everything that the device spends on one pass of a program with
  /// one stream: without the waits of one for the other.
  ///
  /// In the steady state with a deep queue, the pass takes the larger of the two.
  ///
  /// - Complexity: O(instructions in the text); loops are multiplied out.
  public func serialTimes(of program: Program) -> (host: Ticks, device: Ticks) {
    var host = Double(pass.duration)
    var device = 0.0
    // A graph's first node follows the stream's gap, which the graph's launch stands for; the others the graph's own.
    var graphsWithoutNode = 0.0
    program.forEachCounted { instruction, count in
      let index = Int(instruction.operand)
      switch instruction.opcode {
      case .work, .call, .hostKernel: host += count * Double(costs[index].duration)
      case .launch, .copy, .blockingCopy:
        host += count * Double(launchCall.duration)
        device += count * (Double(costs[index].duration) + Double(kernelGap.duration))
      case .launchGraph:
        host += count * Double(graphCall.duration)
        device += count * Double(kernelGap.duration)
        graphsWithoutNode = count
      case .node where count > 0:
        device += count * Double(costs[index].duration)
        device += (count - graphsWithoutNode) * Double(graphKernelGap.duration)
        graphsWithoutNode = 0
      case .synchronize: host += count * Double(synchronization.duration)
      case .occupy: device += count * Double(costs[index].duration)
      case .node, .waitForStream, .synchronizeStream, .recordEvent, .waitForEvent, .synchronizeEvent, .signal,
        .awaitSignal, .beginLoop, .endLoop:
        break
      }
    }
    return (Ticks(min(host, 0x1p62)), Ticks(min(device, 0x1p62)))
  }
}
