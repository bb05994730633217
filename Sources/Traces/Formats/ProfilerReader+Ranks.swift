import JSONText

extension ProfilerReader {
  /// Reads which rank of how many the recording is of, token by token: the list of groups behind it may be long.
  ///
  /// What is no object, or says nothing known, says nothing.
  mutating func readRank() throws(TraceFault) {
    let outside = window.parser.depth
    var member: String?
    repeat {
      let (key, number) = try window.reading { parser throws(JSONFault) -> (String?, Int64?) in
        let token = try parser.next()
        guard parser.depth == outside + 1 else { return (nil, nil) }
        switch token {
        case .key(let range): return (parser.text(of: range), nil)
        case .number(let range): return (nil, parser.integer(of: range))
        default: return (nil, nil)
        }
      }
      if let number, number >= 0 {
        if member == "rank" { builder.trace.rank = number }
        if member == "world_size" { builder.trace.rankCount = number }
      }
      member = key
    } while window.parser.depth > outside
  }
}
