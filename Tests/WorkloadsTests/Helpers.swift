import JSONText
import TestSupport
import Workloads

/// The workload of a text that is right.
func workload(_ text: String) throws -> Workload { try Workload(bytes: Array(text.utf8), file: "w.json") }

/// A workload file around entries of a program.
func file(_ entries: String, parameters: String = #"{ "batch": 2, "sequence_length": 128 }"#) -> String {
  #"{ "schema": "workload/1", "name": "w", "parameters": \#(parameters), "program": [\#(entries)] }"#
}

/// The operators of a program in the order in which they run, repeats written out.
func unrolled(_ program: [Block<Operator>]) -> [Operator] {
  program.flatMap { statement -> [Operator] in
    switch statement {
    case .leaf(let call): [call]
    case .loop(let count, let inner): (0..<count).flatMap { _ in unrolled(inner) }
    }
  }
}

/// What is wrong with a text, or with its workload at some values; nil if nothing is.
func words(_ text: String, values: [String: Int64] = [:]) -> String? {
  do {
    _ = try Workload(bytes: Array(text.utf8), file: "w.json").bind(values)
    return nil
  } catch {
    return "\(error)"
  }
}
