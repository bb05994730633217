import JSONText
import Profiles
import Traces

extension ProfileCatalog {
  /// The accelerator that a profiler describes: by its units and memory, and by its name where it has one.
  ///
  /// - Parameter device: What the profiler says of it.
  /// - Returns: The profile that fits best, or nil where none does.
  package func accelerator(matching device: RecordedDevice) -> AcceleratorProfile? {
    let words = device.name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let joined = words.joined()
    func matches(_ part: Substring) -> Bool {
      words.contains { $0 == part || $0.hasPrefix(part) && part.count > 2 } || part.count > 3 && joined.contains(part)
    }
    var best: (score: Double, profile: AcceleratorProfile)?
    for profile in accelerators {
      let capacity = device.memoryBytes / (profile.memory.capacityGB * 1e9)
      if device.memoryBytes > 0, !(0.85...1.15).contains(capacity) { continue }
      if device.computeUnits > 0, abs(profile.computeUnits / Double(device.computeUnits) - 1) > 0.02 { continue }
      let parts = profile.name.split(separator: "-").dropFirst()
      let named = parts.filter(matches).count
      // A name that shares nothing with the profile's is another part of the same size.
      guard device.name.isEmpty || named > 0 else { continue }
      guard !device.name.isEmpty || device.computeUnits > 0 else { continue }
      let score = Double(named) - 0.1 * Double(parts.count - named) - abs(capacity - 1)
      if score > best?.score ?? -.infinity { best = (score, profile) }
    }
    return best?.profile
  }
}
