#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Double {
  /// The natural logarithm.
  package var naturalLogarithm: Double { log(self) }

  /// The logarithm to base two.
  package var binaryLogarithm: Double { log2(self) }

  /// The exponential function of it.
  package var naturalExponential: Double { exp(self) }
}
