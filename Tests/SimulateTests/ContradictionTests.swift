import Foundation
import Roofline
import TestSupport
import Testing

/// What a command line says twice, or in vain, is refused.
@Suite("A contradiction", .tags(.process)) struct ContradictionTests {
  static let lines: [(line: String, words: String)] = [
    // Said twice.
    ("run bert-base t4 --batch 3 --parameter batch=2", "--parameter batch gives batch a second time"),
    ("run bert-base t4 --parameter batch=2 --parameter batch=3", "--parameter batch gives batch a second time"),
    ("run bert-base t4 --sequence-length 8 --parameter sequence-length=9", "gives sequence_length a second time"),
    ("run bert-base t4 --batch 3 --batch 3", "may be given only once"),
    ("run bert-base t4 --set host.cores=4 --set host.cores=5", "--set gives host.cores two values, 4.0 and 5.0"),
    ("run bert-base t4 --workload gpt2", "unexpected argument 't4': --workload gives the workload already"),
    ("run bert-base t4 --accelerator v100", "unexpected argument 't4': --accelerator gives the accelerator already"),
    ("sweep bert-base t4 --over batch=1,2 --batch 7", "batch is varied by --over and has one value besides"),
    ("sweep bert-base t4 --over batch=1,2 --parameter batch=7", "batch is varied by --over and has one value besides"),
    ("sweep bert-base t4 --over batch=1,2 --over batch=3", "batch is varied twice"),
    ("sweep bert-base t4 --over sequence-length=1,2 --over sequence_length=3", "sequence_length is varied twice"),
    ("sweep bert-base t4 --over precision=fp16,fp32 --precision fp16", "precision is varied by --over"),
    ("sweep bert-base t4 --over host=reference --host reference", "host is varied by --over"),
    ("sweep bert-base t4 --over framework=torchscript --framework torchscript", "framework is varied by --over"),
    ("sweep bert-base t4 --over accelerator=h200", "--over accelerator gives the accelerator already"),
    ("sweep bert-base -a t4 --over accelerator=h200", "accelerator is varied by --over"),
    ("sweep bert-base -w gpt2 t4 --over batch=1,2", "--workload gives the workload already"),
    ("sweep bert-base t4 --over host.cores=2,4 --set host.cores=2", "host.cores is varied by --over"),
    ("sweep bert-base --over accelerator=h200,nvidia-h200", "as 'nvidia-h200' and as 'h200'"),
    ("project bert-base t4 --scale peak=2 --scale peak=3", "--scale has peak twice"),
    // Said in vain.
    ("run bert-base t4 --sensitivity --format csv", "--sensitivity would change nothing"),
    ("run bert-base t4 --timeline x.json --method recurrence", "--method would change nothing"),
    ("run bert-base none --kernel-model roofline", "--kernel-model would change nothing"),
    ("sweep bert-base --over accelerator=none --kernel-model roofline", "--kernel-model would change nothing"),
    ("run bert-base t4 --ascii --format json", "--ascii would change nothing: --format json is UTF-8 always"),
    ("sweep bert-base t4 --over batch=1,2 --ascii -o rows.csv", "--ascii would change nothing"),
    ("report bert-base t4 --ascii -o page.html", "--ascii would change nothing"),
    ("profiles list --ascii --format csv", "--ascii would change nothing"),
    ("roofline bert-base t4 --host reference", "--host would change nothing"),
    ("roofline bert-base t4 --set host.cores=2", "--set host.cores would change nothing"),
    ("roofline bert-base t4 --synchronized", "--synchronized would change nothing"),
    ("report --sweep rows.csv bert-base t4 -o page.html", "'bert-base' would change nothing"),
    ("report --sweep rows.csv --batch 4 -o page.html", "--batch would change nothing"),
    ("report --study frameworks --host reference -o page.html", "--host would change nothing"),
    ("report --sweep rows.csv --width 400 -o page.html", "--width would change nothing"),
    ("report --sweep rows.csv --study frameworks -o page.html", "make different pages"),
    ("report bert-base t4 --chart latency --year 2030 -o chart.svg", "--year would change nothing"),
    ("report bert-base t4 --chart roofline --measurements m.csv -o chart.svg", "--measurements would change nothing"),
    ("report bert-base t4 --width 400 -o page.html", "--width would change nothing: only an SVG or PNG chart has one"),
    ("report bert-base t4 --chart latency --width 400 -o chart.csv", "--width would change nothing"),
    ("project bert-base t4 --year 2030 --against v100", "--against would change nothing"),
    ("project bert-base t4 --target latency_us=1 --against v100", "--against would change nothing"),
    ("project bert-base t4 --seed 3", "--seed needs --year"),
    ("project bert-base t4 --vary batch", "--vary needs --target"),
    ("calibrate --trace t.json --fit accelerator.launch.call_us", "--fit would change nothing"),
    ("calibrate --trace t.json --rounds 3", "--rounds would change nothing"),
    ("calibrate --trace t.json --host-speed fixed", "--host-speed would change nothing"),
    ("calibrate m.csv --trace t.json", "'m.csv' would change nothing"),
    ("validate m.csv --kernels --fit host", "--fit would change nothing: --kernels predicts kernels alone"),
    ("validate m.csv --kernels --error-band b.json", "--error-band would change nothing"),
    ("validate m.csv --kernels --set host.cores=2", "--set host.cores would change nothing"),
    ("validate m.csv --kernels --set framework.kernel_us=2", "--set framework.kernel_us would change nothing"),
    ("validate m.csv --kernels --ascii --format csv", "--ascii would change nothing"),
    ("calibrate m.csv --step 3", "--step would change nothing"),
    ("calibrate m.csv --recorded-accelerator t4", "--recorded-accelerator would change nothing"),
    ("calibrate m.csv --rounds 3", "--rounds would change nothing"),
    ("calibrate m.csv --host-speed fixed", "nothing is fitted"),
    ("sweep bert-base t4 --over batch=1,2 --resume", "--resume needs --output"),
    // A file that would not hold what its name says.
    ("sweep bert-base t4 --over batch=1,2 -o x.parquet", "ends in .parquet, and what is written is csv"),
    ("sweep bert-base t4 --over batch=1,2 -o x", "must end in .csv or .jsonl or .ndjson or .txt"),
    ("sweep bert-base t4 --over batch=1,2 -o x.json", "ends in .json, and what is written is csv"),
    ("sweep bert-base t4 --over batch=1,2 -o x.xlsx --format csv", "ends in .xlsx"),
    ("sweep bert-base t4 --over batch=1,2 -o x.csv --format jsonl", "ends in .csv"),
    ("sweep bert-base t4 --over batch=1,2 -o x.JSONL --format csv", "ends in .jsonl"),
    ("sweep bert-base t4 --over batch=1,2 -o x.csv --format summary", "ends in .csv"),
    ("report bert-base t4 -o r.txt", "ends in .txt, and what is written is HTML"),
    ("report bert-base t4 -o r", "must end in .html or .htm: what is written is HTML"),
    ("run bert-base t4 --timeline x.perfetto", "must end in .json: what is written is JSON"),
    ("report bert-base t4 -o r.svg", "holds one chart"),
    ("report bert-base t4 --chart latency -o r.gif", "ends in .svg, .png, .vl.json, .csv, .jsonl or .md"),
    ("report --sweep rows.csv -o r.csv", "ends in .csv, and what is written is HTML"),
    ("run bert-base t4 --timeline x.csv", "ends in .csv, and what is written is JSON"),
    ("trace t.json --timeline x.html", "ends in .html, and what is written is JSON"),
    ("trace t.json --report x.json", "ends in .json, and what is written is HTML"),
    ("validate m.csv --error-band x.csv", "ends in .csv, and what is written is JSON"),
    // Numbers that are none.
    ("run bert-base t4 --set host.cores=0x10", "needs a finite number in decimals (it is '0x10')"),
    ("run bert-base t4 --set host.cores=inf", "needs a finite number in decimals"),
    ("sweep bert-base t4 --over host.cores=0x1,2", "needs numbers or ranges"),
    ("sweep bert-base t4 --over host.cores=0x1..2:lin3", "is no range"),
    ("project bert-base t4 --scale peak=0x2", "--scale needs NAME=FACTOR"),
    ("project bert-base t4 --target latency_us=0x2", "needs a number of at least 0"),
    ("trace t.json --host-speed 0x2", "--host-speed must be a number"),
    ("run bert-base t4 --batch 0x2", "must be a whole number"),
    // A command that was forgotten, or turned around.
    ("bert-base h100-sxm", "did you mean 'simulate run bert-base h100-sxm'?"),
    ("run h100-sxm bert-base", "the workload stands first: 'simulate run bert-base h100-sxm'"),
    ("run h100-sxm", "the workload stands first: as in 'simulate run bert-base h100-sxm'"),
    ("sweep h100-sxm bert-base --over batch=1,2", "the workload stands first: 'simulate sweep bert-base h100-sxm'"),
    ("run -w gpt2 bert-base", "'bert-base' is a workload, and --workload gives 'gpt2' already"),
    ("run meta-llama/Llama-3-8B t4", "tools/export_workload.py"), ("run sdxl t4", "tools/export_workload.py"),
    ("run bert-base h201", "unknown accelerator 'h201'; did you mean 'h20'?"),
    ("project bert-base t4 --year 2500", "--year must be from 2024 to 2074 (it is 2500)"),
    ("project bert-base t4 --year 1990", "--year must be from 2024 to 2074 (it is 1990)"),
    ("report bert-base t4 --chart projection -o r.svg --year 1990", "--year must be from 2024 to 2074 (it is 1990)"),
  ]

  @Test(arguments: lines)
  func `is refused and said, and nothing is written`(line: String, words: String) throws {
    let folder = NSTemporaryDirectory() + "/simulate-contradiction-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Command.run(line.split(separator: " ").map(String.init), in: folder)
    #expect([2, 64].contains(result.status) && result.output.isEmpty, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test(arguments: [
    "run bert-base t4 --set host.cores=4 --set host.cores=4", "run bert-base --accelerator t4",
    "run --workload bert-base t4", "sweep bert-base t4 --over batch=1,2 -o x --format csv",
    "sweep bert-base t4 --over batch=1,2 -o x.txt", "sweep bert-base t4 --over batch=1,2 -o x.CSV",
    "run bert-base t4 --timeline x.json --method events", "run bert-base t4 --ascii --format=table",
  ])
  func `is none where both say the same, or the name says nothing`(line: String) throws {
    let folder = NSTemporaryDirectory() + "/simulate-contradiction-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Command.run(line.split(separator: " ").map(String.init), in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
  }

  @Test(arguments: [
    ("\"workload\": ¶\"bert-bse\"", "/workload names an unknown workload, \"bert-bse\"; did you mean \"bert-base\"?"),
    (
      "\"workload\": \"bert-base\", \"accelerator\": ¶\"h100\"",
      "/accelerator names the accelerator 'h100', which could"
    ),
    ("\"workload\": \"gpt2\", \"accelerator\": \"t4\", \"host\": ¶\"refrence\"", "/host names an unknown host"),
    ("\"workload\": \"gpt2\", \"accelerator\": \"t4\", \"framework\": ¶\"x\"", "/framework names an unknown framework"),
    (
      "\"workload\": \"gpt2\", \"accelerator\": \"t4\", \"parameters\": { \"btch\": ¶2 }",
      "/parameters/btch: the workload \"gpt2\" has no parameter \"btch\"; did you mean \"batch\"?"
    ),
    ("\"workload\": \"gpt2\", \"accelerator\": \"t4\", \"set\": { \"host.core\": ¶2 }", "did you mean 'host.cores'?"),
    ("\"workload\": \"gpt2\", \"accelerator\": \"t4\", \"set\": { \"host.cores\": ¶-2 }", "host.cores must be"),
  ])
  func `in a plan has its place`(members: String, words: String) throws {
    var directory = TemporaryDirectory()
    let plan = Marked("{ \"schema\": \"sweep/1\",\n  \(members),\n  \"over\": { \"batch\": [1, 2] } }")
    let file = directory.write(plan.bytes, to: "plan.json")
    let result = try Command.run(["sweep", "--plan", file])
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("\(file):\(plan.line):\(plan.column): error: "), "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func `of a plan with itself has its place, and the command line wins over a plan`() throws {
    var directory = TemporaryDirectory()
    let both = Marked(
      "{ \"schema\": \"sweep/1\", \"workload\": \"gpt2\", \"accelerator\": \"t4\", \"parameters\": { \"batch\": 3 },\n"
        + "  \"over\": { \"batch\": ¶[1, 2] } }")
    let file = directory.write(both.bytes, to: "both.json")
    let result = try Command.run(["sweep", "--plan", file])
    #expect(result.errors.hasPrefix("\(file):2:\(both.column): error: /over/batch is given at /parameters/batch, too"))
    let plan = both.text.replacing("\"parameters\": { \"batch\": 3 },", with: "")
    let right = directory.write(Array(plan.utf8), to: "plan.json")
    let varied = try Command.run(["sweep", "--plan", right, "--over", "batch=4,8", "--format", "csv"])
    #expect(varied.output.split(separator: "\n").dropFirst().map { $0.prefix(2) } == ["4,", "8,"], "\(varied.errors)")
    let fixed = try Command.run(["sweep", "--plan", right, "--batch", "7"])
    #expect(fixed.status == 2 && fixed.errors.contains("nothing is varied"), "the axis was all there was to vary")
  }
}
