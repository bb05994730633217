import Roofline

/// The rows of a calibration, and how far they are off for values of its parameters.
protocol CalibrationRows {
  /// |ln(predicted / measured)| of each row.
  mutating func rowErrors(_ parameters: [Calibration.Parameter]) -> [Double]
}

/// The search for the values of least error.
extension CalibrationRows {
  /// The mean of |ln(predicted / measured)|.
  mutating func error(_ parameters: [Calibration.Parameter]) -> Double {
    let errors = rowErrors(parameters)
    return errors.reduce(0, +) / Double(max(1, errors.count))
  }

  /// Fits the parameters, and finds how well each is known.
  ///
  /// - Parameters:
  ///   - parameters: Where the search begins.
  ///   - rounds: How often all coordinates are searched; the step halves with each.
  mutating func search(_ parameters: inout [Calibration.Parameter], rounds: Int) {
    var best = objective(parameters)
    var step = 0.25
    for _ in 0..<rounds {
      for index in parameters.indices { best = move(&parameters, index, step, best) }
      step /= 2
    }
    for index in parameters.indices { parameters[index].uncertainty = uncertainty(of: index, parameters) }
  }

  /// What is minimized: the mean of |ln(predicted / measured)|, and a little for values that have moved.
  private mutating func objective(_ parameters: [Calibration.Parameter]) -> Double {
    error(parameters) + penalty(parameters)
  }

  /// A little is charged for leaving the value that a profile had, so that a number of which the measurements say
  /// nothing stays where it was: as much as an error of 0.1 % for a factor of e ^ 0.5.
  private func penalty(_ parameters: [Calibration.Parameter]) -> Double {
    parameters.reduce(0) { sum, parameter in
      let distance = (parameter.fitted / parameter.initial).logarithm / 0.5
      return sum + 0.001 * distance * distance
    }
  }

  /// Moves one value while that helps.
  private mutating func move(
    _ parameters: inout [Calibration.Parameter], _ index: Int, _ step: Double, _ start: Double
  ) -> Double {
    var best = start
    for factor in [1 + step, 1 / (1 + step)] {
      for _ in 0..<4 {
        let value = parameters[index].fitted
        parameters[index].fitted = value * factor
        let error = objective(parameters)
        if error < best * (1 - 1e-6) {
          best = error
        } else {
          parameters[index].fitted = value
          break
        }
      }
    }
    return best
  }

  /// The first step for which the errors grow in both directions; interpolated within the step on the growth.
  private mutating func uncertainty(of index: Int, _ parameters: [Calibration.Parameter]) -> Double? {
    let least = rowErrors(parameters)
    var before = 0.0
    for step in doubts {
      var significance = Double.infinity
      for factor in [1 + step, 1 / (1 + step)] {
        var moved = parameters
        moved[index].fitted *= factor
        significance = min(significance, growth(from: least, to: rowErrors(moved)))
      }
      if significance > 1 { return step - (step - before) * min(1, (significance - 1) / significance) }
      before = step
    }
    return nil
  }
}

/// The steps, relative to a value, at which it is asked whether the errors have grown.
private let doubts = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3]

/// The mean growth of errors over twice its standard error.
private func growth(from old: [Double], to new: [Double]) -> Double {
  let count = Double(max(1, old.count))
  let differences = zip(new, old).map { $0 - $1 }
  let mean = differences.reduce(0, +) / count
  let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
  guard mean > 1e-9 else { return 0 }
  return variance > 0 ? mean / (2 * (variance / count).squareRoot()) : .infinity
}
