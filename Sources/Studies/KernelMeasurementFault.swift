import JSONText
import Kernels
import Workloads

/// Why a row asks for what is not timed alone.
package enum KernelMeasurementFault: Error, Sendable, Equatable {
  /// An operator that cannot be, by its name.
  case wrongOperator(String, LoneOperatorFault)
  /// An operator whose roofline cannot be told, by its name.
  case wrongClaim(String, LoneOperatorFault)
  /// A name that no rule has, and the one that may have been meant.
  case unknownOperator(String, suggestion: String?)
  /// So many devices for what each does by itself.
  case devices(Int64)
  /// What connects devices, by its name, for what each does by itself.
  case interconnect(String)

  /// What is wrong, and what would be right.
  var words: FaultWords {
    switch self {
    case .wrongOperator(let name, let fault): "operator is \(quoted(name)), " + fault.words
    case .wrongClaim(let name, .resultsUnknown):
      "operator is \(quoted(name)), whose results do not follow from its inputs and attributes; give their shapes in a "
        + "column \"outputs\""
    case .wrongClaim(let name, let fault): "operator is \(quoted(name)), " + fault.words
    case .unknownOperator(let name, let suggestion?):
      "operator is \(quoted(name)), which no cost rule knows; is \(quoted(suggestion)) meant?"
    case .unknownOperator(let name, nil): "operator is \(quoted(name)), which no cost rule knows; leave such rows out"
    case .devices(let count):
      "devices is \(count), and the operator is no collective: each device does it by itself; it must be blank or 1"
    case .interconnect(let name):
      "interconnect is \(quoted(name)), and the operator is no collective: nothing is sent; it must be blank"
    }
  }
}

extension LoneOperatorFault {
  fileprivate var words: FaultWords {
    switch self {
    case .isCollective: "a collective of several devices, of which there is one; leave such rows out"
    case .launchesNoKernel: "which launches no kernel that could be timed; leave such rows out"
    case .resultsUnknown:
      "whose results do not follow from its inputs; products, convolutions, attention, normalizations, "
        + "element-wise operators and copies can be timed alone"
    case .wrongOperands(let fault): "and \(fault.problem); \(fault.advice)"
    }
  }
}
