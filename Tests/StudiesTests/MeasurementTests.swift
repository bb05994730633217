import JSONText
import Profiles
import Roofline
import Studies
import TestSupport
import Testing

@Suite("Measurements in a file") struct MeasurementTests {
  static let header =
    "testbed,accelerator,framework,precision,workload,batch,sequence_length,image_size,latency_ms,role\n"

  static func read(_ text: String) throws -> [Measurement] {
    try Measurement.read(CSVText(bytes: Array(text.utf8), file: "m.csv"))
  }

  @Test func `are read by the names of their columns`() throws {
    let rows = try Self.read(
      Self.header + "lab,v100,torchscript,fp16,bert,8,128,,12.5,anchor\nlab,,eager,fp32,resnet,1,,224,,test\n")
    #expect(rows.count == 2)
    #expect(rows[0].testbed == "lab" && rows[0].accelerator == "v100" && rows[0].framework == "torchscript")
    #expect(rows[0].precision == .fp16 && rows[0].parameters == ["batch": 8, "sequence_length": 128])
    #expect(rows[0].latency == 0.0125 && rows[0].role == .anchor && rows[0].row == 0)
    #expect(rows[1].accelerator == "none", "a blank accelerator is the processor")
    #expect(rows[1].latency == nil && rows[1].parameters == ["batch": 1, "image_size": 224] && rows[1].row == 1)
  }

  @Test func `say how the program lays images out, by name or by letters`() throws {
    let header = "framework,precision,workload,batch,latency_ms,layout,host\n"
    let rows = try Self.read(
      header + ["", "nchw", "nhwc", "channels-last"].map { "f,fp32,w,2,3,\($0),xeon\n" }.joined())
    #expect(rows.map(\.layout) == [.channelsFirst, .channelsFirst, .channelsLast, .channelsLast])
    var framework = FrameworkProfile()
    framework.lay(out: .channelsLast)
    #expect(framework.isChannelsLast)
    framework.lay(out: .channelsFirst)
    #expect(framework.isChannelsLast, "what a framework does by itself, it does all the same")
    #expect {
      try Self.read(header + "f,fp32,w,2,3,nwhc,xeon\n")
    } throws: {
      "\($0)".contains("layout") || ($0 as? CSVFault)?.position.column == 14
    }
  }

  @Test func `may stand in any order, with more columns or fewer`() throws {
    let rows = try Self.read("note,latency_ms,batch,workload,precision,framework,host\nx,3,2,w,fp32,f,xeon\n")
    #expect(rows[0].host == "xeon" && rows[0].accelerator == "none" && rows[0].testbed.isEmpty)
    #expect(rows[0].role == nil && rows[0].parameters == ["batch": 2])
  }

  @Test(arguments: [
    ("lab,v100,eager,¶fp17,w,1,,,5,\n", "precision must be one of fp32, tf32, fp16, bf16, int8, fp8 (it is \"fp17\")"),
    ("lab,v100,eager,¶fp64,w,1,,,5,\n", "precision must be one of fp32, tf32, fp16, bf16, int8, fp8 (it is \"fp64\")"),
    ("lab,v100,eager,fp16,w,¶0,,,5,\n", "batch must be a whole number of at least 1 (it is \"0\")"),
    ("lab,v100,eager,fp16,w,¶1.5,,,5,\n", "batch must be a whole number of at least 1 (it is \"1.5\")"),
    ("lab,v100,eager,fp16,w,1,¶long,,5,\n", "sequence_length must be a whole number of at least 1 (it is \"long\")"),
    ("lab,v100,eager,fp16,w,1,,,¶-5,\n", "latency_ms must be blank or a number greater than 0 (it is \"-5\")"),
    ("lab,v100,eager,fp16,w,1,,,¶nan,\n", "latency_ms must be blank or a number greater than 0 (it is \"nan\")"),
    ("lab,v100,eager,fp16,w,1,,,¶inf,\n", "latency_ms must be blank or a number greater than 0 (it is \"inf\")"),
    ("lab,v100,eager,fp16,w,1,,,¶12 ms,\n", "latency_ms must be blank or a number greater than 0 (it is \"12 ms\")"),
    ("lab,v100,eager,fp16,w,1,,,5,¶maybe\n", "role must be anchor or test (it is \"maybe\")"),
  ])
  func `with a wrong field say which, where and what is right`(row: String, words: String) throws {
    let marked = Marked(Self.header + row)
    let fault = #expect(throws: CSVFault.self) { try Self.read(marked.text) }
    #expect(fault?.description == "m.csv:\(marked.line):\(marked.column): error: \(words)")
  }

  @Test(arguments: [
    (
      "accelerator,framework,precision,workload,batch,latency\n",
      "a column \"latency_ms\" is needed; is \"latency\" meant to be it?"
    ),
    ("accelerator,framework,precision,workload,latency_ms\n", "a column \"batch\" is needed"),
    ("framework,precision,workload,batch,latency_ms\n", "a column \"accelerator\" is needed"),
    (
      "acelerator,framework,precision,workload,batch,latency_ms\n",
      "a column \"accelerator\" is needed; is \"acelerator\" meant to be it?"
    ),
  ])
  func `without a column they need say so`(header: String, words: String) throws {
    let fault = #expect(throws: CSVFault.self) { try Self.read(header) }
    #expect(fault?.description == "m.csv:1:1: error: \(words)")
  }
}
