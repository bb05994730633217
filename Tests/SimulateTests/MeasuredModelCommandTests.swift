import JSONText
import Studies
import TestSupport
import Testing

/// `--kernel-model measured:FILE.csv`, as a process.
@Suite("A table of kernels as a model", .tags(.process)) struct MeasuredModelCommandTests {
  private static let header = KernelValidationCommandTests.header
  private static let row = "h200,bf16,aten::linear,\"[[128,768],[768,768]]\",,1,,"

  private func scratch(_ rows: String) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Self.header + rows + "\n", to: "k.csv")
    return scratch
  }

  @Test func `prices passes, and says which share of them rests on it`() throws {
    let scratch = try scratch(Self.row + "300")
    let result = try scratch.run("run bert-base h200 -p bf16 --format json --kernel-model measured:k.csv")
    try #require(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let json = try RunJSON(result.output)
    let plain = try RunTests.json("bert-base h200 -p bf16")
    // Forty-eight products of that shape, 300 us each, and others near it.
    #expect(try json.value("device_busy_us").number() > plain.value("device_busy_us").number() + 48 * 250)
    #expect(try (0.5...1).contains(json.value("measured_fraction").number()))
    #expect(result.output.contains("\"kernel_model\": \"measured:k.csv\""))
    #expect(try json.value("error_band").object().keys == plain.value("error_band").object().keys, "the equations'")
    let text = try scratch.run("run bert-base h200 -p bf16 --kernel-model measured:k.csv").output
    #expect(text.contains("% of the kernels' time rests on measurements"))
  }

  @Test func `predicts its own rows in validate, and prices sweeps, plans, rooflines and measured passes`() throws {
    let scratch = try scratch(Self.row + "300")
    let own = try scratch.run("validate k.csv --kernels --kernel-model measured:k.csv --format csv").output
    let table = try CSVText(bytes: Array(own.utf8), file: "own.csv")
    let column = try #require(table.column("error_fraction"))
    #expect(abs(try #require(Double(table.rows[0].text(column)))) < 1e-6)
    let system = "bert-base h200 --precision bf16"
    let plan = """
      { "schema": "sweep/1", "workload": "bert-base", "accelerator": "h200", "precision": "bf16",
        "kernel_model": "measured:k.csv", "over": { "batch": [1, 2] } }
      """
    try scratch.write(plan, to: "plan.json")
    try scratch.write(
      "testbed,accelerator,framework,precision,workload,batch,sequence_length,image_size,latency_ms\n"
        + "t,h200,pytorch-eager,bf16,bert-base-uncased,1,128,,\n", to: "passes.csv")
    for command in [
      "sweep \(system) --over batch=1,2 --format csv", "roofline \(system) --format csv",
      "validate passes.csv --format csv", "project \(system) --scale peak=2 --format json",
    ] {
      let plain = try scratch.run(command)
      let measured = try scratch.run(command + " --kernel-model measured:k.csv")
      #expect(measured.status == 0 && measured.errors.isEmpty, "\(command): \(measured.errors)")
      #expect(measured.output != plain.output, "\(command)")
    }
    let planned = try scratch.run("sweep --plan plan.json --format csv").output
    #expect(
      try planned == scratch.run("sweep \(system) --over batch=1,2 --format csv --kernel-model measured:k.csv").output)
  }

  @Test(arguments: [
    ("measured:", "", 64, "--kernel-model' must be calibrated, roofline or measured:FILE.csv (it is 'measured:')"),
    ("measured:no.csv", "", 2, "no.csv: error: no such file"),
    ("measured:k.csv", row + "fast", 2, "k.csv:2:52: error: time_us must be blank or a number greater than 0"),
    ("measured:k.csv", row, 2, "k.csv: error: no row has a time_us; there is nothing to predict kernels from"),
    ("measured:k.csv", "h2000" + row.dropFirst(4) + "3", 2, "k.csv:2:1: error: unknown accelerator 'h2000'"),
  ])
  func `says what is wrong with it`(_ model: String, _ rows: String, _ status: Int32, _ message: String) throws {
    for command in ["run bert-base h200", "sweep bert-base h200 --over batch=1,2", "validate k.csv --kernels"] {
      let scratch = try scratch(command.hasPrefix("validate") ? Self.row + "1" : rows)
      if command.hasPrefix("validate"), model == "measured:k.csv" { continue }
      let result = try scratch.run("\(command) --kernel-model \(model)")
      #expect(result.status == status && result.output.isEmpty && result.errors.contains(message), "\(result.errors)")
    }
  }

  @Test func `says so where it tells nothing of the accelerator, and refuses to be replaced`() throws {
    let scratch = try scratch(Self.row + "300")
    let result = try scratch.run("run bert-base v100 --kernel-model measured:k.csv --format csv")
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("warning: k.csv has no measured kernels of nvidia-v100-"))
    let over = try scratch.run(
      "sweep bert-base h200 --over batch=1,2 --kernel-model measured:k.csv --output k.csv")
    #expect(over.status == 64 && over.errors.contains("the output 'k.csv' is an input"))
    let none = try scratch.run("run bert-base none --kernel-model measured:k.csv")
    #expect(none.status == 64 && none.errors.contains("--kernel-model would change nothing"))
  }
}
