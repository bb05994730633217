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
    var factors = [1.0]
    var graphEnd = -1
    for (index, instruction) in program.instructions.enumerated() {
      let factor = factors[factors.count - 1]
      let gap = index <= graphEnd ? graphKernelGap : kernelGap
      switch instruction.opcode {
      case .beginLoop: factors.append(factor * Double(instruction.operand))
      case .endLoop: factors.removeLast()
      case .work, .hostKernel: host += factor * Double(costs[Int(instruction.operand)].duration)
      case .launch, .copy, .blockingCopy:
        host += factor * Double(launchCall.duration)
        device += factor * Double(costs[Int(instruction.operand)].duration + gap.duration)
      case .node: device += factor * Double(costs[Int(instruction.operand)].duration + gap.duration)
      case .launchGraph:
        host += factor * Double(graphCall.duration)
        graphEnd = index + Int(instruction.operand)
      case .synchronize: host += factor * Double(synchronization.duration)
      case .waitForStream: break
      }
    }
    return (Ticks(min(host, 0x1p62)), Ticks(min(device, 0x1p62)))
  }
}
