import JSONText
import Serving
import Studies

/// A file of requests: `arrival_s,prompt_tokens,output_tokens`, of which the first may be left out.
struct RequestFile {
  /// The requests in the file's order, at least one.
  let requests: [GenerationLoad.Request]
  /// When each arrives, seconds; 0 where the file does not say.
  let arrivals: [Double]

  /// Reads a file.
  ///
  /// - Throws: ``Failure`` with the place of what is wrong.
  init(_ path: String) throws(Failure) {
    let table = try CSVText(path: path)
    func column(_ name: String) throws(Failure) -> Int {
      guard let column = table.column(name) else {
        throw .input(at: path, "has no column \(name); the columns are arrival_s,prompt_tokens,output_tokens")
      }
      return column
    }
    let (prompt, output) = (try column("prompt_tokens"), try column("output_tokens"))
    let arrival = table.column("arrival_s")
    var requests: [GenerationLoad.Request] = []
    var arrivals: [Double] = []
    for row in table.rows {
      func length(_ column: Int, _ limit: Int64) throws(Failure) -> Int64 {
        guard let length = Int64(row.text(column)), length >= 1, length <= limit else {
          throw Self.failure(path, row[column], "a whole number from 1 to \(limit)")
        }
        return length
      }
      requests.append(
        GenerationLoad.Request(prompt: try length(prompt, 10_000_000), tokens: try length(output, 1_000_000)))
      var time = 0.0
      if let arrival, !row.text(arrival).isEmpty {
        guard let number = decimalNumber(row.text(arrival)), number >= 0, number <= 1e9 else {
          throw Self.failure(path, row[arrival], "a number of seconds from 0 to 1e9")
        }
        time = number
      }
      arrivals.append(time)
    }
    guard !requests.isEmpty else { throw .input(at: path, "has no request; a line below the header is one") }
    self.requests = requests
    self.arrivals = arrivals
  }

  private static func failure(_ path: String, _ field: CSVText.Field, _ wanted: String) -> Failure {
    .input(
      at: "\(path):\(field.position.line):\(field.position.column)", "must be \(wanted) (it is '\(field.text)')")
  }
}
