import Profiles

extension HardwareLines {
  /// The parts of a line from before the first one with a profile, as profiles.
  ///
  /// - Parameters:
  ///   - first: A system with the first part that has one.
  ///   - year: The earliest year.
  /// - Returns: The parts, the oldest first; none where no line has that part.
  package func earlierParts(before first: System, from year: Int) -> [AcceleratorProfile] {
    guard let name = first.accelerator?.name, let known = accelerators.first(where: { $0.profile == name }) else {
      return []
    }
    return accelerators.filter {
      $0.line == known.line && !$0.isAnnounced && $0.year >= year && $0.time < known.time
    }.sorted { $0.time < $1.time }.compactMap { $0.profile(like: first) }
  }
}

extension HistoryPart {
  /// The part as a profile: its own numbers, and everything else of another part.
  ///
  /// Where it has no arithmetic in half precision, such a pass computes in single precision.
  ///
  /// - Parameter other: A system with the other part.
  /// - Returns: The profile; nil for a system without an accelerator.
  func profile(like other: System) -> AcceleratorProfile? {
    var system = other
    for (path, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let number = SystemNumber(path: path), number.value(in: system) != nil else { continue }
      number.set(value, in: &system)
    }
    guard var profile = system.accelerator else { return nil }
    if values["accelerator.peak_tflops.fp16"] == nil { profile.peakTFLOPS[.fp16] = profile.peakTFLOPS[.fp32] }
    (profile.name, profile.title, profile.released) = (name, name, released)
    return profile
  }
}
