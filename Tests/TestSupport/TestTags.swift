import Testing

/// What a suite needs, so that a run can leave it out: all that has no tag is quick and needs nothing.
extension Tag {
  /// Runs the program as a process of its own.
  @Tag public static var process: Self
  /// Holds predictions against measurements that are not part of the repository.
  @Tag public static var fidelity: Self
  /// Takes more than a second: random programs, every combination of what is shipped.
  @Tag public static var slow: Self
}
