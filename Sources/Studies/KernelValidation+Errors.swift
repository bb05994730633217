import Profiles

extension KernelValidation {
  /// Rows whose errors are told together; nil for what they do not have in common.
  package struct Group: Sendable, Hashable {
    /// The accelerator.
    package var accelerator: String?
    /// The format.
    package var precision: Precision?
    /// The sort of operator.
    package var family: OperatorClass.Family?
    /// The size.
    package var size: OperatorClass.Size?
  }

  /// The errors of all measured rows, of each sort of operator and format, and of each size of it; and the same of each
  /// accelerator, where there are several.
  package var errorsByClass: [(group: Group, errors: ErrorSummary)] {
    var errors: [Group: [Double]] = [:]
    for prediction in predictions {
      guard let error = prediction.error else { continue }
      for group in Self.groups(of: prediction) { errors[group, default: []].append(error) }
    }
    let order = order
    return errors.filter { $0.key.accelerator == nil || order.accelerators.count > 1 }
      .sorted { order.place(of: $0.key).lexicographicallyPrecedes(order.place(of: $1.key)) }
      .compactMap { group, errors in ErrorSummary(errors).map { (group: group, errors: $0) } }
  }

  /// The groups that a row belongs to.
  private static func groups(of prediction: Prediction) -> [Group] {
    let (row, kind) = (prediction.measurement, prediction.operatorClass)
    return [nil, row.accelerator].flatMap { accelerator in
      let family = Group(accelerator: accelerator, precision: row.precision, family: kind.family)
      let whole = [Group(accelerator: accelerator), family]
      guard let size = kind.size else { return whole }
      return whole + [
        Group(accelerator: accelerator, precision: row.precision, family: kind.family, size: size)
      ]
    }
  }

  private var order: GroupOrder {
    GroupOrder(
      accelerators: unique(predictions.filter { $0.error != nil }.map(\.measurement.accelerator)))
  }
}

/// The order in which groups are told: accelerators as they first come, and what is wider before what it holds.
private struct GroupOrder {
  let accelerators: [String]

  func place(of group: KernelValidation.Group) -> [Int] {
    func place<Element: Equatable>(_ element: Element?, _ all: [Element]) -> Int {
      element.flatMap { all.firstIndex(of: $0) } ?? -1
    }
    return [
      place(group.accelerator, accelerators), place(group.family, OperatorClass.Family.allCases),
      place(group.precision, Precision.allCases), place(group.size, OperatorClass.Size.allCases),
    ]
  }
}
