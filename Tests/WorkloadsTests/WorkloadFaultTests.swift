import JSONText
import TestSupport
import Testing
import Workloads

@Suite struct WorkloadFaultTests {
  /// Entries with a mark where the fault is expected, and the words after `error: `.
  static let entries: [(String, String)] = [
    (#"{ "operator": ¶"", "inputs": [] }"#, "/program/0/operator must not be an empty string"),
    (#"¶{ "operator": "a" }"#, #"/program/0 needs "inputs""#),
    (
      #"{ ¶"opertor": "a", "inputs": [] }"#,
      #"/program/0 needs "operator"; is "opertor" a misspelling of it?"#
    ),
    (#"{ ¶"repaet": 3, "program": [] }"#, #"/program/0 needs "repeat"; is "repaet" a misspelling of it?"#),
    (
      #"¶{ "name": "a" }"#,
      #"/program/0 is neither an operator nor a repeat; give it the key "operator" or "repeat""#
    ),
    (
      #"{ "operator": "a", "inputs": [], ¶"output": [] }"#,
      #"/program/0 has no key "output"; did you mean "outputs"?"#
    ),
    (
      #"{ "repeat": 2, "program": [{ "operator": "a", "inputs": [] }], ¶"nmae": "x" }"#,
      #"/program/0 has no key "nmae"; did you mean "name"?"#
    ),
    (#"{ "operator": "a", "inputs": [¶3] }"#, "/program/0/inputs/0 must be an array (it is a number)"),
    (
      #"{ "operator": "a", "inputs": [[¶[]]] }"#,
      "/program/0/inputs/0/0 must be an integer or a string (it is an array)"
    ),
    (
      #"{ "operator": "a", "inputs": [[¶-1]] }"#,
      "/program/0/inputs/0/0 must be an integer of at least 0 (it is -1)"
    ),
    (#"{ "operator": "a", "inputs": [[¶1.5]] }"#, "/program/0/inputs/0/0 must be an integer (it is 1.5)"),
    (
      #"{ "operator": "a", "inputs": [["2*¶bacth"]] }"#,
      #"/program/0/inputs/0/0 names an unknown parameter, "bacth"; did you mean "batch"?"#
    ),
    (
      #"{ "operator": "a", "inputs": [["batch+¶"]] }"#,
      #"/program/0/inputs/0/0 is "batch+", which ends where a number or parameter is needed; "#
        + "a formula has integers, parameters, + - * / // and parentheses"
    ),
    (
      #"{ "operator": "a", "inputs": [["\u0062atch ¶% 2"]] }"#,
      #"/program/0/inputs/0/0 is "batch % 2", which has "%" where an operation is needed; "#
        + "a formula has integers, parameters, + - * / // and parentheses"
    ),
    (
      #"{ "operator": "a", "inputs": [[1]], "dtypes": ¶[] }"#,
      #"/program/0/dtypes has a length of 0, and "inputs" of 1; list one type for each"#
    ),
    (
      #"{ "operator": "a", "inputs": [], "output_dtypes": ¶["bool"] }"#,
      #"/program/0/output_dtypes has a length of 1, and "outputs" of 0; list one type for each"#
    ),
    (
      #"{ "operator": "a", "inputs": [[1]], "dtypes": [¶"int46"] }"#,
      #"/program/0/dtypes/0 names an unknown element type, "int46"; did you mean "int64"?"#
    ),
    (
      #"{ "operator": "a", "inputs": [], "attributes": { "x": ¶true } }"#,
      "/program/0/attributes/x must be an integer, a string or an array (it is true or false)"
    ),
    (
      #"{ "operator": "a", "inputs": [], "attributes": { "x": [1, ¶null] } }"#,
      "/program/0/attributes/x/1 must be an integer or a string (it is null)"
    ),
    (
      #"{ "operator": "a", "inputs": [], "copies": [{ "shape": [1], "unless": { ¶"bathc": 1 } }] }"#,
      #"/program/0/copies/0/unless names an unknown parameter, "bathc"; did you mean "batch"?"#
    ),
    (
      #"{ "operator": "a", "inputs": [], "copies": [{ "shape": [1], "unless": ¶{} }] }"#,
      "/program/0/copies/0/unless must not be empty; name a parameter and its value, or remove the key"
    ),
    (
      #"{ "operator": "a", "inputs": [], "stream": ¶32 }"#,
      "/program/0/stream must be an integer between 0 and 31 (it is 32)"
    ),
    (
      #"{ "operator": "a", "inputs": [], "waits_for_streams": [0, ¶-1] }"#,
      "/program/0/waits_for_streams/1 must be an integer between 0 and 31 (it is -1)"
    ),
    (#"{ "repeat": 2, "program": ¶[] }"#, "/program/0/program must not be empty; list at least one operator"),
    (
      #"{ "repeat": ¶-2, "program": [{ "operator": "a", "inputs": [] }] }"#,
      "/program/0/repeat must be an integer of at least 0 (it is -2)"
    ),
  ]

  /// Entries that only binding, at batch = 2 and sequence_length = 128, finds fault with.
  static let bound: [(String, String)] = [
    (
      #"{ "operator": "a", "inputs": [[1],[4, "sequence_length¶/3"]] }"#,
      #"/program/0/inputs/1/1 is "sequence_length/3", which leaves a remainder, 128 / 3, for sequence_length = 128; "#
        + "choose values that divide evenly"
    ),
    (
      #"{ "operator": "a", "inputs": [["1¶/(batch-2)"]] }"#,
      #"/program/0/inputs/0/0 is "1/(batch-2)", which divides by zero for batch = 2; "#
        + "choose values for which the divisor is not 0"
    ),
    (
      #"{ "operator": "a", "inputs": [["¶batch-sequence_length"]] }"#,
      #"/program/0/inputs/0/0 is "batch-sequence_length", which is negative, -126, "#
        + "for batch = 2 and sequence_length = 128; choose values for which it is at least 0"
    ),
    (
      #"{ "operator": "a", "inputs": [], "attributes": { "x": "9223372036854775807 ¶* batch" } }"#,
      #"/program/0/attributes/x is "9223372036854775807 * batch", which is beyond 64 bits for batch = 2; "#
        + "numbers reach 9223372036854775807"
    ),
    (
      #"{ "operator": "a", "inputs": [], "outputs": [¶[1048576, 1073741824, "batch"]] }"#,
      "/program/0/outputs/0 comes to 1048576 x 1073741824 x 2, more than 2^50 elements; "
        + "choose smaller parameter values or dimensions"
    ),
    (
      #"{ "repeat": "¶-batch", "program": [{ "operator": "a", "inputs": [] }] }"#,
      #"/program/0/repeat is "-batch", which is negative, -2, for batch = 2; "#
        + "choose values for which it is at least 0"
    ),
  ]

  @Test(arguments: entries + bound)
  func faultStandsAtItsMarkInWords(_ entry: String, _ expected: String) {
    let input = Marked(file("\n" + entry))
    #expect(words(input.text) == "w.json:\(input.line):\(input.column): error: \(expected)")
  }

  @Test(arguments: [
    (#"{ "schema": ¶"workload/2", "name": "w" }"#, #"/schema must be "workload/1" (it is "workload/2")"#),
    (#"¶{ "name": "w" }"#, #"the document needs "schema""#),
    (#"{ "schema": "workload/1", "name": ¶"" }"#, "/name must not be an empty string"),
    (#"¶{ "schema": "workload/1", "name": "w" }"#, #"the document needs "parameters""#),
    (
      #"{ "schema": "workload/1", "name": "w", "parameters": { "batch": ¶-1 } }"#,
      "/parameters/batch must be an integer between 0 and 1125899906842624 (it is -1)"
    ),
    (
      #"{ "schema": "workload/1", "name": "w", "parameters": { ¶"batch size": 1 } }"#,
      #"/parameters has the parameter "batch size", which no formula could name; "#
        + "a name has letters, digits and underscores, and no digit first"
    ),
    (
      #"{ "schema": "workload/1", "name": "w", "parameters": {}, "program": ¶[] }"#,
      "/program must not be empty; list at least one operator"
    ),
    (
      #"{ "schema": "workload/1", "name": "w", "parameters": {}, "weight_elements": "-¶n", "program": [] }"#,
      #"/weight_elements names an unknown parameter, "n""#
    ),
    (
      #"{ "schema": "workload/1", "name": "w", "parameters": {}, ¶"titel": "x", "#
        + #""program": [{ "operator": "a", "inputs": [] }] }"#,
      #"the document has no key "titel"; did you mean "title"?"#
    ),
  ])
  func theFrameIsChecked(_ marked: String, _ expected: String) {
    let input = Marked(marked)
    #expect(words(input.text) == "w.json:\(input.line):\(input.column): error: \(expected)")
  }

  @Test func bindingChecksWhatIsAsked() throws {
    let text = file(#"{ "operator": "a", "inputs": [["batch"]] }"#)
    #expect(
      words(text, values: ["bacth": 1]) == #"error: the workload "w" has no parameter "bacth"; did you mean "batch"?"#)
    #expect(
      words(text, values: ["zzz": 1, "image_size": 1])
        == #"error: the workload "w" has no parameter "image_size"; the parameters are "batch" and "sequence_length""#)
    #expect(words(text, values: ["batch": 0]) == #"error: the parameter "batch" must be at least 1 (it is 0)"#)
    #expect(
      words(text, values: ["batch": 1 << 51])
        == #"error: the parameter "batch" must be at most 1125899906842624 (it is 2251799813685248)"#)
    #expect(
      words(file(#"{ "operator": "a", "inputs": [] }"#, parameters: "{}"), values: ["batch": 1])
        == #"error: the workload "w" has no parameter "batch"; it has none"#)
  }

  @Test func aCheckOfOperatorsIsReportedWhereTheOperatorStands() throws {
    let marked = Marked(
      file(#"{ "operator": "a", "inputs": [] }, { "repeat": 2, "program": [¶{ "operator": "b", "inputs": [] }] }"#))
    let fault = #expect(throws: WorkloadFault.self) {
      try workload(marked.text).bind { operation in
        operation.name == "b" ? OperatorProblem(problem: "it is the second", advice: "be the first") : nil
      }
    }
    #expect(
      fault?.description == "w.json:\(marked.line):\(marked.column): error: /program/1/program/0 is \"b\", "
        + "and it is the second; be the first")
  }

  @Test func whatIsTooMuchIsRefused() {
    let repeats = String(repeating: #"{ "repeat": 1, "program": ["#, count: 65)
    let nested = repeats + #"{ "operator": "a", "inputs": [] }"# + String(repeating: "]}", count: 65)
    #expect(words(file(nested))?.hasSuffix("stands within 64 repeats; nest fewer") == true)
    let parameters = (0..<65).map { "\"p\($0)\": 1" }.joined(separator: ",")
    let many = file(#"{ "operator": "a", "inputs": [] }"#, parameters: "{\(parameters)}")
    #expect(words(many)?.hasSuffix("/parameters has more than 64 parameters; declare fewer") == true)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func damageNeverStopsTheProgram(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let original = Array((WorkloadTests.everything).utf8)
    for _ in 0..<1_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        damage(&bytes, inserting: "{}[]\",:0123456789-+*/()batch", using: &random)
      }
      let line = words(String(decoding: bytes, as: UTF8.self), values: ["batch": 1 << 40])
      #expect(line?.contains("\n") != true, "seed \(seed)")
    }
  }
}
