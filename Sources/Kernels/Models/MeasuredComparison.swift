/// Kernels' times by equations that measurements correct: what a kernel's neighbors tell is looked for once.
private struct MeasuredComparison: KernelTimeComparison {
  private var equations: any KernelTimeComparison
  private let residuals: MeasuredResiduals

  init(_ equations: any KernelTimeComparison, _ residuals: MeasuredResiduals) {
    self.equations = equations
    self.residuals = residuals
  }

  mutating func time(of kernel: Kernel, _ changed: (Int, KernelTime) -> Void) -> KernelTime {
    guard let estimate = residuals.estimate(of: kernel) else { return equations.time(of: kernel, changed) }
    let factor = estimate.residual.naturalExponential
    return equations.time(of: kernel) { changed($0, $1.scaled(by: factor)) }.scaled(by: factor)
  }
}

extension MeasuredModel {
  /// Compares the model with others that the same measurements correct.
  func compared(withMeasured others: [MeasuredModel]) -> any KernelTimeComparison {
    MeasuredComparison(equations.compared(with: others.map(\.equations)), residuals)
  }
}
