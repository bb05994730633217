import JSONText
import Kernels
import Serving

/// The kernels of steps as a CSV file.
package struct StepKernelsFile: Sendable {
  private let kernels: StepKernels

  /// A file of some kernels.
  package init(_ kernels: StepKernels) { self.kernels = kernels }

  /// Writes the file, piece by piece.
  package func write<Fault: Error>(to emit: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    try emit(Array("phase,requests,queries,keys,operator,class,count,flops,bytes,time_us,total_us,bound\n".utf8))
    for entry in kernels.entries {
      let (kernel, time) = (entry.kernel, entry.time)
      let us = time.seconds * 1e6
      let shares = [
        ("compute", time.computeShare), ("memory", time.memoryShare), ("overhead", time.overheadShare),
        ("communication", time.communication),
      ]
      let bound = shares.max { $0.1 < $1.1 }?.0 ?? "memory"
      let numbers = [kernel.flops, kernel.bytes, us, us * Double(entry.count)].map(NumberFormat.shortest)
      let fields =
        [
          entry.phase, "\(entry.step.requests)", "\(entry.step.queries)", "\(entry.step.keys)", kernel.name,
          kernel.kernelClass.rawValue, "\(entry.count)",
        ] + numbers + [bound]
      try emit(Array((fields.joined(separator: ",") + "\n").utf8))
    }
  }
}
