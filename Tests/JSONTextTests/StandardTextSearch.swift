// What the standard library says. This file does not import JSONText, whose functions would be taken in place of those.

func standardContains(_ text: String, _ other: String) -> Bool { text.contains(other) }

func standardFirstOffset(_ text: String, _ other: String) -> Int? {
  text.firstRange(of: other).map { text.distance(from: text.startIndex, to: $0.lowerBound) }
}

func standardReplacing(_ text: String, _ other: String, _ replacement: String) -> String {
  text.replacing(other, with: replacement)
}

func standardSplit(_ text: String, _ separator: String, _ omitsEmpty: Bool) -> [String] {
  text.split(separator: separator, omittingEmptySubsequences: omitsEmpty).map(String.init)
}
