import JSONText
import Roofline
import Serving

extension SpeculationResult {
  /// For programs.
  var record: Record {
    [
      "draft_tokens": .count(guesses), "acceptance": .number(acceptance), "tokens_per_cycle": .number(tokensPerCycle),
      "cycle_us": .time(cycle), "draft_us": .time(draft),
    ]
  }

  /// For people: a line.
  var text: String {
    "\(guesses) tokens guessed ahead, \(NumberFormat.percent(acceptance, decimals: 0)) right: "
      + "\(NumberFormat.significant(tokensPerCycle, digits: 3)) tokens a cycle of "
      + "\(NumberFormat.time(picoseconds: cycle.count)), \(NumberFormat.time(picoseconds: draft.count)) of it guessing"
  }
}
