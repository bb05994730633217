import JSONText
import Studies
import TestSupport
import Testing

/// `simulate validate --kernels`, as a process.
@Suite("Operators timed alone, predicted", .tags(.process)) struct KernelValidationCommandTests {
  static let header = "accelerator,precision,operator,inputs,attributes,devices,interconnect,time_us\n"

  @Test func `keep the input's columns and rows, and add a prediction to each`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.header + "t4,fp32,aten::relu,[[1000000]],,1,,40\n", to: "kernels.csv")
    let result = try scratch.run("validate kernels.csv --kernels --kernel-model roofline --format csv")
    try #require(result.status == 0, "\(result.errors)")
    let table = try CSVText(bytes: Array(result.output.utf8), file: "output.csv")
    #expect(result.output.hasPrefix(Self.header.dropLast() + ",predicted_us,bound,error_fraction\n"))
    let row = table.rows[0].map(\.text)
    #expect(row.prefix(8).elementsEqual(["t4", "fp32", "aten::relu", "[[1000000]]", "", "1", "", "40"]))
    // 8 MB at a T4's 320 GB/s, and 0.9 us to the next kernel of a graph.
    let gap = try #require(Double(row[8])) - 25
    #expect(gap > 0 && gap < 2 && row[9] == "memory")
    #expect(abs(try #require(Double(row[10])) - ((25 + gap) / 40 - 1)) < 1e-6)
    // A result is a file of measurements, too.
    try scratch.write(result.output, to: "again.csv")
    let again = try scratch.run("validate again.csv --kernels --kernel-model roofline --format csv")
    #expect(again.output == result.output)
  }

  @Test func `say errors by accelerator, sort and size, and what is guessed`() throws {
    let lines = [
      #"t4,fp16,aten::linear,"[[8,512],[512,512]]",,,,9"#, #"v100,fp16,aten::linear,"[[99,512],[512,512]]",,,,9"#,
      "v100,fp16,my::operator,[[9]],,,,9",
    ]
    let scratch = try Scratch()
    try scratch.write(Self.header + lines.joined(separator: "\n"), to: "kernels.csv")
    let result = try scratch.run("validate kernels.csv --kernels")
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("3 operators, 3 measured\nwithout a cost rule: my::operator, guessed"))
    #expect(result.errors == "warning: no cost rule for my::operator; treated as element-wise traffic\n")
    let groups = result.output.split(separator: "\n").map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
    for group in ["all all all", "all products fp16", "t4 products fp16", "v100 element-wise fp16"] {
      #expect(groups.contains(group), "\(group)")
    }
    #expect(result.output.contains("m to 16") && result.output.contains("m to 256"))
  }

  @Test(arguments: [
    ("nvida-t4,fp16,aten::relu,[[9]],,,,", 1, "unknown accelerator 'nvida-t4'; did you mean 'nvidia-t4'?"),
    ("t4,fp16,c10d::allreduce_,[[9]],,8,nvlnk-4-switch,", 35, "did you mean 'nvlink-4-switch'?"),
    ("m4-max,fp16,c10d::allreduce_,[[9]],,8,,", 37, "nothing is known of what connects several 'apple-m4-max'"),
    (
      "rtx-4090,fp16,c10d::allreduce_,[[9]],,64,,", 39,
      "connects 8 devices at most, and these are 64; leave such rows out"
    ),
    ("t4,fp16,aten::relu,[[9]],,8,,", 27, "the operator is no collective"),
  ])
  func `say where a row is wrong`(row: String, column: Int, words: String) throws {
    let scratch = try Scratch()
    try scratch.write(Self.header + row + "\n", to: "kernels.csv")
    let result = try scratch.run("validate kernels.csv --kernels")
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(
      result.errors.hasPrefix("kernels.csv:2:\(column): error: ") && result.errors.contains(words), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }
}
