import Profiles

/// Kernel times from a table of measurements: the calibrated equations' time, corrected by what the kernel's measured
/// neighbors tell of their error.
///
/// Far from every measured shape it is the equations alone.
package struct MeasuredModel: KernelTimeModel {
  let equations: CalibratedModel
  let residuals: MeasuredResiduals

  /// A model of a device, some of whose kernels were measured.
  package init(_ equations: CalibratedModel, _ residuals: MeasuredResiduals) {
    self.equations = equations
    self.residuals = residuals
  }

  /// The equations' time, all of its parts changed alike.
  package func time(of kernel: Kernel) -> KernelTime {
    let time = equations.time(of: kernel)
    guard let estimate = residuals.estimate(of: kernel) else { return time }
    return time.scaled(by: estimate.residual.naturalExponential)
  }

  /// The share of the neighbors in the correction.
  package func measuredFraction(of kernel: Kernel) -> Double { residuals.estimate(of: kernel)?.share ?? 0 }
}

extension KernelModel {
  /// How a model from measurements is named.
  package static let measuredForm = "measured:FILE.csv"

  /// The file of measurements in a name like ``measuredForm``; nil in another.
  package static func measurements(in name: String) -> String? {
    let beginning = "measured:"
    return name.hasPrefix(beginning) && name != beginning ? String(name.dropFirst(beginning.count)) : nil
  }

  /// A model from measurements.
  ///
  /// - Parameters:
  ///   - name: What results call it.
  ///   - residuals: What was measured, by the accelerators' names; of others the equations stand alone.
  /// - Returns: The model.
  package static func measured(_ name: String, _ residuals: [String: MeasuredResiduals]) -> KernelModel {
    KernelModel(name, errorsOf: calibrated.name) { accelerator in
      let equations = CalibratedModel(accelerator: accelerator)
      return residuals[accelerator.name].map { MeasuredModel(equations, $0) } ?? equations
    }
  }
}
