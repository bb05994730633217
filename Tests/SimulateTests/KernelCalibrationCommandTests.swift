import JSONText
import Studies
import TestSupport
import Testing

/// `simulate calibrate --kernels`, as a process.
@Suite("Constants fitted to a table of kernels", .tags(.process)) struct KernelCalibrationCommandTests {
  /// Activations on a T4 that take twice as long as eight bytes an element at its 320 GB/s.
  private static let table =
    KernelValidationCommandTests.header
    + (1...8).map { "t4,fp32,aten::relu,[[\($0)000000]],,,,\($0 * 50)\n" }.joined()

  @Test func `are printed with the errors before and after, and written as a profile that run takes`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.table, to: "kernels.csv")
    let result = try scratch.run("calibrate kernels.csv.none --kernels kernels.csv")
    #expect(result.status == 64 && result.errors.contains("--kernels names the file"))
    let fit = try scratch.run("calibrate --kernels kernels.csv --output fitted --format json")
    try #require(fit.status == 0, "\(fit.errors)")
    #expect(fit.errors.hasPrefix("wrote 1 profile to fitted; "))
    var root = try JSONDocument(bytes: Array(fit.output.utf8), file: "output.json").cursor.object()
    #expect(try root.required("mean_error_before").number() > 0.3)
    #expect(try root.required("mean_error_after").number() < 0.05)
    let numbers = try root.required("numbers").array().map { number in
      var number = try number.object()
      return try number.required("number").string()
    }
    #expect(numbers.contains("accelerator.efficiency.memory") && !numbers.contains("accelerator.efficiency.matrix"))
    var first = try #require(try root.required("errors").array().first).object()
    let (before, after) = (
      try first.required("median_before_fraction").number(), try first.required("median_after_fraction").number()
    )
    #expect(before > 0.3 && after < 0.05)

    #expect(try scratch.run("profiles check fitted/accelerators/nvidia-t4.json").status == 0)
    let shown = try scratch.run("profiles show t4 --catalog fitted")
    #expect(shown.output.contains("kernels.csv") && shown.output.contains("simulate calibrate: "))
    let own = try scratch.run("validate kernels.csv --kernels --catalog fitted --format json")
    var again = try JSONDocument(bytes: Array(own.output.utf8), file: "output.json").cursor.object()
    var whole = try #require(try again.required("errors").array().first).object()
    #expect(abs(try whole.required("median_fraction").number() - after) < 0.01, "a profile has four digits")
    #expect(try scratch.run("run alexnet t4 --catalog fitted").status == 0)
  }

  @Test(arguments: [
    ("--fit host.single_thread_speed", 64, "only numbers of an accelerator that kernels' times depend on are fitted"),
    ("--fit accelerator.efficiency.matrix_alignment", 64, "only numbers of an accelerator"),
    ("--fit accelerator.efficiency.memry", 2, "no row's accelerator has a number"),
    ("--fit accelerator.efficiency.exponentials_per_clock", 2, "no row's accelerator has a number"),
    ("--host-speed fixed", 64, "no host is part of the time of a kernel"),
    ("--trace t.json", 64, "--trace reads numbers off a recording"), ("--rounds 0", 64, "--rounds"),
  ])
  func `are refused where they cannot be`(options: String, status: Int, words: String) throws {
    let scratch = try Scratch()
    try scratch.write(Self.table, to: "kernels.csv")
    let result = try scratch.run("calibrate --kernels kernels.csv --output fitted \(options)")
    #expect(Int(result.status) == status && result.errors.contains(words), "\(result.errors)")
    #expect(scratch.names == ["kernels.csv"])
  }

  @Test func `need a row with a time`() throws {
    let scratch = try Scratch()
    try scratch.write(KernelValidationCommandTests.header + "t4,fp32,aten::relu,[[9]],,,,\n", to: "kernels.csv")
    let result = try scratch.run("calibrate --kernels kernels.csv")
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("kernels.csv: error: no row has a time_us; there is nothing to fit to"))
  }
}
