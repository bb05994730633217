// Searching in text. The standard library has these functions in a module of its own, which brings its regular expressions into
// every program that calls one: 1.3 MB. Functions of any other module are preferred to that one's, so that a file that imports
// this module has these.

extension StringProtocol {
  /// Whether a text stands in this one, character by character.
  package func contains(_ other: String) -> Bool { contains(other[...]) }

  /// Whether a text stands in this one, character by character.
  package func contains(_ other: Substring) -> Bool {
    if let found = contains(plain: other) { return found }
    return firstRange(of: other) != nil
  }

  /// The same of texts whose every byte is a character; nil where one has others.
  private func contains(plain other: Substring) -> Bool? {
    withPlainBytes(of: self) { text in
      withPlainBytes(of: other) { wanted in
        guard let first = wanted.first else { return true }
        guard text.count >= wanted.count else { return false }
        for start in 0...(text.count - wanted.count) where text[start] == first {
          if wanted.indices.allSatisfy({ text[start + $0] == wanted[$0] }) { return true }
        }
        return false
      }
    } ?? nil
  }
}

/// Calls back with the bytes of a text of ASCII without carriage returns, each of which is a character.
///
/// - Returns: What that returns; nil for any other text.
private func withPlainBytes<Result>(
  of text: some StringProtocol, _ body: (UnsafeBufferPointer<UInt8>) -> Result
) -> Result? {
  text.utf8.withContiguousStorageIfAvailable { bytes -> Result? in
    bytes.allSatisfy { $0 < 0x80 && $0 != 0x0D } ? body(bytes) : nil
  } ?? nil
}

extension BidirectionalCollection where Element: Comparable {
  /// Where some elements first stand one after the other; nil where they never do.
  package func firstRange<Other: Collection>(of other: Other) -> Range<Index>? where Other.Element == Element {
    var start = startIndex
    while true {
      if let end = end(of: other, from: start) { return start..<end }
      guard start < endIndex else { return nil }
      formIndex(after: &start)
    }
  }
}

extension Collection where Element: Equatable {
  /// The place behind some elements that stand one after the other from a place on; nil where they do not.
  fileprivate func end<Other: Collection>(of other: Other, from start: Index) -> Index? where Other.Element == Element {
    var place = start
    for element in other {
      guard place < endIndex, self[place] == element else { return nil }
      formIndex(after: &place)
    }
    return place
  }

  /// The stretches between those that are the same as a separator.
  package func split<Separator: Collection>(
    separator: Separator, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true
  ) -> [SubSequence] where Separator.Element == Element {
    var parts: [SubSequence] = []
    var splits = 0
    var (start, place) = (startIndex, startIndex)
    while place < endIndex, splits < maxSplits {
      guard let end = end(of: separator, from: place), end > place else {
        formIndex(after: &place)
        continue
      }
      if !omittingEmptySubsequences || place > start {
        parts.append(self[start..<place])
        splits += 1
      }
      (start, place) = (end, end)
    }
    if !omittingEmptySubsequences || start < endIndex { parts.append(self[start...]) }
    return parts
  }
}

extension RangeReplaceableCollection where Element: Equatable {
  /// The collection with others in place of some elements, wherever these stand one after the other.
  package func replacing<Other: Collection, Replacement: Collection>(
    _ other: Other, with replacement: Replacement, maxReplacements: Int = .max
  ) -> Self where Other.Element == Element, Replacement.Element == Element {
    let kept = split(separator: other, maxSplits: maxReplacements, omittingEmptySubsequences: false)
    var result = Self()
    for (index, part) in kept.enumerated() {
      if index > 0 { result.append(contentsOf: replacement) }
      result.append(contentsOf: part)
    }
    return result
  }
}
