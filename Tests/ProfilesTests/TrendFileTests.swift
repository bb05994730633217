import JSONText
import TestSupport
import Testing

@testable import Profiles

@Suite("Files of trends and scenarios") struct TrendFileTests {
  private static let constants = """
    "prior_deviation": 0.1, "market_deviation": 0.1, "line_deviation": 0.1, "first_deviation": 0.3, "generation_years": 1,
    "outlier_deviations": 3, "older_generation_weight": 0.1, "catch_up_per_year": 0.1, "catch_up_deviation": 0.1,
    "elder_degrees": 4, "progress_per_year": 0, "progress_deviation": 0.1, "progress_error": 0.2, "host_deviation": 0.2,
    "band_prior_errors": 20, "band_memory_years": 3
    """

  static func trends(_ numbers: String, _ constants: String = constants) -> String {
    "{ \"schema\": \"trends/1\", \"numbers\": [\(numbers)], \(constants) }"
  }

  private static let bandwidth =
    "{ \"number\": \"accelerator.memory.bandwidth_gb_per_s\", \"prior_yearly_factor\": 1.4 }"

  @Test("A file of trends is read, and a number is found by what stands for it")
  func right() throws {
    let text = Self.trends(
      Self.bandwidth + ", { \"number\": \"accelerator.peak_tflops.fp16\", \"or\": \"accelerator.peak_tflops.bf16\","
        + " \"elder\": \"accelerator.memory.bandwidth_gb_per_s\", \"prior_yearly_factor\": 1.2 }")
    let rules = try TrendRules(from: JSONDocument(bytes: Array(text.utf8), file: "trends.json"))
    #expect(rules.numbers.count == 2 && rules.elderDegrees == 4 && rules.progressPerYear == 0)
    #expect(rules.number("accelerator.peak_tflops.bf16")?.path == "accelerator.peak_tflops.fp16")
    #expect(rules.number("accelerator.watts") == nil)
  }

  @Test(
    "What is wrong with a file of trends is said where it stands",
    arguments: [
      (trends("{ \"number\": ¶\"accelerator.memory.bandwith\", \"prior_yearly_factor\": 1 }"), "unknown number"),
      (
        trends(bandwidth + ", { \"number\": ¶\"accelerator.memory.bandwidth_gb_per_s\", \"prior_yearly_factor\": 1 }"),
        "twice"
      ),
      (trends("{ \"number\": \"accelerator.watts\", \"prior_yearly_factor\": ¶20 }"), "between 0.1 and 10"),
      (
        trends(
          "{ \"number\": \"accelerator.watts\", \"prior_yearly_factor\": 1, \"elder\": ¶\"accelerator.clock_ghz\" }"),
        "stands before it"
      ),
    ])
  func wrong(_ text: String, _ words: String) throws {
    let marked = Marked(text)
    let fault = try #require(
      #expect(throws: JSONFault.self) { try TrendRules(from: JSONDocument(bytes: marked.bytes, file: "trends.json")) })
    #expect(fault.description.hasPrefix("trends.json:\(marked.line):\(marked.column): error: "), "\(fault)")
    #expect(fault.description.contains(words), "\(fault)")
  }

  private static func scenario(_ body: String) -> String {
    "{ \"schema\": \"scenario/1\", \"name\": \"n\", \"reason\": \"r\"\(body) }"
  }

  @Test(
    "What is wrong with a scenario is said where it stands",
    arguments: [
      ("{ \"schema\": \"scenario/1\", \"name\": ¶\"n\", \"reason\": \"r\" }", "changes nothing"),
      ("{ \"schema\": \"scenario/1\", \"name\": \"n\", \"reason\": ¶\"\", \"precision\": \"fp8\" }", "empty"),
      (scenario(", \"precision\": ¶\"fp3\""), "precision"),
      (scenario(", \"changes\": [¶{ \"number\": \"accelerator.watts\" }]"), "yearly_factor"),
      (scenario(", \"changes\": [{ \"number\": ¶\"accelerator.wats\", \"factor\": 2 }]"), "accelerator.watts"),
      (scenario(", \"changes\": [{ \"number\": \"accelerator.watts\", \"factor\": ¶0 }]"), "between"),
      (
        scenario(
          ", \"changes\": [{ \"number\": \"accelerator.watts\", \"factor\": 2 }, { \"number\": ¶\"accelerator.watts\","
            + " \"factor\": 3 }]"), "twice"
      ),
      (scenario(", \"workload\": ¶{}"), "work_yearly_factor"),
      (scenario(", \"workload\": { \"work_yearly_factor\": ¶0 }"), "between 0.1 and 10"),
      (
        scenario(
          ", \"workload\": { \"parameters\": [{ \"name\": \"context\", \"yearly_factor\": 2 },"
            + " { \"name\": ¶\"context\", \"yearly_factor\": 3 }] }"), "twice"
      ),
    ])
  func wrongScenario(_ text: String, _ words: String) throws {
    let marked = Marked(text)
    let fault = try #require(
      #expect(throws: JSONFault.self) { try TrendScenario(from: JSONDocument(bytes: marked.bytes, file: "s.json")) })
    #expect(fault.description.hasPrefix("s.json:\(marked.line):\(marked.column): error: "), "\(fault)")
    #expect(fault.description.contains(words), "\(fault)")
  }
}
