import JSONText
import Profiles
import TestSupport
import Testing

@testable import Studies

@Suite("The hindcast that travels with the program") struct KeptHindcastTests {
  private static func shipped() throws -> KeptHindcast {
    let file = packageRoot + "/hardware-profiles/history/hindcasts.json"
    return try KeptHindcast(from: JSONDocument(bytes: readFileBytes(file), file: file))
  }

  /// `tools/hindcasts.py check` compares the latencies too, which takes a program built for release.
  @Test("It is of the files that there are, and has all numbers' forecasts; else tools/hindcasts.py update")
  func isOfTheCatalog() throws {
    let kept = try Self.shipped()
    let inputs = try HindcastInputs(catalog: packageRoot)
    #expect(kept.madeFrom == inputs.digest)
    #expect(inputs.paths.contains("workloads/bert-base-uncased.json"))
    #expect(inputs.paths.contains("hardware-profiles/accelerators/nvidia-h100-sxm.json"))
    let made = HindcastSummary.all(Hindcast(try HistorySamples.shipped()).outcomes, from: kept.firstCutoff)
    let numbers = kept.summaries.filter { !$0.quantity.hasPrefix("latency_us") }
    #expect(numbers.count == made.count && numbers.count < kept.summaries.count)
    for (own, other) in zip(numbers, made) {
      #expect(own.quantity == other.quantity && own.ahead == other.ahead && own.count == other.count)
      #expect(own.halfCoverage == other.halfCoverage && own.mostCoverage == other.mostCoverage)
      // Mathematical functions differ in the last digits from system to system.
      for (value, computed) in [(own.medianError, other.medianError), (own.bias, other.bias)]
        + NaiveForecast.allCases.map({ (own.skill[$0] ?? .nan, other.skill[$0] ?? .nan) })
      {
        #expect(abs(value - computed) < 1e-9)
      }
    }
  }

  @Test("A document that is no hindcast is refused")
  func refused() throws {
    let text = #"{"schema": "hindcasts/1", "made_from": "0", "samples": 100, "first_cutoff": 2014, "hindcasts": [{}]}"#
    #expect(throws: JSONFault.self) {
      _ = try KeptHindcast(from: JSONDocument(bytes: Array(text.utf8), file: "hindcasts.json"))
    }
  }
}

@Suite("A digest of files") struct FileDigestTests {
  private func digest(_ pieces: [[UInt8]]) -> String {
    var digest = FileDigest()
    for piece in pieces { digest.add(piece) }
    return digest.text
  }

  @Test("It is another one for every changed byte, length and border")
  func changes() {
    let bytes = (0..<37).map { UInt8($0 * 7 % 251) }
    var seen: Set<String> = [digest([bytes])]
    for place in bytes.indices {
      var other = bytes
      other[place] ^= 1
      #expect(seen.insert(digest([other])).inserted, "byte \(place)")
    }
    for length in 0..<37 { #expect(seen.insert(digest([Array(bytes.prefix(length))])).inserted) }
    for border in 1..<37 {
      #expect(seen.insert(digest([Array(bytes.prefix(border)), Array(bytes.dropFirst(border))])).inserted)
    }
    #expect(seen.insert(digest([bytes + [0]])).inserted)
    #expect(digest([bytes]) == digest([bytes]))
  }

  @Test("Its steps are those of tools/hindcasts.py")
  func vector() {
    // What that file's digest() comes to for one file whose bytes are "abc", without its name.
    #expect(digest([Array("abc".utf8)]) == "b0276c3174969902")
  }
}
