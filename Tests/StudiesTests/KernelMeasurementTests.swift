import JSONText
import Kernels
import Profiles
import Roofline
import Studies
import TestSupport
import Testing
import Workloads

@Suite("Operators timed alone, in a file") struct KernelMeasurementTests {
  static let header = "accelerator,precision,operator,inputs,attributes,devices,interconnect,time_us\n"

  static func read(_ text: String) throws -> [KernelMeasurement] {
    try KernelMeasurement.read(CSVText(bytes: Array(text.utf8), file: "k.csv"))
  }

  @Test func `are read by the names of their columns`() throws {
    let rows = try Self.read(
      Self.header + #"h200,bf16,aten::linear,"[[64,4096],[1024,4096]]",,1,,12.5"# + "\n"
        + #"a100,fp16,aten::conv2d,"[[8,3,224,224],[64,3,7,7]]","{""stride"":[2,2],""padding"":3}",,,"# + "\n")
    #expect(rows.count == 2 && rows.map(\.row) == [0, 1])
    #expect(rows[0].accelerator == "h200" && rows[0].precision == .bf16)
    #expect(rows[0].operation == Operator(name: "aten::linear", inputs: [[64, 4096], [1024, 4096]]))
    #expect(rows[0].time == 12.5e-6)
    #expect(rows[1].time == nil, "blank: to be predicted")
    #expect(rows[1].operation.attribute("stride") == [2, 2] && rows[1].operation.attribute("padding") == [3])
  }

  @Test func `may stand in any order, with more columns or fewer`() throws {
    let rows = try Self.read("note,inputs,operator,precision,accelerator\nx,\"[[8,8]]\",aten::relu,fp32,t4\n")
    #expect(rows.count == 1 && rows[0].time == nil && rows[0].operation.attributes.isEmpty)
  }

  @Test func `keep what the benchmark ran beside them, and attributes that nothing knows`() throws {
    let text = #"h200,bf16,aten::linear,"[[1,8],[8,8]]","{""quantizes"":1,""writes_cache"":0,""seed"":[7]}",,,1"#
    let operation = try Self.read(Self.header + text)[0].operation
    #expect(operation.attribute("quantizes") == [1] && operation.attribute("writes_cache") == [0])
    #expect(operation.attribute("seed") == [7])
  }

  @Test(arguments: [
    ("aten::embedding", "[[1000,64],[8,16]]", [[8, 16, 64]]), ("aten::cat", "[[2,8],[2,8]]", [[32]]),
    ("aten::clone", "[[2,8]]", [[2, 8]]), ("aten::linear", "[[2,8],[4,8]]", [[Int64]]()),
  ])
  func `have the results that their operands make`(name: String, inputs: String, results: [[Int64]]) throws {
    let rows = try Self.read(Self.header + "t4,fp16,\(name),\"\(inputs)\",,,,1\n")
    #expect(rows[0].operation.outputs.map(\.dimensions) == results)
  }

  static let linear = #"aten::linear,"[[1,8],[8,8]]""#
  static let selectable = "fp32, tf32, fp16, bf16, int8, fp8"
  static let shapes = "shapes as JSON, as [[64,4096],[4096,4096]]"

  @Test(arguments: [
    ("¶,bf16,\(linear),,,,1", #"accelerator must be an accelerator: kernels are timed on one (it is "")"#),
    ("¶none,bf16,\(linear),,,,1", #"accelerator must be an accelerator: kernels are timed on one (it is "none")"#),
    ("t4,¶fp17,\(linear),,,,1", #"precision must be one of \#(selectable) (it is "fp17")"#),
    ("t4,bf16,¶,[],,,,1", #"operator must be the name of an operator, as aten::linear (it is "")"#),
    (#"t4,bf16,aten::linear,¶"[[1,8]",,,,1"#, #"inputs must be \#(shapes) (it is "[[1,8]")"#),
    (#"t4,bf16,aten::linear,¶"[[1,8.5]]",,,,1"#, #"inputs must be \#(shapes) (it is "[[1,8.5]]")"#),
    (#"t4,bf16,aten::linear,¶"[[1,-8]]",,,,1"#, #"inputs must be \#(shapes) (it is "[[1,-8]]")"#),
    ("t4,bf16,aten::linear,¶[8],,,,1", #"inputs must be \#(shapes) (it is "[8]")"#),
    ("t4,bf16,aten::linear,¶,,,,1", #"inputs must be \#(shapes) (it is "")"#),
    (
      "t4,bf16,aten::relu,¶[[9000000000000000]],,,,1",
      #"inputs must be shapes of at most 2^50 elements (it is "[[9000000000000000]]")"#
    ),
    (
      #"t4,bf16,\#(linear),¶"{""stride"":1.5}",,,1"#,
      #"attributes must be blank or integers and lists of them as JSON, as {"is_causal":1} (it is "{"stride":1.5}")"#
    ),
    (
      "t4,bf16,\(linear),¶[1],,,1",
      #"attributes must be blank or integers and lists of them as JSON, as {"is_causal":1} (it is "[1]")"#
    ),
    (
      #"t4,bf16,\#(linear),¶"{""is_causal"":2}",,,1"#,
      #"attributes must be JSON with 0 or 1 as is_causal (it is "{"is_causal":2}")"#
    ),
    (
      #"t4,bf16,\#(linear),¶"{""quantizes"":[1,1]}",,,1"#,
      #"attributes must be JSON with 0 or 1 as quantizes (it is "{"quantizes":[1,1]}")"#
    ),
    (
      #"t4,bf16,\#(linear),¶"{""is_casual"":1}",,,1"#,
      #"attributes must be JSON with "is_causal", if that is what "is_casual" means (it is "{"is_casual":1}")"#
    ),
    ("t4,bf16,\(linear),,¶0,,1", #"devices must be blank or a whole number of at least 1 (it is "0")"#),
    (
      "t4,bf16,\(linear),,¶8,,1",
      "devices is 8, and the operator is no collective: each device does it by itself; it must be blank or 1"
    ),
    (
      "t4,bf16,\(linear),,1,¶nvlink-4,1",
      #"interconnect is "nvlink-4", and the operator is no collective: nothing is sent; it must be blank"#
    ),
    ("t4,bf16,\(linear),,,,¶0", #"time_us must be blank or a number greater than 0 (it is "0")"#),
    ("t4,bf16,\(linear),,,,¶12 us", #"time_us must be blank or a number greater than 0 (it is "12 us")"#),
    ("t4,bf16,\(linear),,,,¶1e14", #"time_us must be between 0.000000001 and 10000000000000 us (it is "1e14")"#),
    (
      #"t4,bf16,c10d::allreduce_,[[8]],"{""library"":""nccl""}",¶,,1"#,
      #"devices must be a whole number from 1 to 65536: as many ranks do a collective together (it is "")"#
    ),
    (
      #"t4,bf16,c10d::allreduce_,¶"[[8],[8]]",,2,,1"#,
      "inputs must be one shape, that of the tensor which a rank gives, as [[1048576]] (it is \"[[8],[8]]\")"
    ),
    (
      #"t4,bf16,c10d::allreduce_,[[8]],¶"{""library"":""ncll""}",2,,1"#,
      "attributes must be JSON with one of nccl, pytorch, vllm, sglang, tensorrt-llm as library (it is "
        + #""{"library":"ncll"}")"#
    ),
    (
      #"t4,bf16,c10d::allreduce_,[[8]],¶"{""mode"":""lazy""}",2,,1"#,
      #"attributes must be JSON with graph or eager as mode (it is "{"mode":"lazy"}")"#
    ),
    (
      #"t4,bf16,c10d::allreduce_,[[8]],¶"{""mode"":1}",2,,1"#,
      #"attributes must be blank or words as JSON, as {"library":"nccl","mode":"graph"} (it is "{"mode":1}")"#
    ),
    (
      "t4,bf16,¶aten::view,[[8]],,,,1",
      #"operator is "aten::view", which launches no kernel that could be timed; leave such rows out"#
    ),
    (
      "t4,bf16,¶memcpy_host_to_device,[[8]],,,,1",
      #"operator is "memcpy_host_to_device", which launches no kernel that could be timed; leave such rows out"#
    ),
    (
      #"t4,bf16,¶aten::max_pool2d,"[[8,3,9,9]]",,,,1"#,
      #"operator is "aten::max_pool2d", whose results do not follow from its inputs; products, convolutions, "#
        + "attention, normalizations, element-wise operators and copies can be timed alone"
    ),
    (
      #"t4,bf16,¶aten::linear,"[[1,8],[8,9]]",,,,1"#,
      #"operator is "aten::linear", and the inner dimension of the weights is 9; "#
        + "the inner dimension of the input makes it 8"
    ),
    (
      #"t4,bf16,¶aten::scaled_dot_product_attention,"[[1,8,4,64],[1,3,9,64],[1,3,9,64]]",,,,1"#,
      #"operator is "aten::scaled_dot_product_attention", and the queries have 8 heads; "#
        + "the number must be a multiple of the keys', which is 3"
    ),
  ])
  func `with a wrong field say which, where and what is right`(row: String, words: String) throws {
    let marked = Marked(Self.header + row + "\n")
    let fault = #expect(throws: CSVFault.self) { try Self.read(marked.text) }
    #expect(fault?.description == "k.csv:\(marked.line):\(marked.column): error: \(words)")
  }

  @Test(arguments: [
    ("accelerator,precision,operator\n", #"a column "inputs" is needed"#),
    (
      "acelerator,precision,operator,inputs\n",
      #"a column "accelerator" is needed; is "acelerator" meant to be it?"#
    ),
    (
      "accelerator,precision,operator,inputs,time_ms\n",
      #"a column "time_us" is needed; is "time_ms" meant to be it?"#
    ),
    (
      "accelerator,precision,operator,inputs,atributes,time_us\n",
      #"a column "attributes" is needed; is "atributes" meant to be it?"#
    ),
  ])
  func `without a column they need, or with one misspelled, say so`(header: String, words: String) throws {
    let fault = #expect(throws: CSVFault.self) { try Self.read(header) }
    #expect(fault?.description == "k.csv:1:1: error: \(words)")
  }
}
