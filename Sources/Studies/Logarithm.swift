#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Double {
  /// The natural logarithm.
  var logarithm: Double { log(self) }

  /// The logarithm to base ten.
  var decimalLogarithm: Double { log10(self) }

  /// The exponential function of it.
  var exponential: Double { exp(self) }
}
