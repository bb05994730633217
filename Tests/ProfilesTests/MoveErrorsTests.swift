import JSONText
import Profiles
import TestSupport
import Testing

/// The errors of moves, and the band that follows from them.
@Suite("Errors of moves") struct MoveErrorsTests {
  private static func read(_ text: String) throws -> MoveErrors {
    try MoveErrors(from: JSONDocument(bytes: Array(text.utf8), file: "moves.json"))
  }

  private static func document(_ rows: String, part: String = "accelerators") -> String {
    #"{"schema": "move_errors/1", "\#(part)": [\#(rows)]}"#
  }

  private static func row(_ systems: String, passes: Int = 5, _ error: Double = 0.1) -> String {
    #"{"systems": [\#(systems)], "passes": \#(passes), "log_error": \#(error)}"#
  }

  @Test("A document's rows are read as they stand, and a band is as wide as few systems make it")
  func rows() throws {
    let errors = try Self.read(Self.document(Self.row(#""a", "b""#, 0.1)))
    #expect(errors.rows[.accelerators]?.count == 1 && errors.systems(.accelerators) == ["a", "b"])
    // Two systems have one degree of freedom: 6.314 deviations, e^0.6314.
    #expect(abs(try #require(errors.ninetyPercent([.accelerators])) - 1.88024) < 1e-4)
    #expect(errors.ninetyPercent([]) == 1)
    #expect(errors.ninetyPercent([.hosts]) == nil, "nothing was measured of hosts")
  }

  @Test("Parts add up by their squares")
  func parts() throws {
    var errors = try Self.read(Self.document(Self.row(#""a", "b""#, 0.03)))
    errors.rows[.hosts] = [MoveErrors.Row(systems: ["c", "d"], passes: 1, logarithmicError: 0.04)]
    let both = try #require(errors.ninetyPercent([.accelerators, .hosts]))
    // 6.314 x sqrt(0.03^2 + 0.04^2) = 0.3157.
    #expect(abs(both - 1.37122) < 1e-4)
  }

  @Test("More systems make a band narrower, down to the normal distribution's")
  func systems() throws {
    var last = Double.infinity
    for count in [2, 3, 5, 10, 31, 40, 1000] {
      let rows = (1..<count).map { MoveErrors.Row(systems: ["0", "\($0)"], passes: 1, logarithmicError: 0.1) }
      let factor = try #require(MoveErrors(rows: [.accelerators: rows]).ninetyPercent([.accelerators]))
      #expect(factor < last)
      last = factor
    }
    // e^0.16449 with as many as one likes.
    #expect(abs(last - 1.1790) < 1e-3)
  }

  @Test(
    "What is wrong is said at its place",
    arguments: [
      (document(row(#""a""#)), "/accelerators/0/systems must be two different systems"),
      (document(row(#""a", "a""#)), "/accelerators/0/systems must be two different systems"),
      (document(row(#""a", "b""#), part: "batches"), "/batches/0/systems must be one system"),
      (document(row(#""a", "b""#, passes: 0)), "/accelerators/0/passes"),
      (document(row(#""a", "b""#, -1)), "/accelerators/0/log_error"),
      (#"{"schema": "move_errors/1", "kernels": []}"#, "kernels"),
    ])
  func faults(_ text: String, _ words: String) throws {
    let fault = try #require(throws: JSONFault.self) { try Self.read(text) }
    #expect("\(fault)".contains(words), "\(fault)")
  }

  @Test("The shipped errors have a source for each part")
  func shipped() throws {
    let errors = try #require(try ProfileCatalog.moveErrors(directories: [packageRoot + "/hardware-profiles"]))
    for part in MoveErrors.Part.allCases {
      #expect(errors.rows[part]?.isEmpty == false)
      #expect(errors.provenance.source(of: part.rawValue) != nil)
    }
  }
}
