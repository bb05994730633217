import JSONText

/// What stands between a request and a bound workload.
public enum WorkloadFault: Error, Sendable, Equatable {
  /// The file is wrong, or wrong for the parameter values that are asked for.
  case inFile(JSONFault)
  /// The file or directory cannot be read.
  case unreadable(FileFault)
  /// The catalog has no workload of that name.
  case unknownWorkload(String, suggestion: String?, known: [String])
  /// The workload has no parameter of that name.
  case unknownParameter(String, workload: String, suggestion: String?, known: [String])
  /// A parameter's value is less than 1, or more than ``Workload/parameterValueLimit``.
  case parameterOutOfRange(String, value: Int64)
}
