import JSONText
import Studies
import TestSupport
import Testing

/// `simulate roofline --check` and `--emit`, as processes.
@Suite("Claims on rooflines, checked", .tags(.process)) struct RooflineCheckCommandTests {
  private static let header =
    "accelerator,precision,operator,inputs,attributes,flops,bytes,intensity,attainable_tflops,bound,time_us\n"
  private static let right =
    #"h100-sxm,fp16,aten::mm,"[[4096,4096],[4096,4096]]",,137438953472,100663296,1365.33,989,compute,138.9676"#
  private static let expected = "137438953472,100663296,1365.3333333333333,989,compute,138.96759703943377"

  @Test func `end in status 1 where one does not hold, in every format`() throws {
    let scratch = try Scratch()
    let wrong = Self.right.replacing("137438953472", with: "68719476736")
    try scratch.write(Self.header + Self.right + "\n" + wrong + "\n", to: "claims.csv")
    for format in ["table", "csv", "json", "jsonl", "markdown", "html"] {
      let result = try scratch.run("roofline --check claims.csv --format \(format)")
      #expect(result.status == 1, "\(format)")
      #expect(result.errors == "claims.csv: error: 1 of 12 claims do not hold\n")
      #expect(result.output.contains("137438953472"), "\(format)")
    }
    let table = try scratch.run("roofline --check claims.csv").output
    #expect(table.contains("2 x 4096 x 4096 x 4096, two for a multiply-add"))
  }

  @Test func `keep the input's columns, and add what is expected`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.header + Self.right + "\n", to: "claims.csv")
    let result = try scratch.run("roofline --check claims.csv --format csv")
    #expect(result.status == 0 && result.errors.isEmpty)
    let own = "expected_flops,expected_bytes,expected_intensity,expected_attainable_tflops,expected_bound,"
    #expect(
      result.output == Self.header.dropLast() + "," + own + "expected_time_us,ok\n" + Self.right + ","
        + Self.expected + ",true\n")
    try scratch.write(result.output, to: "again.csv")
    #expect(try scratch.run("roofline --check again.csv --format csv").output == result.output)
  }

  @Test(arguments: [
    ("nvida-t4,fp16,aten::relu,[[9]],,,,,,,", "2:1", "unknown accelerator 'nvida-t4'; did you mean 'nvidia-t4'?"),
    (
      "apple-m4-max,fp64,aten::relu,[[9]],,,,,,,", "2:14",
      "precision is 'fp64', for which apple-m4-max has no peak in its profile"
    ),
    ("t4,fp16,aten::relu,[[9]],,x,,,,,", "2:27", "flops must be blank or a number of at least 0"),
  ]) func `say what is wrong with a file once`(row: String, place: String, words: String) throws {
    let scratch = try Scratch()
    try scratch.write(Self.header + row + "\n", to: "claims.csv")
    let result = try scratch.run("roofline --check claims.csv")
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("claims.csv:\(place): error: \(words)"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ("roofline bert-base --check claims.csv", "'bert-base' would change nothing"),
    ("roofline --check claims.csv --batch 8", "--batch would change nothing"),
    ("roofline --check claims.csv --emit other.csv", "--emit would change nothing"),
    ("roofline bert-base t4 --tolerance 0.1", "--tolerance would change nothing"),
    ("roofline --check claims.csv --tolerance 2", "must be"),
    ("roofline bert-base t4 --emit claims.json", "claims.json"),
    ("roofline bert-base t4 --emit claims.csv --format json", "--format would change nothing"),
    ("roofline bert-base t4 --emit claims.csv --set accelerator.clock_ghz=1", "--set would change nothing"),
  ]) func `refuse what would change nothing`(line: String, words: String) throws {
    let scratch = try Scratch()
    try scratch.write(Self.header, to: "claims.csv")
    let result = try scratch.run(line)
    #expect(result.status == 64)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test(arguments: ["bert-base-uncased", "resnet50", "olmoe-1b-7b-decode"])
  func `that a workload emits all hold, on the device and on another`(workload: String) throws {
    let scratch = try Scratch()
    for accelerator in ["h100-sxm", "mi300x"] {
      let emitted = try scratch.run("roofline \(workload) \(accelerator) --precision bf16 --batch 2 --emit claims.csv")
      try #require(emitted.status == 0 && emitted.output.isEmpty, "\(emitted.errors)")
      let checked = try scratch.run("roofline --check claims.csv")
      #expect(checked.status == 0, "\(checked.errors)\(checked.output)")
      #expect(checked.output.contains("all hold"))
    }
  }
}
