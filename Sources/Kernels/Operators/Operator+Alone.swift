import Profiles
import Workloads

/// Why an operator cannot be timed alone from its operands.
package enum LoneOperatorFault: Error, Sendable, Equatable {
  /// Ranks do it together.
  case isCollective
  /// What it costs is no kernel's time: views, waits and copies over the host link.
  case launchesNoKernel
  /// Its results do not follow from its operands.
  case resultsUnknown
  /// Its operands do not fit together.
  case wrongOperands(OperatorProblem)
}

extension Operator {
  /// A call of which only the operands and attributes are told, as where an operator is timed alone.
  ///
  /// - Parameters:
  ///   - name: The framework's name of it: `aten::linear`.
  ///   - inputs: Its tensors, all in the floating-point format that is asked for.
  ///   - attributes: What else it is given.
  /// - Throws: ``LoneOperatorFault`` where it runs no kernel of its own, or its operands do not say what it does.
  package init(
    alone name: String, inputs: [Shape], attributes: [OperatorAttribute]
  ) throws(LoneOperatorFault) {
    let call = Operator(name: name, inputs: inputs, attributes: attributes)
    let rule = OperatorRule.of(call)
    if rule.kind == .collective { throw .isCollective }
    if rule.kind == .view || rule.kind == .synchronization || rule.transfer != nil { throw .launchesNoKernel }
    self = try rule.completed(call)
    if let words = rule.fault(in: self)?.words {
      throw .wrongOperands(OperatorProblem(problem: words.problem, advice: words.advice))
    }
  }
}

extension OperatorRule {
  /// A call whose operands alone are told, with its results; without them where the lowering finds them by itself.
  fileprivate func completed(_ call: Operator) throws(LoneOperatorFault) -> Operator {
    switch kind {
    case .convolution, .depthwiseConvolution: return call
    case .linear, .matmul, .attention: break
    default:
      if !isGuess {
        return try Operator(
          completing: ToldOperator(name: call.name, inputs: call.inputs, attributes: call.attributes))
      }
    }
    guard !call.inputs.isEmpty else { throw .resultsUnknown }
    var arguments = RecordedArguments(inputs: call.inputs, types: call.inputTypes, values: [])
    guard complete(&arguments) else { throw .resultsUnknown }
    return Operator(name: call.name, inputs: call.inputs, outputs: arguments.outputs, attributes: call.attributes)
  }
}
