/// The known names that somebody may have meant who wrote another one, the likeliest first.
///
///     nearestNames(to: "llama-70b", among: ["gpt2", "llama-2-70b", "llama-3-8b"])  // ["llama-2-70b", "llama-3-8b"]
///
/// Names are compared by their words, which are runs of letters or of digits: those that share the most come first, then those
/// that share more letters; what shares no word of two letters is left out.
///
/// - Parameters:
///   - name: What was written.
///   - names: What may have been meant, in order of preference.
///   - limit: The most names.
/// - Returns: At most so many of `names`.
/// - Complexity: O(`names.count` x the words of a name, squared).
package func nearestNames(to name: String, among names: [String], limit: Int = 4) -> [String] {
  let wanted = words(of: name)
  let scored = names.enumerated().compactMap {
    place, candidate -> (shared: Int, letters: Int, place: Int, name: String)? in
    let shared = Set(words(of: candidate)).intersection(wanted)
    guard shared.contains(where: { $0.count > 1 && !$0.allSatisfy(\.isNumber) }) else { return nil }
    return (shared.count, shared.map(\.count).reduce(0, +), place, candidate)
  }
  let best = scored.sorted { ($1.shared, $1.letters, $0.place) < ($0.shared, $0.letters, $1.place) }
  return best.prefix(limit).map(\.name)
}

/// Whether a name has every word of another one, in whatever order.
package func sharesWords(of name: String, _ other: String) -> Bool {
  let wanted = Set(words(of: name))
  return !wanted.isEmpty && wanted.isSubset(of: words(of: other))
}

/// The runs of letters and of digits in a name, in lower case.
private func words(of name: String) -> [Substring] {
  var words: [Substring] = []
  for part in name.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
    var rest = part
    while let first = rest.first {
      let run = rest.prefix { $0.isNumber == first.isNumber }
      words.append(run)
      rest = rest[run.endIndex...]
    }
  }
  return words
}
