import Foundation
import TestSupport
import Testing

/// Folders as `tools/measure.py` writes them: scored, and made into profiles.
@Suite("A machine that was measured", .tags(.process)) struct MeasuredFolderTests {
  static let machine = "key,value\ncpu,Some Processor\ncatalog_name,nvidia-h100-sxm\n"
  static let alone = "key,value\ncpu,Some Processor\n"
  /// Linear and add, twice as long in turn with others as in a loop; views of 4 us; modules of 2 us.
  static let dispatch = """
    operator,call,guard,neighbors,host_us,minimum_us,kernels,note
    aten::linear,operator,inference_mode,0,20,18,,
    aten::linear,in turn with others,inference_mode,0,40,38,,
    aten::linear,in turn with others,grad,0,90,90,,
    aten::linear,in turn with others,inference_mode,2,99,90,,
    aten::add,operator,inference_mode,0,10,9,,
    aten::add,in turn with others,inference_mode,0,20,18,,
    aten::view,in turn with others,inference_mode,0,4,4,,
    nn.Identity,module,inference_mode,0,1,1,,
    nn.Identity within 1 modules,module,inference_mode,0,3,3,,
    nn.Identity within 4 modules,module,inference_mode,0,9,9,,

    """
  static let costs = """
    cost,api,detail,bytes,neighbors,count,median_us,p10_us,p90_us,p99_us,mean_us,minimum_us
    "launch, asynchronous",driver,no Python,,0,2000,2,1.8,2.6,3,2,1.5
    "launch, asynchronous",driver,no Python,,4,2000,9,9,9,9,9,9
    launch and synchronization,driver,no Python,,0,2000,10,9,12,13,10,8
    kernel and gap in a full queue,torch,add_,,0,40,2.5,2.4,2.6,2.7,2.5,2.4

    """
  static let latency = """
    what,count,call_us,call_start_to_kernel_us,call_end_to_kernel_us,kernel_us
    operator with one kernel,300,5,8,3,1
    graph of 8 nodes,300,8,12,4,1

    """
  static let graphs = """
    api,node,topology,chains,nodes,capture_us,instantiate_us,first_launch_us,first_synchronized_us,launch_us,launch_p90_us
    driver,empty,line,1,1,3,2,21.5,30,1.5,2
    driver,empty,line,1,101,203,102,71.7,100,1.7,2
    driver,empty,line,1,1001,2003,1002,523.5,600,3.5,4
    driver,empty,branched,3,8,3,2,21.5,30,2.7,3

    """
  static let models = """
    model,variant,library,accelerator,framework,precision,batch,length,guard,neighbors,latency_us
    resnet50,,torchvision,nvidia-h100-sxm,pytorch-eager-2,fp16,1,,inference_mode,0,4000
    resnet50,,torchvision,nvidia-h100-sxm,pytorch-eager-2,fp16,1,,no_grad,0,9000
    resnet50,bound to one core,torchvision,nvidia-h100-sxm,pytorch-eager-2,fp16,1,,inference_mode,0,9000
    a-model-of-mine,,torchvision,nvidia-h100-sxm,pytorch-eager-2,fp16,1,,inference_mode,0,4000
    bert-base-uncased,,transformers,nvidia-h100-sxm,cuda-graph,fp16,4,128,inference_mode,0,800
    bert-base-uncased,eager attention,transformers,nvidia-h100-sxm,cuda-graph,fp16,4,128,inference_mode,0,900

    """

  private static func withFolder(_ files: [String: String], _ body: (_ folder: String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "/simulate-measured-" + UUID().uuidString + "/my-box"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder + "/..") }
    for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name + ".csv")) }
    try body(folder)
  }

  private static let everything = [
    "machine": machine, "dispatch": dispatch, "host_costs": costs, "launch_latency": latency, "graphs": graphs,
  ]

  /// The numbers of `calibrate --measured` as CSV.
  private func numbers(_ folder: String, _ options: [String] = []) throws -> [String: [String]] {
    let result = try Command.run(["calibrate", "--measured", folder, "--format", "csv"] + options)
    try #require(result.status == 0, "\(result.errors)")
    let rows = result.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    return Dictionary(rows.map { (String($0[0]), $0.map(String.init)) }) { first, _ in first }
  }

  @Test func `numbers are what the files say, by hand`() throws {
    try Self.withFolder(Self.everything) { folder in
      let rows = try numbers(folder, ["--host", "reference"])
      let measured = rows.compactMapValues { Double($0[2]) }
      func expect(_ path: String, _ value: Double) {
        let found = measured[path] ?? .nan
        #expect(abs(found - value) < 1e-9, "\(path): \(found), not \(value)")
      }
      // The profile has 4 us on the reference host, and this machine takes 2; the spread is half of 0.8 over 2.
      expect("host.speed.driver", 2)
      expect("accelerator.launch.call_us", 4)
      #expect(rows["accelerator.launch.call_us"]?[3] == "0.2")
      expect("accelerator.launch.latency_us", 3)
      expect("accelerator.launch.kernel_gap_us", 1.5)
      expect("accelerator.launch.synchronization_us", 10 - 2 - 3 - 1)
      expect("accelerator.launch.graph_latency_us", 4)
      // Lines of 1.498 + 0.002 and 19.5 + 0.5 a node, times the driver's speed; a chain more takes (2.7 - 1.498) / 2.
      expect("accelerator.launch.graph_node_us", 0.004)
      expect("accelerator.launch.graph_call_us", 2.996)
      expect("accelerator.launch.graph_first_node_us", 1)
      expect("accelerator.launch.graph_branch_us", 1.202)
      // 1.8 us of the profile over 2 measured.
      expect("host.speed.interpreter", 0.9)
      expect("framework.module_us", 1.8)
      // Loops take half of the time in turn, of which a model's share is 0.76.
      expect("framework.repeated_fraction", 0.6579)
    }
  }

  @Test func `profiles of it give the measured times again, and say how well they are known`() throws {
    try Self.withFolder(Self.everything) { folder in
      let out = folder + "/../out"
      let result = try Command.run(["calibrate", "--measured", folder, "--host", "reference", "--output", out])
      #expect(result.status == 0 && result.errors.contains("wrote 3 profiles"), "\(result.errors)")
      for kind in ["hosts", "frameworks", "accelerators"] {
        #expect(try Command.run(["profiles", "check", out + "/\(kind)/my-box.json"]).status == 0)
      }
      let shown = try Command.run(["profiles", "show", "my-box", "--catalog", out])
      #expect(shown.status != 70)
      let text = try String(contentsOfFile: out + "/accelerators/my-box.json", encoding: .utf8)
      #expect(text.contains("\"measured\"") && text.contains("+-20 %") && text.contains("tools/measure.py, my-box"))
      let run = try Command.run([
        "run", "resnet50", "my-box", "--host", "my-box", "--framework", "my-box", "--catalog", out,
      ])
      #expect(run.status == 0, "\(run.errors)")
    }
  }

  @Test func `without an accelerator there are the host and the framework, and it is said`() throws {
    try Self.withFolder(["machine": Self.alone, "dispatch": Self.dispatch]) { folder in
      let out = folder + "/../out"
      let result = try Command.run(["calibrate", "--measured", folder, "--output", out])
      #expect(result.status == 0 && result.errors.contains("no accelerator was measured"), "\(result.errors)")
      #expect(result.errors.contains("wrote 2 profiles") && !result.output.contains("accelerator."))
      let scored = try Command.run(["validate", folder])
      #expect(scored.status == 0 && scored.errors.contains("no accelerator was measured"))
      #expect(scored.output.contains("framework.dispatch_us.linear"))
    }
  }

  @Test func `validate scores undisturbed passes of the catalog's workloads`() throws {
    try Self.withFolder(Self.everything.merging(["models": Self.models]) { $1 }) { folder in
      let result = try Command.run(["validate", folder, "--format", "csv"])
      #expect(result.status == 0 && result.errors.contains("a-model-of-mine"), "\(result.errors)")
      let rows = result.output.split(separator: "\n")
      #expect(rows.count == 4 && rows[1].hasPrefix("resnet50,"))
      // A model of today attends in one kernel unless it is told otherwise.
      #expect(rows[2].hasPrefix("bert-base-uncased-sdpa,,") && rows[3].hasPrefix("bert-base-uncased,eager attention,"))
      let table = try Command.run(["validate", folder]).output
      #expect(table.contains("3 passes") && table.contains("accelerator.launch.call_us"))
      let slower = try Command.run(["validate", folder, "--host", "raspberry-pi-4", "--format", "csv"]).output
      #expect(slower != result.output)
    }
  }

  static let faults: [(file: String, old: String, new: String, words: String)] = [
    (
      "models", ",fp16,1,,inference_mode,0,4000", ",fp17,1,,inference_mode,0,4000",
      "models.csv:2:55: error: precision must be"
    ),
    ("models", ",4,128,", ",4,many,", "models.csv:6:67: error: length must be a whole number"),
    ("models", "latency_us", "latency", "models.csv:1:1: error: a column \"latency_us\" is needed"),
    ("dispatch", "inference_mode,0,40", "inference_mode,0,-40", "dispatch.csv:3:51: error: host_us must be"),
    ("machine", "nvidia-h100-sxm", "nvidia-h999", "machine.csv: error: catalog_name: "),
  ]

  @Test(arguments: faults.indices) func `what is wrong is said with its place, and nothing is written`(index: Int)
    throws
  {
    let fault = Self.faults[index]
    var files = Self.everything.merging(["models": Self.models]) { $1 }
    files[fault.file] = files[fault.file]?.replacing(fault.old, with: fault.new, maxReplacements: 1)
    try Self.withFolder(files) { folder in
      let out = folder + "/../out"
      for arguments in [["validate", folder], ["calibrate", "--measured", folder, "--output", out]] {
        let result = try Command.run(arguments)
        #expect(result.status == 2 && result.errors.contains(fault.words), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: out))
      }
    }
  }

  @Test func `what is no such folder is said`() throws {
    try Self.withFolder(["other": "a\n1\n"]) { folder in
      for arguments in [["validate", folder], ["calibrate", "--measured", folder]] {
        let result = try Command.run(arguments)
        #expect(result.status == 2 && result.errors.contains("no measurement of a machine"), "\(result.errors)")
      }
      let absent = try Command.run(["calibrate", "--measured", folder + "/absent"])
      #expect(absent.status == 2 && absent.errors.contains("no such folder"), "\(absent.errors)")
      let useless = try Command.run(["calibrate", "--measured", folder, "--rounds", "3"])
      #expect(useless.status == 64 && useless.errors.contains("--rounds"), "\(useless.errors)")
      let host = try Command.run(["calibrate", "rows.csv", "--host", "reference"])
      #expect(host.status == 64 && host.errors.contains("--host"), "\(host.errors)")
    }
  }
}
