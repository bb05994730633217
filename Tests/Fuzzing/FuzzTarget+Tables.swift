import Studies

extension FuzzTarget {
  /// Measurements in CSV.
  static let measurements = FuzzTarget("measurements") { bytes throws(FuzzFinding) in
    do throws(CSVFault) {
      _ = try Measurement.read(try CSVText(bytes: bytes, file: "fuzz.csv"))
    } catch {
      try checkRefusal(error)
    }
  }
}
