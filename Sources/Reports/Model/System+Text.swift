import JSONText
import Profiles

extension System {
  /// Its accelerators in words, `8 x NVIDIA A100`; nil for the host alone.
  var acceleratorText: String? {
    accelerator.map { parallelism.devices > 1 ? "\(parallelism.devices) x \($0.title)" : $0.title }
  }

  /// How several accelerators share the work, and what connects them; lines of their own.
  var connectionText: [String] {
    guard parallelism.devices > 1 else { return [] }
    // Tensor parallelism alone is written as a number.
    let ways = parallelism.tensor == parallelism.devices ? "tensor=\(parallelism.tensor)" : parallelism.description
    guard let texts = connection?.texts(of: Double(parallelism.devices)) else { return [ways] }
    return ["\(ways), \(texts[0])"] + texts.dropFirst()
  }
}

extension DeviceConnection {
  /// What connects so many ranks, in words, and what groups of them; that is of no matter where all are in one.
  func texts(of ranks: Double) -> [String] {
    let own = "connected by \(inner.title)"
    guard let outer, ranks > inner.ranks else { return [own] }
    return [own, "groups of \(NumberFormat.shortest(inner.ranks)) connected by \(outer.title)"]
  }
}
