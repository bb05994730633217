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

  @Test("The knee's surroundings have errors of their own, or the larger of the two sides'")
  func nearKnee() throws {
    var band = try ErrorBand(from: Sample.document(Self.text))
    // Below the middle the lower of -0.25 and -0.45, above it the higher of 0.125 and 0.1.
    #expect(abs(band.error(0.25, .nearKnee) + 0.45) < 1e-12 && band.error(0.75, .nearKnee) == 0.125)
    band.nearKnee = ErrorBand.Errors(quantiles: [-0.1, 0, 0.2], rows: 8)
    #expect(band.error(0.25, .nearKnee) == -0.05 && band.logarithms(0.5, .nearKnee) == -0.05...0.1)
    let text = Self.text.replacing("[-1, 0.1, 0.1]", with: "[-1, 0.1, 0.1],\n    \"near_knee\": [-0.1, 0, 0.2]")
      .replacing("\"device_bound\": 30", with: "\"device_bound\": 30, \"near_knee\": 8")
    let read = try ErrorBand(from: Sample.document(text))
    #expect(band.json() == text && read == band)
  }

  @Test("Quantiles are weighted: three rows of one system are one system")
  func weights() {
    let alike = [(0.0, 1.0), (1, 1), (4, 1)].map { (error: $0.0, weight: $0.1) }
    for share in [0, 0.2, 0.5, 0.9, 1] {
      #expect(abs(ErrorBand.quantile(alike, share) - ErrorSummary.quantile([0, 1, 4], share)) < 1e-12)
    }
    // Steps of 2/3, 2/3 and 1 out of 7/3: half of it lies a quarter behind the second.
    let mixed = [(0.0, 1.0), (1, 1.0 / 3), (2, 1), (4, 1)].map { (error: $0.0, weight: $0.1) }
    #expect(abs(ErrorBand.quantile(mixed, 0.5) - 1.75) < 1e-12)
    #expect(ErrorBand.quantile([(error: 3, weight: 1)], 0.7) == 3)
  }

  @Test(arguments: [
    ("[-1, 0.1, 0.1]", "[-1, 0.1, 0.1], \"near_knee\": [0, 0, 0]", "near_knee"),
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
