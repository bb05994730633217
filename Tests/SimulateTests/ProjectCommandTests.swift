import JSONText
import Roofline
import Studies
import TestSupport
import Testing

/// `simulate project` and `simulate study` as a process.
@Suite("The command projects", .tags(.process)) struct ProjectCommandTests {
  static func json(_ arguments: String) throws -> JSONObjectCursor {
    let result = try Command.run(arguments.split(separator: " ").map(String.init) + ["--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDocument(bytes: Array(result.output.utf8), file: "output.json").cursor.object()
  }

  @Test func `a hypothetical part beside the real one`() throws {
    var root = try Self.json("project bert-base h100-sxm --batch 256 --scale bandwidth=2,peak=2,host=3")
    var base = try root.required("base").object()
    #expect(try root.required("latency_us").number() < base.required("latency_us").number())
    let changes = try root.required("changes").object()
    #expect(changes.keys.contains("accelerator.memory.bandwidth_gb_per_s"))
    #expect(changes.keys.contains("host.single_thread_speed"))
    let table = try Command.run(["project", "resnet50", packageRoot + "/docs/examples/my-gpu.json"])
    #expect(
      table.output.contains("my-gpu") && table.output.contains("ratio"), "a file is compared with the newest part")
  }

  @Test func `a roadmap with bands, trends, what it rests on, and its seed`() throws {
    var root = try Self.json("project resnet50 --year 2030 --samples 50 --seed 7")
    #expect(try root.required("seed").number() == 7)
    let years = try root.required("years").array()
    var last = try #require(years.last).object()
    #expect(try last.required("year").number() == 2030)
    var latency = try last.required("latency_us").object()
    let band = try ["p05", "p25", "p50", "p75", "p95"].map { try latency.required($0).number() }
    #expect(band == band.sorted() && band[0] > 0 && band[0] < band[4])
    var extrapolation = try root.required("extrapolation").object()
    #expect(try extrapolation.required("accelerator_generations").number() >= 4)
    #expect(try extrapolation.required("years_beyond").number() > 4)
    let parts = try root.required("parts").array()
    let announced = try parts.filter { part in
      var part = try part.object()
      return try part.required("is_announced").boolean()
    }
    for part in announced {
      var part = try part.object()
      #expect(try !part.required("is_fitted").boolean())
    }
    let words = ["project", "resnet50", "--year", "2030", "--samples", "20", "--seed", "7"]
    let again = try Command.run(words)
    #expect(again.output == (try Command.run(words).output))
    #expect(again.output.contains("seed 7") && again.output.contains("years beyond the newest of"))
  }

  @Test func `a hindcast of numbers and latencies, in the keys that are fixed`() throws {
    var root = try Self.json("project --hindcast --from 2020 --ahead 1 --samples 20")
    let rows = try root.required("hindcasts").array()
    var quantities: Set<String> = []
    for cursor in rows {
      var row = try cursor.object()
      quantities.insert(try row.required("quantity").string())
      #expect(try row.required("ahead_years").number() == 1 && row.required("count").number() >= 1)
      for key in ["coverage_50", "coverage_90"] { #expect((0...1).contains(try row.required(key).number())) }
      #expect(try row.required("median_error_fraction").number() >= 0)
      _ = try row.required("bias_fraction").number()
      var skill = try row.required("skill").object()
      for key in ["last_value", "doubling", "last_two"] { #expect(try skill.required(key).number() <= 1) }
    }
    #expect(
      quantities.isSuperset(of: [
        "accelerator.memory.bandwidth_gb_per_s", "accelerator.memory.capacity_gb", "accelerator.peak_tflops.fp16",
        "host.single_thread_speed", "latency_us host-bound", "latency_us device-bound",
      ]))
  }

  @Test(arguments: [
    "intel-gaudi3", "google-tpu-v7", "aws-trainium3", "apple-m5-max", "huawei-ascend-910c", "nvidia-t4",
  ])
  func `every vendor and line has a future`(accelerator: String) throws {
    var root = try Self.json("project resnet50 \(accelerator) --year 2030 --samples 20 --seed 3")
    let numbers = try root.required("trends").array().map { trend in
      var trend = try trend.object()
      return try trend.required("number").string()
    }
    #expect(numbers.contains("accelerator.memory.bandwidth_gb_per_s") && numbers.contains("host.single_thread_speed"))
    #expect(numbers.contains { $0.hasPrefix("accelerator.peak_tflops.") })
  }

  @Test func `scenarios change the years to come, and questions in time are answered`() throws {
    func tax(_ arguments: String) throws -> (tax: Double, root: JSONObjectCursor) {
      var root = try Self.json("project bert-base --year 2030 --samples 40 --batch 64" + arguments)
      var last = try #require(try root.required("years").array().last).object()
      var trend = try last.required("on_trend").object()
      return (try trend.required("framework_tax_fraction").number(), root)
    }
    let plain = try tax("")
    let wall = try tax(" --scenario memory-wall")
    let graphs = try tax(" --scenario memory-wall,graphs-everywhere --when framework_tax_fraction=0.99")
    #expect(wall.tax < plain.tax && graphs.tax < 0.2)
    var root = graphs.root
    var when = try root.required("when").object()
    #expect(try when.required("direction").string() == "rises" && when.required("share_by_last_year").number() < 0.5)
    #expect(try root.required("scenarios").array().count == 2)
    var shares = try root.required("variance_shares").object()
    var latency = try shares.required("latency_us").object()
    let groups = ["bandwidth", "peak", "other_device", "host", "framework", "kernels"]
    let sum = try groups.reduce(0) { try $0 + latency.required($1).number() }
    #expect(abs(sum - 1) < 1e-9)
  }

  @Test func `a held number stays where it is in every year`() throws {
    var root = try Self.json("project resnet50 --year 2030 --samples 20 --set host.single_thread_speed=1")
    let trends = try root.required("trends").array().map { trend in
      var trend = try trend.object()
      return try trend.required("number").string()
    }
    #expect(!trends.contains("host.single_thread_speed") && trends.contains("accelerator.memory.bandwidth_gb_per_s"))
  }

  @Test func `a target backwards`() throws {
    var root = try Self.json("project bert-base h100-sxm --target framework_tax_fraction=0.3 --vary batch,dispatch")
    let answers = try root.required("answers").array()
    #expect(answers.count == 2)
    var batch = try answers[0].object()
    #expect(try batch.required("met").boolean())
    let value = Int(try batch.required("value").number())
    func tax(_ batch: Int) throws -> Double {
      var root = try Self.json("run bert-base h100-sxm --batch \(batch)")
      return try root.required("framework_tax_fraction").number()
    }
    #expect(try tax(value) <= 0.3 && tax(value - 1) > 0.3)
  }

  @Test(arguments: [
    (64, "project bert-base", "nothing to project"),
    (64, "project bert-base h100-sxm --scale peak", "--scale needs NAME=FACTOR"),
    (64, "project bert-base h100-sxm --scale peak=0", "greater than 0"),
    (64, "project bert-base h100-sxm --scale peak=2,peak=3", "twice"),
    (2, "project bert-base h100-sxm --scale paek=2", "did you mean 'peak'?"),
    (64, "project bert-base h100-sxm --vary batch", "--vary needs --target"),
    (64, "project bert-base --seed 3", "--seed needs --year"),
    (64, "project bert-base --scenario memory-wall", "--scenario needs --year"),
    (2, "project bert-base --year 2030 --scenario memory-wal", "did you mean 'memory-wall'?"),
    (64, "project bert-base --year 2030 --scenario memory-wall,memory-wall", "twice"),
    (64, "project bert-base --year 2030 --scenario graphs-everywhere,device-side-launch", "both say what framework"),
    (64, "project bert-base --year 2030 --scenario low-precision --precision fp16", "computes everything in fp8"),
    (2, "project bert-base --year 2030 --when framework_tax_fractoin=0.5", "did you mean 'framework_tax_fraction'?"),
    (64, "project --from 2015", "--from needs --hindcast"),
    (64, "project --hindcast bert-base", "takes neither a workload nor an accelerator"),
    (64, "project --hindcast --year 2030", "--year would change nothing"),
    (64, "project --hindcast --from 1990", "from 2010 to"),
    (64, "project bert-base --year 2030 --scale peak=2", "--year goes with neither"),
    (2, "project bert-base --year 2010", "--year must be from"),
    (2, "project bert-base none --year 2030", "needs an accelerator"),
    (2, "project bert-base --year 2030 --history amd-mi3*", "needs 4 generations, and the history has"),
    (2, "project bert-base h100-sxm --target framework_tax_fractoin=0.1", "did you mean 'framework_tax_fraction'?"),
    (64, "project bert-base h100-sxm --target latency_us=-1", "at least 0"),
    (2, "project bert-base none --target latency_us=1 --vary launch", "no accelerator"),
    (64, "study", "which study?"), (64, "study platform", "did you mean 'platforms'?"),
    (2, "study platforms --measurements /no/such.csv", "/no/such.csv: error: no such file"),
  ])
  func `what is wrong is said`(status: Int, arguments: String, words: String) throws {
    let result = try Command.run(arguments.split(separator: " ").map(String.init))
    #expect(Int(result.status) == status && result.output.isEmpty, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func `the paper's case studies have its points, measured and predicted`() throws {
    for (study, measured, predicted) in [("model-design", 38, 12), ("frameworks", 96, 32), ("platforms", 39, 112)] {
      let result = try Command.run(["study", study, "--format", "csv"])
      let table = try CSVText(bytes: Array(result.output.utf8), file: study)
      let column = try #require(table.column("measured_ms"))
      #expect(table.rows.count { !$0[column].text.isEmpty } == measured, "\(study)")
      #expect(table.rows.count { $0[column].text.isEmpty } == predicted, "\(study)")
    }
    // The object and what people read are made of the same rows: those of the fewest points show it.
    #expect(try Command.run(["study", "model-design"]).output.contains("Measured: Fernandez et al."))
    var root = try Self.json("study model-design")
    #expect(try root.required("study").string() == "model-design")
  }

  @Test func `an error band from a file of measurements`() throws {
    var directory = TemporaryDirectory()
    let reference = packageRoot + "/hardware-profiles/measurements/framework-tax-paper.csv"
    let output = directory.write([], to: "band.json")
    let result = try Command.run(["validate", reference, "--fit", "host", "--error-band", output])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Command.run(["profiles", "check", output]).output.contains("right"))
    let few = directory.write(
      Array(
        """
        testbed,accelerator,framework,precision,workload,batch,latency_ms
        t,nvidia-v100,pytorch-eager,fp16,resnet50,1,7

        """.utf8), to: "few.csv")
    let refused = try Command.run(["validate", few, "--error-band", output])
    #expect(refused.status == 2 && refused.errors.contains("an error band needs"))
  }
}
