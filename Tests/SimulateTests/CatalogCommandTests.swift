import Foundation
import JSONText
import Studies
import TestSupport
import Testing

@Suite("simulate profiles: searching, showing, making", .tags(.process)) struct CatalogCommandTests {
  private static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  private static func csv(_ line: String) throws -> [[String]] {
    let result = try Command.run(Self.words(line))
    #expect(result.status == 0, "\(result.errors)")
    return try CSVText(bytes: Array(result.output.utf8), file: "list.csv").rows.map { $0.map(\.text) }
  }

  // MARK: list

  @Test func `where keeps what fulfills every condition, in units of one's own`() throws {
    let all = try Self.csv("profiles list accelerators --format csv")
    let found = try Self.csv("profiles list accelerators --where bandwidth>3TB/s --where vendor=nvidia --format csv")
    // The seventh column is the bandwidth in GB/s; all makers' are told by their names here.
    let expected = all.filter { (Double($0[6]) ?? 0) > 3000 && $0[0].hasPrefix("nvidia-") }.map { $0[0] }
    #expect(!expected.isEmpty && found.map { $0[0] } == expected)
    let plain = try Self.csv("profiles list accelerators --where bandwidth>3000 --where vendor=nvidia --format csv")
    #expect(plain == found)
  }

  @Test func `sort puts the largest first, or the smallest, and what has no number last`() throws {
    for (order, comes) in [("power", { $0 >= $1 }), ("power:up", { $0 <= $1 })] as [(String, (Double, Double) -> Bool)]
    {
      let watts = try Self.csv("profiles list accelerators --sort \(order) --format csv").map { Double($0[7]) }
      let known = watts.compactMap { $0 }
      #expect(zip(known, known.dropFirst()).allSatisfy(comes), "\(order)")
      #expect(watts.prefix(known.count).allSatisfy { $0 != nil } && known.count < watts.count)
    }
  }

  @Test(arguments: ["profiles list --like zzz", "profiles list accelerators --where bandwidth>1EB/s"])
  func `what fits nothing is said, and no empty tables are shown`(line: String) throws {
    let result = try Command.run(Self.words(line))
    #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
    #expect(result.errors == "note: nothing in the catalog is like that\n", "\(result.errors)")
    #expect(try Command.run(Self.words(line) + ["--format", "csv"]).output.hasPrefix("name,"))
  }

  @Test func `like finds what holds the text, whatever its sort`() throws {
    let names = try Command.run(["profiles", "list", "--like", "Llama 3", "--format", "names"]).output.split(
      separator: "\n")
    #expect(names.contains("llama-3-8b") && names.contains("llama-3-8b-decode") && names.contains("llama-3-70b"))
    #expect(names.allSatisfy { $0.contains("llama-3") })
  }

  @Test(arguments: [
    (
      "profiles list accelerators --where bandwith>3",
      "accelerators have no field 'bandwith'; did you mean 'bandwidth'?"
    ),
    ("profiles list hosts --where fp16>3", "hosts have no field 'fp16'"),
    ("profiles list accelerators --where bandwidth>3TB", "the value must be a bandwidth in GB/s"),
    ("profiles list accelerators --where bandwidth", "--where needs FIELD"),
    ("profiles list accelerators --sort speed", "accelerators have no field 'speed'"),
    ("profiles list --where nothing=1", "profiles have no field 'nothing'"),
  ])
  func `a field or value that is none is refused`(line: String, words: String) throws {
    let result = try Command.run(Self.words(line))
    #expect(result.status == 64 && result.output.isEmpty && result.errors.contains(words), "\(result.errors)")
  }

  // MARK: show

  @Test(arguments: ["bert-base", "llama-3-70b", "vllm", "nvlink-4-switch", "h200", "reference", "pytorch-eager-2"])
  func `show knows every sort, and prints the document as JSON`(name: String) throws {
    let text = try Command.run(["profiles", "show", name])
    #expect(text.status == 0 && !text.output.isEmpty)
    let json = try Command.run(["profiles", "show", name, "--format", "json"])
    let document = try JSONDocument(bytes: Array(json.output.utf8), file: name)
    var root = try document.cursor.object()
    #expect(json.status == 0 && (try? root.required("schema").string()) != nil)
  }

  @Test func `show of a name of two sorts is of the one that is asked for`() throws {
    let pass = try Command.run(["profiles", "show", "llama-3-8b", "--kind", "workloads"]).output
    #expect(pass.contains("operators a pass") && pass.contains("sequence_length"))
    #expect(try Command.run(["profiles", "show", "llama-3-8b"]).output.contains("kv_heads"))
  }

  // MARK: new and check

  @Test func `new keeps the sources, marks what is set, and is right`() throws {
    let scratch = try Scratch()
    let made = try scratch.run(
      "profiles new my-gpu --from h100-sxm --set bandwidth=4TB/s --set memory=96GB --set l2_bandwidth=none -o my-gpu.json"
    )
    #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
    #expect(try scratch.run("profiles check my-gpu.json").output.hasPrefix("my-gpu.json: right\n"))
    let shown = try scratch.run("profiles show ./my-gpu.json --format csv").output
    #expect(
      shown.contains("memory.bandwidth_gb_per_s,4000,GB/s,assumed,set by 'profiles new',nvidia-h100-sxm has 3350"))
    #expect(!shown.contains("l2_bandwidth") && !shown.contains("price."))
    let before = try Command.run(["profiles", "show", "h100-sxm", "--format", "csv"]).output
    let kept = before.split(separator: "\n").first { $0.hasPrefix("compute_units,") }
    #expect(shown.split(separator: "\n").contains(kept ?? "-"))
  }

  @Test(arguments: [
    ("profiles new x --from h200 --set bandwith=1", "did you mean 'bandwidth'?"),
    ("profiles new x --from h200 --set bandwidth=1TB", "must be a bandwidth"),
    ("profiles new x --from h200 --set bandwidth=-1", "must be between 0.001 and"),
    ("profiles new nvidia-h20 --from h200", "has 'nvidia-h20' among its accelerators already"),
    ("profiles new X --from h200", "/name must be made of"),
    ("profiles new x --from h200 --set fp32=none", "needs \"fp32\""),
    ("profiles new x --from bert-base", "tools/export_workload.py"),
    ("profiles new x --from llama-3-70b", "config.json"),
  ])
  func `new refuses what would be no profile`(line: String, words: String) throws {
    let result = try Command.run(Self.words(line))
    #expect(result.status != 0 && result.output.isEmpty && result.errors.contains(words), "\(result.errors)")
  }

  @Test func `new and check question terabytes that were typed as gigabytes`() throws {
    let scratch = try Scratch()
    let made = try scratch.run("profiles new my-gpu --from h100-sxm --set bandwidth=3.35 -o my-gpu.json")
    #expect(made.status == 0 && made.errors.contains("if 3.35 TB/s is meant, write 3.35TB/s"))
    let checked = try scratch.run("profiles check my-gpu.json")
    #expect(
      checked.status == 0 && checked.errors.contains("my-gpu.json: warning: memory.bandwidth_gb_per_s is 3.35 GB/s"))
    let line = Self.words("run bert-base h200 --set accelerator.memory.bandwidth_gb_per_s=4.8")
    let seen = try PseudoTerminal.output(line, width: 200, showsErrors: true, in: scratch.path)
    #expect(seen.contains("if 4.8 TB/s is meant"))
    // Where nobody watches, the catalog is not read for it.
    let unseen = try Command.run(line).errors
    #expect(unseen.contains("is 1000 times less than the profile's 4800") && !unseen.contains("is meant"))
    let near = try Command.run(Self.words("run bert-base h200 --set accelerator.memory.bandwidth_gb_per_s=100"))
    #expect(near.errors.isEmpty)
    let right = try Command.run(Self.words("run bert-base h200 --set accelerator.memory.bandwidth_gb_per_s=4.8TB/s"))
    #expect(right.status == 0 && right.errors.isEmpty)
  }

  @Test func `check says all that is wrong, each at its place, and what is derived`() throws {
    let scratch = try Scratch()
    let wrong = """
      { "schema": "accelerator/1", "name": "w", "architecture": "Hoper",
        "compute_units": 1.5, "clock_ghz": 1.8, "peak_tflops": { "fp32": "10GB" },
        "memory": { "capacity_gb": 80, "bandwidth_gb_per_s": -3, "l2_mb": 50 }, "lanes": 16 }
      """
    try scratch.write(wrong, to: "wrong.json")
    let result = try scratch.run("profiles check wrong.json")
    let places = result.errors.split(separator: "\n").map { $0.prefix { $0 != " " } }
    #expect(result.status == 2)
    #expect(
      places == ["wrong.json:1:59:", "wrong.json:2:20:", "wrong.json:2:68:", "wrong.json:3:56:", "wrong.json:3:75:"],
      "\(result.errors)")
    let bare = """
      { "schema": "accelerator/1", "name": "b", "architecture": "Hopper", "released": "2024-01",
        "compute_units": 78, "clock_ghz": "1.98GHz", "peak_tflops": { "fp32": 44, "fp16": 148 },
        "memory": { "capacity_gb": 96, "bandwidth_gb_per_s": "4TB/s", "l2_mb": 60 } }
      """
    try scratch.write(bare, to: "bare.json")
    let right = try scratch.run("profiles check bare.json")
    #expect(right.output.contains("derived from the Hopper family: ") && right.output.contains("launch (13 numbers)"))
    #expect(right.status == 0 && right.errors.isEmpty)
    #expect(try scratch.run("run bert-base bare.json").status == 0)
    try scratch.write(#"{ "schema": "host/1", "name": "c", "single_thread_speed": 1.9 }"#, to: "cpu.json")
    #expect(try scratch.run("profiles check cpu.json").output.contains("derived from the x86 family: cores"))
    let fed = try scratch.run("run bert-base h200 --host cpu.json")
    #expect(fed.status == 0 && fed.errors.isEmpty)
    let alone = try scratch.run("run resnet18 none --host cpu.json")
    #expect(alone.status == 0 && alone.errors.hasPrefix("warning: c runs the kernels itself, and "))
  }

  // MARK: Names of models

  @Test(arguments: [
    ("run meta-llama/Llama-3-8B h200", "'simulate run llama-3-8b' for a pass, or 'simulate generate llama-3-8b'"),
    ("generate meta-llama/Llama-3-70B h200", "'simulate generate llama-3-70b'"),
    ("run sdxl h200", "--module FILE.py:FUNCTION"),
    ("run llama-70b h200", "'simulate generate llama-2-70b'"), ("generate llama-70b h200", "'llama-3-70b'"),
  ])
  func `that is unknown is answered with the nearest and with how to have it`(line: String, words: String) throws {
    let result = try Command.run(Self.words(line))
    #expect(
      result.status == 2 && result.errors.contains(words) && result.errors.contains("config.json"), "\(result.errors)")
  }

  @Test func `in help are names that there are`() throws {
    let help = try Command.run(["--help"]).output.lowercased()
    for word in ["not simulated", "workloads", "decoders", "engines", "export_workload.py"] {
      #expect(help.contains(word))
    }
    for (word, sort) in [
      ("bert", "workloads"), ("stable diffusion", "workloads"), ("whisper", "workloads"), ("vit", "workloads"),
      ("mixtral", "decoders"), ("deepseek", "decoders"), ("gemma", "decoders"), ("sglang", "engines"),
      ("tgi", "engines"),
      ("tensorrt-llm", "engines"), ("gpt-fast", "engines"),
    ] {
      #expect(help.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(word), "\(word)")
      let found = try Command.run(["profiles", "list", sort, "--like", word, "--format", "names"]).output
      #expect(!found.isEmpty, "\(word)")
    }
  }
}
