import Foundation
import TestSupport
import Testing

/// Tables and sentences on terminals of several widths and locales, and where there is no terminal.
@Suite("On a terminal", .tags(.process))
struct TerminalTests {
  static let widths = [60, 80, 100, 140, 200]

  /// A command of every sort that prints a table; what takes seconds in a debug build is in `tools/terminal.py`.
  static let commands = [
    "", "run resnet18 t4 --sensitivity",
    "run resnet18,alexnet t4,none --batch 1,8 --framework pytorch-eager,cuda-graph",
    "generate gpt2 h100-sxm --tokens 3", "generate gpt2 h100-sxm,t4 --batch 1,2 --engine vllm,huggingface --tokens 3",
    "serve gpt2 h100-sxm --rate 5,10 --duration-s 1 --tokens 8 --limit ttft_ms=100",
    "sweep resnet18 --over accelerator=t4,v100 --over batch=1,2 --over framework=pytorch-eager,cuda-graph",
    "sweep gpt2 h100-sxm --engine vllm --over batch=1,2 --over context=128,1024",
    "project resnet18 h100-sxm --scale peak=2", "project resnet18 h100-sxm --target latency_us=900 --vary launch",
    "roofline resnet18 t4", "roofline --check docs/examples/claims.csv",
    "trace docs/examples/trace.json --host-speed 2",
    "trace docs/examples/trace.json --operators --layers --idle --steps", "calibrate --trace docs/examples/trace.json",
    "profiles list", "profiles show v100", "sweep --help",
  ]

  private static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  /// Lines that are wider than a terminal, but for a single word that is.
  private static func wide(_ text: String, _ width: Int) -> [Substring] {
    text.split(separator: "\n").filter { line in
      line.count > width && line.drop { $0 == " " }.contains(" ")
    }
  }

  @Test("No line is wider than it, and every number is one that is there without a terminal", arguments: commands)
  func width(_ command: String) throws {
    // One for each command, in turn; `tools/terminal.py` has all of them for every command, of an optimized program.
    let place = Self.commands.firstIndex(of: command) ?? 0
    let widths = [Self.widths[place % Self.widths.count]]
    let words = Self.words(command)
    let whole = try Command.run(words, in: packageRoot).output
    let numbers = Self.numbers(whole)
    for width in widths {
      let text = try PseudoTerminal.output(words, width: width, in: packageRoot)
      #expect(Self.wide(text, width).isEmpty, "\(width): \(Self.wide(text, width))")
      // A word that is longer than a line is broken: its parts are parts of it, and together it.
      let foreign = Self.numbers(text).subtracting(numbers).filter {
        // Bars, whose heading has a number, want room.
        !$0.contains("…") && !whole.contains($0) && $0 != "100"
      }
      #expect(foreign.isEmpty, "\(width): \(foreign)")
      if text.contains("no room for: ") || width == 200 { continue }
      // Where nothing is left out, nothing is lost.
      let joined = text.filter { !$0.isWhitespace }
      let lost = numbers.subtracting(Self.numbers(text)).filter { !joined.contains($0) }
      #expect(lost.isEmpty || text.contains("…"), "\(width): \(lost)")
    }
  }

  /// All words that have a digit; those of a help's examples and of paths stay whole.
  private static func numbers(_ text: String) -> Set<Substring> {
    Set(text.split { " \n()[],;:".contains($0) }.filter { $0.contains(where: \.isNumber) })
  }

  @Test(
    "In a locale without UTF-8 it is the same in ASCII",
    arguments: ["", commands[2], commands[11], commands[13], commands[16], "serve -h"])
  func locale(_ command: String) throws {
    let words = Self.words(command)
    let text = try PseudoTerminal.output(words, width: 80, in: packageRoot)
    let ascii = try PseudoTerminal.output(words, width: 80, locale: "C", in: packageRoot)
    #expect(ascii.utf8.allSatisfy { $0 < 0x80 } && !ascii.contains("?") || text.contains("?"))
    let (lines, plain) = (text.split(separator: "\n"), ascii.split(separator: "\n"))
    #expect(lines.map(\.count) == plain.map(\.count), "columns stay where they are")
    #expect(
      zip(lines, plain).allSatisfy { one, other in
        zip(one, other).allSatisfy { $0 == $1 || !$0.isASCII }
      })
    let german = try PseudoTerminal.output(words, width: 80, locale: "de_DE.UTF-8", in: packageRoot)
    #expect(german == text, "numbers are written alike everywhere")
  }

  @Test(
    "What it looks like is on record",
    arguments: [
      "trace docs/examples/trace.json --host-speed 2", "trace docs/examples/trace.json --operators --idle",
      "roofline --check docs/examples/claims.csv", "profiles show docs/examples/my-gpu.json",
    ], [60, 100])
  func golden(command: String, width: Int) throws {
    let text = try PseudoTerminal.output(Self.words(command), width: width, in: packageRoot)
    try Self.compare(text, with: "\(width) \(command)")
  }

  @Test(
    "What a pipe gets is on record",
    arguments: [
      "trace docs/examples/trace.json --operators --idle", "roofline --check docs/examples/claims.csv",
    ])
  func pipe(command: String) throws {
    try Self.compare(try Command.run(Self.words(command), in: packageRoot).output, with: "pipe \(command)")
  }

  /// Compares with `Tests/Terminal/NAME.txt`; with `SIMULATE_RECORD` in the environment it is written.
  private static func compare(_ text: String, with title: String) throws {
    let name = title.map { $0.isLetter || $0.isNumber ? $0 : "-" }.reduce(into: "") { $0.append($1) }
    let path = packageRoot + "/Tests/Terminal/\(name).txt"
    if ProcessInfo.processInfo.environment["SIMULATE_RECORD"] != nil {
      try FileManager.default.createDirectory(
        atPath: packageRoot + "/Tests/Terminal", withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOfFile: path, encoding: .utf8), "\(name).txt; SIMULATE_RECORD=1 writes it anew")
  }
}
