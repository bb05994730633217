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

  /// Operators that were timed alone, in CSV.
  static let kernelMeasurements = FuzzTarget("kernel-measurements") { bytes throws(FuzzFinding) in
    do throws(CSVFault) {
      _ = try KernelMeasurement.read(try CSVText(bytes: bytes, file: "fuzz.csv"))
    } catch {
      try checkRefusal(error)
    }
  }
}
