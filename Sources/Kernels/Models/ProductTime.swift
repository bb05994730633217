/// What the arithmetic of a product takes, with what comes with it.
struct ProductTime: Sendable, Equatable {
  /// Seconds of multiplying and adding.
  var arithmetic: Double
  /// Seconds of filling and draining tiles, one after the other with the arithmetic.
  var setup = 0.0
  /// Seconds of traffic of its own beside the arithmetic: transformed tensors.
  var memory = 0.0
  /// Seconds of traffic of its own before and after it.
  var exposedMemory = 0.0

  /// All of it.
  var seconds: Double { max(arithmetic + setup, memory) + exposedMemory }

  /// What cannot be had: longer than every other.
  static let impossible = ProductTime(arithmetic: .infinity)

  /// The shorter of two; the first of equals.
  func shorter(_ other: ProductTime) -> ProductTime { other.seconds < seconds ? other : self }

  /// The same with arithmetic that takes so many seconds at least; the longer it is, the more of the set-up it hides.
  func lasting(_ least: Double) -> ProductTime {
    guard least > arithmetic else { return self }
    var time = self
    time.setup = max(0, setup - (least - arithmetic))
    time.arithmetic = least
    return time
  }

  /// The kernel that computes it, moving its operands and its result meanwhile.
  ///
  /// - Parameters:
  ///   - traffic: Seconds of the kernel's traffic, of which the product's own may be a part.
  ///   - fixed: Seconds that nothing hides.
  /// - Returns: The kernel's time.
  func kernel(memory traffic: Double, fixed: Double) -> KernelTime {
    KernelTime(
      compute: arithmetic, memory: max(memory, traffic - exposedMemory), exposedMemory: exposedMemory, setup: setup,
      fixed: fixed)
  }
}
