import Foundation
import JSONText
import TestSupport
import Testing

/// Exit statuses, and what goes to which stream.
@Suite("The command leaves", .tags(.process)) struct ExitTests {
  static let bert = ["run", "bert-base", "nvidia-v100"]

  @Test func `with 0 and the result on standard output`() throws {
    let result = try Command.run(Self.bert)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("framework tax") && result.output.hasSuffix("\n"))
    #expect(!result.output.contains("\u{1B}"), "no styles where nobody looks")
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let status: Int32
    let arguments: String
    let words: [String]
    var testDescription: String { arguments }

    init(_ status: Int32, _ arguments: String, _ words: String...) {
      self.status = status
      self.arguments = arguments
      self.words = words
    }
  }

  @Test(arguments: [
    Wrong(2, "run bert-bse-uncased v100", "unknown workload 'bert-bse-uncased'; did you mean 'bert-base-uncased'?"),
    Wrong(2, "run bert v100", "workload 'bert' could mean bert-base-uncased, bert-base-uncased-sdpa, bert-large"),
    Wrong(2, "run bert-base nvida-v100", "unknown accelerator 'nvida-v100'; did you mean 'nvidia-v100'?"),
    Wrong(2, "run bert-base v10", "unknown accelerator 'v10'; did you mean 'v100'?"),
    Wrong(2, "run bert-base v100 --host referense", "unknown host", "did you mean 'reference'?"),
    Wrong(2, "run bert-base v100 --framework pytorch-eagr", "unknown framework", "did you mean 'pytorch-eager'?"),
    Wrong(2, "run bert-base /no/such/file.json", "/no/such/file.json: error: no such file"),
    Wrong(2, "run ./none.json v100", "./none.json: error: no such file"),
    Wrong(2, "run bert-base v100 --set accelerator.memory.bandwith_gb_per_s=3", "did you mean"),
    Wrong(2, "run bert-base v100 --set host.single_thread_speed=0", "must be between 0.001 and 1000 (it is 0.0)"),
    Wrong(2, "run bert-base none --set accelerator.compute_units=3", "the system has no accelerator"),
    Wrong(
      2, "run bert-base v100 --parameter sequence_lenght=3", "has no parameter", "did you mean \"sequence_length\""),
    Wrong(2, "run bert-base v100 --catalog /no/such/folder", "/no/such/folder: error: no such folder"),
    Wrong(2, "profiles show nvida-v100", "did you mean 'nvidia-v100'?"),
    Wrong(2, "profiles check /no/such.json", "/no/such.json: error: no such file"),
    Wrong(2, "validate /no/such.csv", "/no/such.csv: error: no such file"),
    Wrong(64, "rn", "unknown subcommand 'rn'; did you mean 'run'?"),
    Wrong(64, "run", "a workload is needed"),
    Wrong(64, "run bert-base", "an accelerator is needed"),
    Wrong(64, "run bert-base v100 extra", "unexpected argument 'extra'"),
    Wrong(64, "run --bacth 2", "unknown option '--bacth'; did you mean '--batch'?", "see 'simulate run --help'"),
    Wrong(64, "run bert-base v100 --batch 0", "--batch"), Wrong(64, "run bert-base v100 --batch many", "--batch"),
    Wrong(64, "run bert-base v100 --batch", "needs a value"),
    Wrong(64, "run bert-base v100 --precision fp17", "did you mean 'fp16'?"),
    Wrong(64, "run bert-base v100 --precision fp64", "must be fp32, tf32, fp16, bf16, int8 or fp8"),
    Wrong(64, "run bert-base v100 --format xml", "must be table, csv, json, jsonl, markdown, html or md"),
    Wrong(64, "run bert-base v100 --set host.cores", "must be NAME=VALUE"),
    Wrong(64, "run bert-base v100 --set host.cores=nan", "needs a finite number"),
    Wrong(64, "run bert-base v100 --parameter batch=half", "whole number of at least 1"),
    Wrong(64, "profiles", "a subcommand is missing"),
    Wrong(64, "profiles list acelerators", "did you mean 'accelerators'?"),
    Wrong(64, "profiles show", "argument <name> is missing"),
    Wrong(64, "roofline bert-base none", "a roofline needs an accelerator"),
    Wrong(64, "validate", "argument <file> is missing"),
    Wrong(64, "--nonsense", "unknown option '--nonsense'"),
  ])
  func `with the status of the fault, which it says on standard error`(_ wrong: Wrong) throws {
    let result = try Command.run(wrong.arguments.split(separator: " ").map(String.init))
    #expect(result.status == wrong.status, "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("error: ") && result.errors.hasSuffix("\n"))
    for words in wrong.words { #expect(result.errors.contains(words), "\(result.errors)") }
  }

  @Test func `with the place of a fault in a file of the user's`() throws {
    var directory = TemporaryDirectory()
    let good = try String(contentsOfFile: packageRoot + "/hardware-profiles/hosts/reference.json", encoding: .utf8)
    let marked = Marked(TextEdit("\"single_thread_speed\": 1,", "\"single_thread_speed\": ¶-3,").apply(to: good))
    let file = directory.write(marked.bytes, to: "my-host.json")
    for arguments in [["run", "bert-base", "v100", "--host", file], ["profiles", "check", file]] {
      let result = try Command.run(arguments)
      #expect(result.status == 2 && result.output.isEmpty)
      #expect(
        result.errors
          == "\(file):\(marked.line):\(marked.column): error: "
          + "/single_thread_speed must be between 0.001 and 1000 (it is -3)\n")
    }
  }

  @Test func `quietly when its reader has gone`() throws {
    let result = try Command.shell("simulate profiles show v100 | head -1")
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.split(separator: "\n").count == 1)
    let status = try Command.shell("{ simulate profiles list; echo $? >&2; } | true")
    #expect(["0\n", ""].contains(status.errors), "\(status.errors)")
  }

  @Test func `after warning of tensors that do not fit`() throws {
    let result = try Command.run([
      "run", "bert-base", "nvidia-v100", "--batch", "4096", "--sequence-length", "512", "--format", "json",
    ])
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("warning: the tensors need at least ") && result.errors.contains("has 16 GB"))
    let memory = try RunJSON(result.output).value("memory").object()
    var object = memory
    #expect(try !object.required("fits").boolean())
    #expect(try object.required("required_gb").number() > 16)
    #expect(try object.required("capacity_gb").number() == 16)
  }

  @Test func `after naming the operators that no rule knows`() throws {
    var directory = TemporaryDirectory()
    let workload = """
      { "schema": "workload/1", "name": "odd", "parameters": { "batch": 1 }, "program": [
        { "operator": "custom::swiglu", "inputs": [["batch", 64]], "outputs": [["batch", 64]] } ] }
      """
    let file = directory.write(Array(workload.utf8), to: "odd.json")
    let result = try Command.run(["run", file, "v100", "--format", "json"])
    #expect(result.status == 0)
    #expect(
      result.errors == "warning: no cost rule for custom::swiglu; treated as element-wise traffic\n")
    let names = try RunJSON(result.output).value("operators_without_rule").array().map { try $0.string() }
    #expect(names == ["custom::swiglu"])
  }
}
