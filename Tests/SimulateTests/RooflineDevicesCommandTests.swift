import TestSupport
import Testing

/// `simulate roofline` and its chart with a list of accelerators, as processes.
@Suite("Rooflines of several accelerators", .tags(.process)) struct RooflineDevicesCommandTests {
  @Test func `come one after the other, each as it is alone`() throws {
    let scratch = try Scratch()
    let both = try scratch.run("roofline squeezenet1-0 v100,t4 --format csv").output.split(separator: "\n")
    let alone = try scratch.run("roofline squeezenet1-0 t4 --format csv").output.split(separator: "\n")
    #expect(both[0] == "accelerator," + alone[0])
    let ofT4 = both.filter { $0.hasPrefix("nvidia-t4,") }.map { $0.dropFirst("nvidia-t4,".count) }
    #expect(ofT4.count > 10 && ofT4 == Array(alone.dropFirst()))
    #expect(both.dropFirst().prefix { $0.hasPrefix("nvidia-v100-sxm2-16gb,") }.count + ofT4.count + 1 == both.count)
  }

  @Test(arguments: [
    ("roofline squeezenet1-0 t4,l4 --emit claims.csv", "--emit is of one accelerator"),
    ("roofline squeezenet1-0 t4,nvidia-t4", "the list of accelerators has nvidia-t4 twice"),
    ("roofline squeezenet1-0 t4,", "a name is missing in the list of accelerators"),
    ("roofline squeezenet1-0 t4,none", "a roofline needs an accelerator"),
    ("roofline squeezenet1-0 t4,l4,v100,a100,h200,b200,l40s", "at most 6 accelerators share a chart, and these are 7"),
    ("report squeezenet1-0 t4,l4 --chart latency -o chart.svg", "only --chart roofline shows several accelerators"),
    ("report squeezenet1-0 t4,l4 --chart roofline --host reference -o chart.svg", "--host would change nothing"),
  ]) func `are refused where they have no place`(line: String, words: String) throws {
    let scratch = try Scratch()
    let result = try scratch.run(line)
    #expect(result.status == 64 && result.output.isEmpty && result.errors.contains(words), "\(result.errors)")
  }

  @Test func `are one chart`() throws {
    let scratch = try Scratch()
    let result = try scratch.run("report squeezenet1-0 t4,v100 --chart roofline -o chart.vl.json")
    #expect(result.status == 0 && result.errors.isEmpty)
    let chart = try scratch.text("chart.vl.json")
    for name in ["NVIDIA T4: DRAM 320.0 GB/s", "NVIDIA V100 SXM2 16 GB: one compute unit 1.562 TFLOP/s"] {
      #expect(chart.contains("\"series\": \"\(name)\""), "\(name)")
    }
  }
}
