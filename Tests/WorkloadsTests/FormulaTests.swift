import Testing

@testable import Workloads

@Suite struct FormulaTests {
  static let names = ["batch", "sequence_length", "_x1"]
  static let values: [Int64] = [3, 128, 7]

  func value(_ text: String) throws -> Int64 { try Formula(text, parameters: Self.names).value(for: Self.values) }

  @Test(
    arguments: [
      ("30522", 30522), ("batch", 3), (" batch ", 3), ("batch*sequence_length", 384), ("1+2*3", 7), ("(1+2)*3", 9),
      ("10-4-3", 3), ("64/4/2", 8), ("64/(4/2)", 32), ("-batch+5", 2), ("--5", 5), ("2*-3", -6), ("-2*3", -6),
      ("batch - -batch", 6), ("((((_x1))))", 7), ("sequence_length/2*3", 192), ("6/-3", -2), ("0/5", 0), ("007", 7),
      ("7//2", 3), ("-7//2", -4), ("7//-2", -4), ("-7//-2", 3), ("8//2", 4), ("-8//2", -4), ("batch // 2", 1),
      ("(sequence_length+1)//2*2", 128), ("255//batch//2", 42),
      ("9223372036854775807", .max), ("-9223372036854775807-1", .min),
    ] as [(String, Int64)])
  func valuesAreThoseOfArithmetic(_ text: String, _ expected: Int64) throws {
    #expect(try value(text) == expected)
  }

  @Test(
    arguments: [
      ("", 0, .unexpectedEnd(expected: .operand)), ("batch+", 6, .unexpectedEnd(expected: .operand)),
      ("(batch", 6, .unexpectedEnd(expected: .closingParenthesis)),
      ("(1 2)", 3, .unexpectedCharacter("2", expected: .closingParenthesis)),
      ("batch batch", 6, .unexpectedCharacter("b", expected: .operation)),
      ("2x", 1, .unexpectedCharacter("x", expected: .operation)),
      ("1)", 1, .unexpectedCharacter(")", expected: .operation)),
      ("1**2", 2, .unexpectedCharacter("*", expected: .operand)),
      ("+1", 0, .unexpectedCharacter("+", expected: .operand)),
      ("1.5", 1, .unexpectedCharacter(".", expected: .operation)),
      ("é", 0, .unexpectedCharacter("é", expected: .operand)),
      ("1 × 2", 2, .unexpectedCharacter("×", expected: .operation)),
      ("2*bach", 2, .unknownParameter("bach")), ("9223372036854775808", 0, .numberTooLarge),
      (String(repeating: "(", count: 100_000), 64, .tooDeep(limit: 64)),
      (String(repeating: "-", count: 100_000), 64, .tooDeep(limit: 64)),
      ("9223372036854775807+1", 19, .overflow), ("-9223372036854775807-2", 20, .overflow),
      ("9223372036854775807*batch", 19, .overflow), ("-(-9223372036854775807-1)", 0, .overflow),
      ("(-9223372036854775807-1)/-1", 24, .overflow), ("(-9223372036854775807-1)//-1", 24, .overflow),
      ("1//(batch-3)", 1, .divisionByZero), ("1///2", 3, .unexpectedCharacter("/", expected: .operand)),
      ("1/ /2", 3, .unexpectedCharacter("/", expected: .operand)), ("1/(batch-3)", 1, .divisionByZero),
      ("batch/2", 5, .remainder(dividend: 3, divisor: 2)), ("-7/2", 2, .remainder(dividend: -7, divisor: 2)),
    ] as [(String, Int, FormulaFault.Fact)])
  func faultsKnowTheirPlace(_ text: String, _ offset: Int, _ fact: FormulaFault.Fact) {
    #expect(throws: FormulaFault(offset: offset, fact: fact)) { try value(text) }
  }

  @Test func manyTermsAreNoDepth() throws {
    #expect(try value(String(repeating: "1+", count: 50_000) + "1") == 50_001)
    #expect(try value(String(repeating: "(1)*-", count: 50_000) + "1") == 1)
  }
}
