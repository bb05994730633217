import JSONText

/// A thing that can be called by name.
package struct Named: Sendable, Equatable {
  /// The stable identifier.
  package let name: String
  /// Further names.
  package let aliases: [String]
  /// Who makes it, or empty: the first word of a name that may be left out.
  package let vendor: String

  /// A thing with its names.
  package init(name: String, aliases: [String] = [], vendor: String = "") {
    self.name = name
    self.aliases = aliases
    self.vendor = vendor
  }
}

/// Why a name denotes nothing.
public enum NameFault: Error, Sendable, Equatable {
  /// Nothing has this name; the nearest is suggested.
  case unknown(what: String, name: String, suggestion: String?, known: [String])
  /// A shortened name fits several things.
  case ambiguous(what: String, name: String, candidates: [String])
  /// The name denotes a profile whose file is wrong.
  case unusable(ProfileFault)
}

/// Finds what a name denotes, also when it is shortened.
///
/// In this order: the name itself or an alias; the same without the vendor's prefix; a run of whole words of it
/// (`bert-base` is in `bert-base-uncased` but not in `distilbert-base-uncased`); such a run whose last word ends where
/// digits and letters change (`resnet` is in `resnet50`). No word and no number is ever completed: `h20` is not `h200`.
/// The first of these that fits anything decides, and must then fit one thing only; or one whose name all others begin
/// with, which are variants of it: `bert-base` is `bert-base-uncased` beside `bert-base-uncased-sdpa`.
///
/// - Parameters:
///   - name: What was typed; letter case does not matter.
///   - candidates: What it may denote.
///   - what: The word for such a thing, for the message.
/// - Returns: The identifier of the thing.
/// - Throws: `NameFault` when nothing fits, or several things do.
/// - Complexity: O(n) comparisons for n candidates.
package func resolveName(_ name: String, among candidates: [Named], what: String) throws(NameFault) -> String {
  if let found = try denotedName(name, among: candidates, what: what) { return found }
  let typed = name.lowercased()
  let known = candidates.map(\.name)
  let names = known + candidates.flatMap(\.aliases)
  let runs = names + names.flatMap(shortened)
  let begun = runs.filter { typed.count > 1 && $0.hasPrefix(typed) }.min { $0.count < $1.count }
  let suggestion = begun ?? nearestName(to: typed, among: runs)
  throw .unknown(what: what, name: name, suggestion: suggestion, known: known)
}

/// The same of a name that may denote nothing, for which nothing is suggested then: looking for that takes longer.
///
/// - Throws: `NameFault.ambiguous` where several things fit.
package func denotedName(_ name: String, among candidates: [Named], what: String) throws(NameFault) -> String? {
  let typed = name.lowercased()
  // What no part of a name looks like is no run of its words either, which takes longer to see.
  let run = typed.split(separator: "-").joined(separator: "-")
  let tests: [(String, Named) -> Bool] = [
    { name, _ in name == typed },
    { name, thing in
      !thing.vendor.isEmpty && name.contains(typed) && name == thing.vendor.lowercased() + "-" + typed
    },
    { name, _ in name.contains(run) && contains(words: name, run: run) { $0 == $1 } },
    { name, _ in name.contains(run) && contains(words: name, run: run, endingIn: isWordPart) },
  ]
  for fits in tests where !typed.isEmpty {
    let found = candidates.filter { candidate in
      ([candidate.name] + candidate.aliases).contains { fits($0, candidate) }
    }
    if found.count == 1 { return found[0].name }
    let original = found.first { one in found.allSatisfy { $0 == one || $0.name.hasPrefix(one.name + "-") } }
    if let original { return original.name }
    if found.count > 1 { throw .ambiguous(what: what, name: name, candidates: found.map(\.name)) }
  }
  return nil
}

/// The runs of a name's words, the longest first: what it may be shortened to.
private func shortened(_ name: String) -> [String] {
  let words = name.split(separator: "-")
  return (1..<max(1, words.count)).reversed().flatMap { length in
    (0...(words.count - length)).map { words[$0..<($0 + length)].joined(separator: "-") }
  }
}

private func contains(
  words name: String, run: String, endingIn fits: (Substring, _ wanted: Substring) -> Bool
) -> Bool {
  let words = name.split(separator: "-")
  let wanted = run.split(separator: "-")
  guard let last = wanted.last, words.count >= wanted.count else { return false }
  return (0...(words.count - wanted.count)).contains { start in
    words[start..<(start + wanted.count - 1)].elementsEqual(wanted.dropLast())
      && fits(words[start + wanted.count - 1], last)
  }
}

/// Whether a word begins with a part that ends between a digit and a letter: `resnet50` with `resnet`.
private func isWordPart(_ word: Substring, of part: Substring) -> Bool {
  guard word.hasPrefix(part), let end = part.last, let next = word.dropFirst(part.count).first else { return false }
  return end.isNumber && next.isLetter || end.isLetter && next.isNumber
}
