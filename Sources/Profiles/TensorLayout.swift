/// How a program lays images and their features out in memory.
package enum TensorLayout: String, CaseIterable, Sendable {
  /// One channel after the other, as frameworks do without being asked.
  case channelsFirst = "channels-first"
  /// The channels of a position side by side, as matrix units take them.
  case channelsLast = "channels-last"

  /// A layout by its name, or by the letters of its dimensions in their order; nil for another word.
  package init?(named word: String) {
    switch word {
    case "nchw": self = .channelsFirst
    case "nhwc": self = .channelsLast
    default: self.init(rawValue: word)
    }
  }

  /// The words that name a layout.
  package static let words = allCases.map(\.rawValue) + ["nchw", "nhwc"]
}

extension FrameworkProfile {
  /// Lays tensors out as a program asks; a framework that keeps channels last by itself does so all the same.
  package mutating func lay(out layout: TensorLayout) {
    if layout == .channelsLast { isChannelsLast = true }
  }
}
