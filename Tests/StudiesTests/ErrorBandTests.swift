import JSONText
import Profiles
import SampleModels
import Simulation
import Testing

@testable import Studies

@Suite("The model's error band") struct ErrorBandTests {
  static let text = """
    {
      "schema": "error_band/1",
      "quantile_levels": [0, 0.5, 1],
      "log_error": {
        "host_bound": [-0.5, 0, 0.25],
        "device_bound": [-1, 0.1, 0.1]
      },
      "rows": { "host_bound": 20, "device_bound": 30 },
      "sources": {
        "log_error": {
          "kind": "derived",
          "from": "a test"
        }
      }
    }

    """

  @Test("A document is read and written back as it was")
  func roundTrip() throws {
    let band = try ErrorBand(from: Sample.document(Self.text))
    #expect(band.json() == Self.text)
    #expect(band.error(0.25, .hostBound) == -0.25 && band.error(0.75, .deviceBound) == 0.1)
    #expect(band.hostBound.rows == 20 && band.deviceBound.rows == 30)
  }

  @Test(arguments: [
    ("[0, 0.5, 1]", "[0, 0.5, 0.9]", "/quantile_levels must rise from 0 to 1"),
    ("[0, 0.5, 1]", "[0, 1, 1]", "/quantile_levels must rise from 0 to 1"),
    ("[0, 0.5, 1]", "[0, 0.5, 2]", "must be between 0 and 1"),
    ("[-0.5, 0, 0.25]", "[-0.5, 0]", "must have a number for each quantile level, 3 (it has 2)"),
    ("[-0.5, 0, 0.25]", "[0.5, 0, 0.25]", "must not fall"),
    ("[-0.5, 0, 0.25]", "[-50, 0, 0.25]", "must be between -10 and 10"),
    ("\"host_bound\": 20", "\"host_bound\": 0", "must be an integer between 1 and"),
    ("\"rows\"", "\"row\"", "rows"),
    ("error_band/1", "error_band/2", "error_band/1"),
    ("\"kind\": \"derived\"", "\"kind\": \"guessed\"", "guessed"),
  ])
  func `what is wrong is said with its place`(old: String, new: String, words: String) throws {
    let changed = Self.text.replacing(old, with: new, maxReplacements: 1)
    let fault = try #require(throws: JSONFault.self) { try ErrorBand(from: Sample.document(changed)) }
    #expect("\(fault)".contains(words) && "\(fault)".hasPrefix("sample.json:"), "\(fault)")
  }
}
