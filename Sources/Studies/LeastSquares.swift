/// Sums of a few parts taken apart, so that the weighted squares of what is left are least.
enum LeastSquares {
  /// Finds the parts, none below zero: what would be is left out, the most negative first.
  ///
  /// - Parameters:
  ///   - rows: How often each part is in a sum.
  ///   - values: The sums.
  ///   - weights: What a residual is divided by.
  /// - Returns: For each part its value, and its standard error over it.
  static func solution(
    _ rows: [[Double]], _ values: [Double], weights: [Double]
  ) -> [(value: Double, uncertainty: Double?)] {
    let count = rows.first?.count ?? 0
    var kept = Array(0..<count)
    while !kept.isEmpty {
      let scaled = zip(rows, weights).map { row, weight in kept.map { row[$0] / weight } }
      let targets = zip(values, weights).map { $0 / $1 }
      var normal = Matrix(kept.count)
      for row in scaled { normal.add(row) }
      let right = kept.indices.map { index in zip(scaled, targets).reduce(0) { $0 + $1.0[index] * $1.1 } }
      guard let inverse = normal.inverse() else {
        kept.removeLast()
        continue
      }
      let solution = inverse.rows.map { row in zip(row, right).reduce(0) { $0 + $1.0 * $1.1 } }
      if let worst = solution.indices.min(by: { solution[$0] < solution[$1] }), solution[worst] < 0 {
        kept.remove(at: worst)
        continue
      }
      let squares = zip(scaled, targets).reduce(0.0) { sum, row in
        let residual = row.1 - zip(row.0, solution).reduce(0) { $0 + $1.0 * $1.1 }
        return sum + residual * residual
      }
      let freedom = Double(rows.count - kept.count)
      return (0..<count).map { part in
        guard let index = kept.firstIndex(of: part) else { return (0, nil) }
        let variance = freedom > 0 ? squares / freedom * inverse.rows[index][index] : 0
        let value = solution[index]
        return (value, freedom > 0 && value > 0 ? variance.squareRoot() / value : nil)
      }
    }
    return Array(repeating: (0, nil), count: count)
  }
}

/// A small symmetric matrix.
private struct Matrix {
  var rows: [[Double]]

  init(_ size: Int) { rows = Array(repeating: Array(repeating: 0, count: size), count: size) }

  /// Adds the products of a row's entries.
  mutating func add(_ row: [Double]) {
    for first in row.indices {
      for second in row.indices { rows[first][second] += row[first] * row[second] }
    }
  }

  /// Its inverse, by elimination with the largest pivots; nil where it has none that a double tells.
  func inverse() -> Matrix? {
    let size = rows.count
    var left = rows
    var right = Matrix(size).rows
    for index in 0..<size { right[index][index] = 1 }
    let scale = rows.indices.map { rows[$0][$0] }
    for column in 0..<size {
      guard let pivot = (column..<size).max(by: { abs(left[$0][column]) < abs(left[$1][column]) }),
        abs(left[pivot][column]) > 1e-10 * scale[column]
      else { return nil }
      left.swapAt(column, pivot)
      right.swapAt(column, pivot)
      let divisor = left[column][column]
      left[column] = left[column].map { $0 / divisor }
      right[column] = right[column].map { $0 / divisor }
      for row in 0..<size where row != column {
        let factor = left[row][column]
        for other in 0..<size {
          left[row][other] -= factor * left[column][other]
          right[row][other] -= factor * right[column][other]
        }
      }
    }
    var inverse = Matrix(size)
    inverse.rows = right
    return inverse
  }
}
