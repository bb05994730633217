import JSONText
import Profiles
import Serving

/// A step of an engine's loop, as a log of it has it.
package struct LoggedStep: Sendable, Hashable {
  /// Requests in it.
  package let requests: Int64
  /// New tokens of all of them; as many as requests where it is over one next token for each.
  package let tokens: Int64
  /// Tokens that the last new one of a request attends to, in the mean, itself among them.
  package let keys: Int64
  /// From its beginning to the next one's, seconds.
  package let seconds: Double

  /// A step.
  package init(requests: Int64, tokens: Int64, keys: Int64, seconds: Double) {
    self.requests = requests
    self.tokens = tokens
    self.keys = keys
    self.seconds = seconds
  }

  private enum Column: String, CSVColumn {
    case requests, tokens, context
    case time = "step_us"

    var isNeeded: Bool { self == .requests || self == .time }
  }

  /// Reads a log: `requests,tokens,context,step_us`.
  ///
  /// Without `tokens` every step is over next tokens; without `context` each attends to 1,024.
  ///
  /// - Parameter table: The log.
  /// - Returns: Its steps, in its order.
  /// - Throws: ``CSVFault`` with the place of what is wrong.
  package static func read(_ table: CSVText) throws(CSVFault) -> [LoggedStep] {
    let fields = try CSVFields<Column>(table)
    var steps: [LoggedStep] = []
    for row in table.rows.indices {
      func count(_ column: Column, _ usual: Int64, least: Int64 = 1) throws(CSVFault) -> Int64 {
        let text = fields.text(column, row)
        guard !text.isEmpty else { return usual }
        guard let count = Int64(text), (least...10_000_000).contains(count) else {
          throw fields.wrong(column, row, "a whole number from \(least) to 10000000")
        }
        return count
      }
      let requests = try count(.requests, 0)
      guard requests > 0 else { throw fields.wrong(.requests, row, "a whole number from 1 to 10000000") }
      let tokens = try count(.tokens, requests, least: requests)
      let keys = try count(.context, max(1024, (tokens + requests - 1) / requests))
      guard let time = decimalNumber(fields.text(.time, row)), time > 0, time <= 1e9 else {
        throw fields.wrong(.time, row, "a number of microseconds above 0, at most 1e9")
      }
      steps.append(LoggedStep(requests: requests, tokens: tokens, keys: keys, seconds: time * 1e-6))
    }
    return steps
  }
}
