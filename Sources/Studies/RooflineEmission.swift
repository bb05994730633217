import Kernels
import Profiles
import Roofline
import Workloads

/// The operators of a workload as claims, each once, with what is right of them.
package struct RooflineEmission: Sendable {
  /// An operator with what its row says.
  package struct Row: Sendable {
    /// The call.
    package let operation: Operator
    /// What is right of it.
    package let expected: RooflineCheck.Expected

    /// Its operands as JSON.
    package var inputs: String { OperatorText.field(operation.inputs) }
    /// What else it is given, as JSON.
    package var attributes: String { OperatorText.field(operation.attributes) }
    /// The types of its operands, as JSON.
    package var inputTypes: String { OperatorText.field(operation.inputTypes) }
    /// Its results, as JSON; blank where nothing is said of them.
    package var outputs: String { operation.outputs.isEmpty ? "" : OperatorText.field(operation.outputs) }
    /// Their types, as JSON.
    package var outputTypes: String { operation.outputs.isEmpty ? "" : OperatorText.field(operation.outputTypes) }
  }

  /// The accelerator's name.
  package let accelerator: String
  /// The format.
  package let precision: Precision
  /// The operators in the order of the program.
  package let rows: [Row]
  /// Operators that are left out because no rule knows them.
  package let unknown: [String]

  /// The claims of a workload.
  ///
  /// Views and conversions that convert nothing move nothing and are left out.
  ///
  /// - Parameters:
  ///   - workload: The workload.
  ///   - accelerator: The device.
  ///   - name: What the rows call it; its own name where none is given.
  ///   - precision: The format of its tensors.
  /// - Throws: ``Roofline/RooflineFault`` where the device has no peak for the format.
  package init(
    _ workload: BoundWorkload, on accelerator: AcceleratorProfile, named name: String? = nil, precision: Precision
  ) throws(RooflineFault) {
    let roofline = try Roofline(accelerator: accelerator, precision: precision)
    var seen: Set<ToldOperator> = []
    var operations: [Operator] = []
    var unknown: [String] = []
    workload.program.forEachLeaf { operation, _ in
      guard operation.movesTensors else { return }
      if operation.isGuessed { return unknown.append(operation.name) }
      guard let whole = try? operation.completed, seen.insert(ToldOperator(whole)).inserted else { return }
      operations.append(whole)
    }
    self.accelerator = name ?? accelerator.name
    self.precision = precision
    self.unknown = unique(unknown)
    rows = operations.map { operation in
      let work = OperatorWork(operation, bytesPerElement: precision.bytesPerElement)
      return Row(operation: operation, expected: RooflineCheck.Expected(work, on: roofline))
    }
  }
}
