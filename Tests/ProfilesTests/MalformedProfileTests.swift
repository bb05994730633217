import JSONText
import Profiles
import SampleModels
import TestSupport
import Testing

/// What a user sees who got a profile wrong: file, line, column, path, what is wrong, and what is right.
@Suite("A malformed profile says where and what") struct MalformedProfileTests {
  /// The sort of profile that a case begins with.
  enum Sort: Sendable { case accelerator, architecture, host, framework }

  /// A good profile, one change with a mark where the fault is expected, and the words after `error: `.
  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let sort: Sort
    let edits: [TextEdit]
    let message: String

    init(
      _ what: String, _ sort: Sort, _ find: String, _ replacement: String, _ message: String,
      without lost: String? = nil
    ) {
      self.what = what
      self.sort = sort
      edits = [TextEdit(find, replacement)] + (lost.map { [TextEdit($0, "")] } ?? [])
      self.message = message
    }

    var testDescription: String { what }
  }

  /// The first kinds of operator, as a message lists them.
  static let operatorKinds: String = {
    let names = OperatorKind.allCases.map { "\"\($0.rawValue)\"" }
    return names.prefix(12).joined(separator: ", ") + " and \(names.count - 12) more"
  }()

  static let cases: [Case] = [
    // Keys.
    Case(
      "missing key", .accelerator, #""memory": { "capacity_gb": 16, "#, #""memory": ¶{ "#,
      #"/memory needs "capacity_gb""#),
    Case(
      "misspelt key", .accelerator, #""bandwidth_gb_per_s": 500"#, #"¶"bandwith_gb_per_s": 500"#,
      #"/memory needs "bandwidth_gb_per_s"; is "bandwith_gb_per_s" a misspelling of it?"#),
    Case(
      "missing group", .accelerator, #""link": { "bandwidth_gb_per_s": 10, "latency_us": 6 },"#, "",
      #"the document needs "link""#),
    Case(
      "unknown key", .accelerator, #""l2_mb": 4"#, #""l2_mb": 4, ¶"l2_bandwith_gb_per_s": 1"#,
      #"/memory has no key "l2_bandwith_gb_per_s"; did you mean "l2_bandwidth_gb_per_s"?"#),
    Case(
      "unknown key that is near nothing", .accelerator, #""latency_us": 6 }"#, #""latency_us": 6, ¶"lanes": 16 }"#,
      #"/link has no key "lanes"; its keys are "bandwidth_gb_per_s" and "latency_us""#),
    Case(
      "key in another unit", .host, #""clock_ghz": 2"#, #"¶"clock_mhz": 2000"#,
      #"the document needs "clock_ghz"; is "clock_mhz" a misspelling of it?"#),
    Case(
      "duplicate key", .accelerator, #""compute_units": 10,"#, #""compute_units": 10, ¶"compute_units": 12,"#,
      #"the document has the key "compute_units" twice, first at 9:3; remove one"#),
    Case(
      "peak without single precision", .accelerator, #""peak_tflops": { "fp32": 10, "#, #""peak_tflops": ¶{ "#,
      #"/peak_tflops needs "fp32""#),
    Case(
      "unknown precision", .accelerator, #""fp16": 20 }"#, #""fp16": 20, ¶"bf15": 3 }"#,
      #"/peak_tflops has no key "bf15"; did you mean "bf16"?"#),

    Case(
      "a constant without those that it makes an equation with", .architecture,
      #""efficiency": {\#n    "matrix_flops_per_clock"#,
      #""efficiency": ¶{ "split_us": 1, "matrix_flops_per_clock"#, #"/efficiency needs "matrix_step_clocks""#),

    // Numbers.
    Case(
      "negative number", .accelerator, #""bandwidth_gb_per_s": 500"#, #""bandwidth_gb_per_s": ¶-3"#,
      "/memory/bandwidth_gb_per_s must be between 0.001 and 1000000000 GB/s (it is -3)"),
    Case(
      "zero", .accelerator, #""fp32": 10"#, #""fp32": ¶0"#,
      "/peak_tflops/fp32 must be between 1e-06 and 1000000000 TFLOP/s (it is 0)"),
    Case(
      "negative time", .accelerator, #""call_us": 2,"#, #""call_us": ¶-0.5,"#,
      "/launch/call_us must be between 0 and 10000000 us (it is -0.5)"),
    Case(
      "not-a-number", .accelerator, #""capacity_gb": 16"#, #""capacity_gb": ¶NaN"#,
      "NaN is not a JSON value; the words are true, false and null, and strings stand in double quotes"),
    Case(
      "number beyond Double", .accelerator, #""capacity_gb": 16"#, #""capacity_gb": ¶1e999"#,
      "1e999 is too large; numbers reach 1.797e308 in magnitude"),
    Case(
      "efficiency out of range", .accelerator, #""matrix_memory": 0.7"#, #""matrix_memory": ¶70"#,
      "/efficiency/matrix_memory must be between 0.001 and 2 (it is 70)"),
    Case(
      "half a compute unit", .accelerator, #""compute_units": 10,"#, #""compute_units": ¶9.5,"#,
      "/compute_units must be a whole number between 1 and 1000000 (it is 9.5)"),
    Case(
      "more than any memory", .accelerator, #""capacity_gb": 16"#, #""capacity_gb": ¶1e300"#,
      "/memory/capacity_gb must be between 0.001 and 1000000000 GB (it is 1e300)"),
    Case(
      "half a core", .host, #""cores": 8"#, #""cores": ¶7.5"#,
      "/cores must be a whole number between 1 and 100000 (it is 7.5)"),
    Case(
      "queue without a place", .accelerator, #""queue_depth": 1024"#, #""queue_depth": ¶0"#,
      "/launch/queue_depth must be a whole number between 1 and 1000000 (it is 0)"),
    Case(
      "host that stands still", .host, #""single_thread_speed": 1"#, #""single_thread_speed": ¶0"#,
      "/single_thread_speed must be between 0.001 and 1000 (it is 0)"),

    // Types.
    Case(
      "string instead of a number", .accelerator, #""clock_ghz": 1.5"#, #""clock_ghz": ¶"1.5""#,
      "/clock_ghz must be a number (it is a string)"),
    Case(
      "number instead of a string", .accelerator, #""vendor": "Sample""#, #""vendor": ¶5"#,
      "/vendor must be a string (it is a number)"),
    Case(
      "object instead of a number", .accelerator, #""clock_ghz": 1.5"#, #""clock_ghz": ¶{ "boost": 1.5 }"#,
      "/clock_ghz must be a number (it is an object)"),
    Case(
      "number instead of an object", .host, #""vector": { "flops_per_cycle": 32 }"#, #""vector": ¶32"#,
      "/vector must be an object (it is a number)"),
    Case(
      "null instead of a number", .accelerator, #""l2_mb": 4"#, #""l2_mb": ¶null"#,
      "/memory/l2_mb must be a number (it is null)"),
    Case(
      "text instead of true or false", .accelerator, #""compute_units""#,
      "\"flagship\": ¶\"yes\",\n  \"compute_units\"",
      "/flagship must be true or false (it is a string)"),
    Case(
      "one alias without brackets", .accelerator, #""aliases": ["sg"]"#, #""aliases": ¶"sg""#,
      "/aliases must be an array (it is a string)"),

    // Names and dates.
    Case(
      "misspelt architecture", .accelerator, #""architecture": "Plain""#, #""architecture": ¶"Plian""#,
      #"/architecture names an unknown architecture, "Plian"; did you mean "Plain"?"#),
    Case(
      "unknown architecture", .accelerator, #""architecture": "Plain""#, #""architecture": ¶"Volga""#,
      #"/architecture names an unknown architecture, "Volga"; the known ones are "Plain" and "Matrix""#),
    Case(
      "name with a space and capitals", .accelerator, #""name": "sample-gpu""#, #""name": ¶"Sample GPU""#,
      #"/name must be made of a-z, 0-9, '-', '.' and '_' (it is "Sample GPU"); the title may hold any text"#),
    Case(
      "empty name", .host, #""name": "sample-host""#, #""name": ¶"""#, "/name must not be an empty string"),
    Case(
      "alias with capitals", .accelerator, #"["sg"]"#, #"["sg", ¶"SG"]"#,
      #"/aliases/1 must be made of a-z, 0-9, '-', '.' and '_' (it is "SG"); the title may hold any text"#),
    Case(
      "release date of another form", .accelerator, #""released": "2017-06""#, #""released": ¶"June 2017""#,
      #"/released must be a year and a month (it is "June 2017"); write it as "2017-06""#),
    Case(
      "release in month 13", .host, #""released": "2020-01""#, #""released": ¶"2020-13""#,
      #"/released must be a year and a month (it is "2020-13"); write it as "2017-06""#),
    Case(
      "empty title", .accelerator, #""title": "Sample GPU""#, #""title": ¶"""#, "/title must not be an empty string"),

    // Schemas.
    Case(
      "wrong schema", .accelerator, #""accelerator/1""#, #"¶"accelerator/2""#,
      #"/schema must be "accelerator/1" (it is "accelerator/2")"#),
    Case(
      "schema of another sort", .accelerator, #""accelerator/1""#, #"¶"host/1""#,
      #"/schema must be "accelerator/1" (it is "host/1")"#),
    Case(
      "no schema", .accelerator, #"  "schema": "accelerator/1","#, "", #"the document needs "schema""#),

    // Sources.
    Case(
      "source of an unknown kind", .accelerator, #""kind": "derived""#, #""kind": ¶"deduced""#,
      #"/sources/peak_tflops.fp16/kind names an unknown kind of source, "deduced"; the known ones are "measured", "#
        + #""datasheet", "derived", "assumed" and "announced""#),
    Case(
      "source for an unknown number", .accelerator, #""memory.l2_mb": {"#, #"¶"memory.l2_gb": {"#,
      #"/sources names an unknown number, "memory.l2_gb"; did you mean "memory.l2_mb"?"#),
    Case(
      "source without its publication", .accelerator, #"{ "kind": "measured", "from": "a benchmark" }"#,
      #"¶{ "kind": "measured" }"#, #"/sources/memory.l2_mb needs "from""#),
    Case(
      "source from nowhere", .accelerator, #""from": "a benchmark""#, #""from": ¶"""#,
      "/sources/memory.l2_mb/from must not be an empty string"),
    Case(
      "source with an unknown key", .accelerator, #""note": "no units""#, #"¶"notes": "no units""#,
      #"/sources/peak_tflops.fp16 has no key "notes"; did you mean "note"?"#),

    // Architectures.
    Case(
      "architecture without a constant", .architecture, "\"efficiency\": {\n", "\"efficiency\": ¶{\n",
      #"/efficiency needs "winograd""#, without: #""winograd": 0.5, "#),
    Case(
      "architecture with a share above one", .architecture, #""wave_quantization": 0.5"#,
      #""wave_quantization": ¶1.5"#, "/efficiency/wave_quantization must be between 0 and 1 (it is 1.5)"),

    // Frameworks.
    Case(
      "unknown mode", .framework, #""mode": "eager""#, #""mode": ¶"eagr""#,
      #"/mode names an unknown mode, "eagr"; did you mean "eager"?"#),
    Case(
      "unknown fusion rule", .framework, #"["pointwise", "epilogue"]"#, #"["pointwise", ¶"epilog"]"#,
      #"/fusion/1 names an unknown fusion rule, "epilog"; did you mean "epilogue"?"#),
    Case(
      "unknown fusion rule for an architecture", .framework, #"["softmax"]"#, #"[¶"soft_max"]"#,
      #"/fusion_by_architecture/Plain/0 names an unknown fusion rule, "soft_max"; did you mean "softmax"?"#),
    Case(
      "unknown kind of operator", .framework, #""other": 10"#, #""other": 10, ¶"batchnorm": 10"#,
      #"/dispatch_us has no key "batchnorm"; its keys are \#(operatorKinds)"#),
    Case(
      "misspelt kind of operator", .framework, #""embedding": 10"#, #"¶"embeding": 10"#,
      #"/dispatch_us has no key "embeding"; did you mean "embedding"?"#),
    Case(
      "missing kind of operator", .framework, "\"dispatch_us\": {\n", "\"dispatch_us\": ¶{\n",
      #"/dispatch_us needs "other""#, without: #", "other": 10"#),
    Case(
      "unknown kind of operator in TF32", .framework, #""tf32": ["convolution"]"#, #""tf32": [¶"conv"]"#,
      #"/tf32/0 names an unknown kind of operator, "conv"; the known ones are \#(operatorKinds)"#),

    Case(
      "eager kinds outside of graphs", .framework, #""mode": "eager","#,
      #""mode": "eager", "eager_kinds": ¶["attention"],"#,
      #"/eager_kinds is said of a framework whose mode is "eager"; remove it, or make the mode "graph""#),
    Case(
      "a persistent kernel that is no graph", .framework, #""mode": "eager","#,
      #""mode": "eager", "persistent": ¶true,"#,
      #"/persistent is said of a framework whose mode is "eager"; remove it, or make the mode "graph""#),
    Case(
      "captured batches out of order", .framework, #""mode": "eager","#,
      #""mode": "graph", "captured_batches": [1, 4, ¶4],"#,
      "/captured_batches/2 is not above the batch before it; list them from the smallest on"),
    Case(
      "no captured batch", .framework, #""mode": "eager","#, #""mode": "graph", "captured_batches": ¶[],"#,
      "/captured_batches must not be empty; list a batch size, or remove the key"),

    // Syntax.
    Case(
      "trailing comma", .accelerator, #""latency_us": 6 }"#, #""latency_us": 6¶, }"#,
      "a comma cannot be the last thing in an object; remove it"),
    Case(
      "missing comma", .accelerator, "\"compute_units\": 10,\n  ", "\"compute_units\": 10\n  ¶",
      #"expected "," or "}", found """"#),
    Case(
      "comment", .accelerator, #""compute_units": 10,"#, #""compute_units": 10, ¶// streaming multiprocessors"#,
      #"expected a key in double quotes, found "/"; JSON has no comments"#),
    Case(
      "single quotes", .host, #""name": "sample-host""#, #""name": ¶'sample-host'"#,
      #"expected a value, found "'"; strings stand in double quotes"#),
    Case(
      "second document", .framework, #""from": "a test" } }"#, #""from": "a test" } } } ¶{"#,
      "a file holds one JSON value, and something follows it; remove what follows"),
  ]

  /// What runs beside graphs must cost the host something.
  @Test("of graphs with free operators beside them say which")
  func freeOperators() {
    for (key, value, words) in [
      ("eager_kinds", #"["attention", "fused"]"#, "has fused, whose dispatch takes no time"),
      (
        "captured_batches", "[1, 2]", "leaves larger batches to be run operator by operator, and dispatch takes no time"
      ),
    ] {
      let text = Sample.frameworkText
        .replacing(#""mode": "eager","#, with: #""mode": "graph", "\#(key)": \#(value),"#)
        .replacing(
          key == "eager_kinds" ? #""fused": 10"# : #""other": 10"#,
          with: key == "eager_kinds" ? #""fused": 0"# : #""other": 0"#)
      let fault = #expect(throws: JSONFault.self) {
        try ProfileReader.framework(from: JSONDocument(bytes: Array(text.utf8), file: "free.json"))
      }
      #expect(fault?.description.contains("/\(key) \(words)") == true, "\(fault?.description ?? "")")
    }
  }

  static func text(_ sort: Sort) -> String {
    switch sort {
    case .accelerator: Sample.acceleratorText
    case .architecture: Sample.plainArchitectureText
    case .host: Sample.hostText
    case .framework: Sample.frameworkText
    }
  }

  static func read(_ sort: Sort, _ bytes: [UInt8]) throws {
    let document = try JSONDocument(bytes: bytes, file: "my-profile.json")
    switch sort {
    case .accelerator: _ = try ProfileReader.accelerator(from: document, families: Sample.families())
    case .architecture: _ = try ProfileReader.architecture(from: document)
    case .host: _ = try ProfileReader.host(from: document)
    case .framework: _ = try ProfileReader.framework(from: document)
    }
  }

  @Test(arguments: cases) func `with file, line, column and path`(_ testCase: Case) throws {
    let edited = testCase.edits.reduce(Self.text(testCase.sort)) { $1.apply(to: $0) }
    // What the document as a whole lacks is missing at its beginning.
    let marked = edited.contains("¶") ? Marked(edited) : Marked("¶" + edited)
    let fault = #expect(throws: JSONFault.self) { try Self.read(testCase.sort, marked.bytes) }
    let place = "my-profile.json:\(marked.line):\(marked.column)"
    #expect(fault?.description == "\(place): error: \(testCase.message)")
  }

  @Test func `The good profiles that the cases begin with are good`() throws {
    for sort in [Sort.accelerator, .architecture, .host, .framework] {
      try Self.read(sort, Array(Self.text(sort).utf8))
    }
  }

  @Test func `There are more than twenty kinds`() {
    #expect(Self.cases.count >= 20)
    #expect(Set(Self.cases.map(\.what)).count == Self.cases.count)
  }

  @Test func `A truncated file says what was open and since when`() throws {
    let text = Sample.acceleratorText
    let open = Marked(TextEdit("\"memory\": {", "\"memory\": ¶{").apply(to: text))
    let end = Marked(TextEdit("\"l2_mb\": 4", "¶").apply(to: text))
    let cut = TextEdit("\"l2_mb\": 4", "¶").apply(to: text).prefix { $0 != "¶" }
    let fault = #expect(throws: JSONFault.self) { try Self.read(.accelerator, Array(cut.utf8)) }
    #expect(
      fault?.description
        == "my-profile.json:\(end.line):\(end.column): error: "
        + "the file ends inside the object that begins at \(open.line):\(open.column)")
  }

  @Test func `A file cut anywhere is a fault and no crash`() {
    for sort in [Sort.accelerator, .architecture, .host, .framework] {
      let bytes = Array(Self.text(sort).utf8)
      for length in stride(from: 0, to: bytes.count, by: 7) {
        #expect(throws: JSONFault.self) { try Self.read(sort, Array(bytes[..<length])) }
      }
    }
  }

  @Test func `An empty file is said to hold nothing`() {
    let fault = #expect(throws: JSONFault.self) { try Self.read(.host, []) }
    #expect(fault?.description == "my-profile.json:1:1: error: the file holds no JSON value")
  }

  @Test func `A file that is not UTF-8 names the byte`() throws {
    let marked = Marked(TextEdit("\"Sample GPU\"", "\"Gr¶\u{FFFD}n\"").apply(to: Sample.acceleratorText))
    // In Latin-1, ü is the one byte 0xFC.
    var bytes: [UInt8] = []
    for scalar in marked.text.unicodeScalars { bytes += scalar == "\u{FFFD}" ? [0xFC] : Array(String(scalar).utf8) }
    let fault = #expect(throws: JSONFault.self) { try Self.read(.accelerator, bytes) }
    #expect(
      fault?.description
        == "my-profile.json:\(marked.line):\(marked.column): error: "
        + "the byte 0xfc is not UTF-8 here; save the file as UTF-8")
  }

  @Test func `Damaged bytes never crash the reader`() {
    var random = SeededGenerator(seed: 2)
    for sort in [Sort.accelerator, .host, .framework] {
      let good = Array(Self.text(sort).utf8)
      for _ in 0..<150 {
        var bytes = good
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          damage(&bytes, inserting: "{}[],:\"0-.eN", using: &random)
        }
        do { try Self.read(sort, bytes) } catch {
          #expect(error is JSONFault)
        }
      }
    }
  }
}
