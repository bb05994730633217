import Foundation
import Roofline
import TestSupport
import Testing

@Suite("simulate calibrate", .tags(.process)) struct CalibrateTests {
  static let rows = """
    testbed,accelerator,framework,precision,workload,batch,sequence_length,image_size,latency_ms
    Lab/One,nvidia-a100-pcie-40gb,pytorch-eager,fp16,resnet50,1,,224,9.1
    Lab/One,nvidia-a100-pcie-40gb,pytorch-eager,fp16,bert-base-uncased,1,128,,8.8
    Lab/One,nvidia-a100-pcie-40gb,pytorch-eager,fp16,resnet50,128,,224,60
    Lab/One,nvidia-a100-pcie-40gb,pytorch-eager,fp16,resnet50,64,,224,30

    """

  /// Writes the rows into a folder of their own, which is removed afterwards.
  static func withRows(_ body: (_ folder: String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "/simulate-calibrate-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(rows.utf8).write(to: URL(fileURLWithPath: folder + "/rows.csv"))
    try body(folder)
  }

  @Test func `writes profiles that --catalog takes, and that say where they come from`() throws {
    try Self.withRows { folder in
      let result = try Command.run([
        "calibrate", folder + "/rows.csv", "--fit", "accelerator.efficiency.memory", "--output",
        folder + "/fitted/here",
      ])
      #expect(result.status == 0 && result.errors.contains("wrote 2 profiles to "))
      for file in ["hosts/lab-one.json", "architectures/ampere-ga100.json"] {
        #expect(try Command.run(["profiles", "check", folder + "/fitted/here/" + file]).status == 0, "\(file)")
      }
      let shown = try Command.run(["profiles", "show", "lab-one", "--catalog", folder + "/fitted/here"])
      #expect(shown.status == 0 && shown.output.contains("rows.csv") && shown.output.contains("anchors"))
      let run = try Command.run([
        "run", "resnet50", "nvidia-a100-pcie-40gb", "--batch", "128", "--host", "lab-one", "--format", "csv",
        "--catalog",
        folder + "/fitted/here",
      ])
      #expect(run.status == 0)
    }
  }

  @Test func `prints each number with how well it is known`() throws {
    try Self.withRows { folder in
      let result = try Command.run([
        "calibrate", folder + "/rows.csv", "--fit", "accelerator.efficiency.winograd", "--rounds", "1", "--format",
        "csv",
      ])
      let lines = result.output.split(separator: "\n")
      #expect(lines.first == "number,shared_by,before,fitted,uncertainty_fraction,identified")
      #expect(lines.count == 3 && lines[1].hasPrefix("accelerator.efficiency.winograd,Ampere GA100,"))
      #expect(lines[1].hasSuffix(",,false") && lines[2].hasPrefix("host.single_thread_speed,Lab/One,1,"))
    }
  }

  @Test func `refuses testbeds that would be one host, and rows without a latency`() throws {
    try Self.withRows { folder in
      let header = Self.rows.prefix { $0 != "\n" } + "\n"
      let row = ",nvidia-a100-pcie-40gb,pytorch-eager,fp16,resnet50,1,,224,"
      for (text, message) in [
        ("a b\(row)9\nA-b\(row)12\n", "two testbeds would both be the host 'a-b'"),
        ("a\(row)\n", "no row has a latency_ms"),
      ] {
        try Data((header + text).utf8).write(to: URL(fileURLWithPath: folder + "/rows.csv"))
        let result = try Command.run(["calibrate", folder + "/rows.csv", "--output", folder + "/fitted"])
        #expect(result.status == 2 && result.errors.contains(message), "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["rows.csv"])
      }
    }
  }

  @Test func `writes nothing where the folder cannot be made`() throws {
    try Self.withRows { folder in
      let result = try Command.run(["calibrate", folder + "/rows.csv", "--output", folder + "/rows.csv/below"])
      #expect(result.status == 74 && result.errors.contains("rows.csv/below: error: cannot make the folder: "))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["rows.csv"])
    }
  }

  @Test func `writes names that are found, or says that there is none`() throws {
    let header = Self.rows.prefix { $0 != "\n" } + "\n"
    let row = ",nvidia-a100-pcie-40gb,pytorch-eager,fp16,resnet50,1,,224,9\n"
    try Self.withRows { folder in
      for (testbed, name) in [(".hidden", "hidden"), ("../up.JSON", "up-json"), ("-x", "x"), ("Ä 1", "1")] {
        try Data((header + testbed + row).utf8).write(to: URL(fileURLWithPath: folder + "/rows.csv"))
        let result = try Command.run(["calibrate", folder + "/rows.csv", "--output", folder + "/fitted"])
        #expect(result.status == 0, "\(result.errors)")
        let run = try Command.run(["run", "resnet50", "t4", "--host", name, "--catalog", folder + "/fitted"])
        #expect(run.status == 0, "\(run.errors)")
      }
      let files = ["1.json", "hidden.json", "up-json.json", "x.json"]
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/fitted/hosts").sorted() == files)
      for testbed in ["", " ", "---", "..", "Ä"] {
        try Data((header + testbed + row).utf8).write(to: URL(fileURLWithPath: folder + "/rows.csv"))
        let result = try Command.run(["calibrate", folder + "/rows.csv", "--output", folder + "/none"])
        #expect(result.status == 2 && result.errors.contains("has no letter or digit"), "\(result.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["fitted", "rows.csv"])
    }
  }

  @Test func `says what it replaces, and replaces nothing that would hide it`() throws {
    try Self.withRows { folder in
      let arguments = ["calibrate", folder + "/rows.csv", "--output", folder + "/fitted"]
      let hosts = folder + "/fitted/hosts/"
      #expect(try Command.run(arguments).errors.hasPrefix("wrote 1 profile to \(folder)/fitted; "))
      try FileManager.default.copyItem(
        atPath: packageRoot + "/hardware-profiles/hosts/reference.json", toPath: hosts + "own.json")
      let again = try Command.run(arguments)
      #expect(again.errors.hasPrefix("wrote 1 profile to \(folder)/fitted (replacing hosts/lab-one.json); "))
      #expect(try FileManager.default.contentsOfDirectory(atPath: hosts).sorted() == ["lab-one.json", "own.json"])
      try FileManager.default.moveItem(atPath: hosts + "lab-one.json", toPath: hosts + "other.json")
      let hidden = try Command.run(arguments)
      #expect(hidden.status == 2 && hidden.errors.contains("a profile called 'lab-one' is here already"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: hosts).sorted() == ["other.json", "own.json"])
      try Data("{".utf8).write(to: URL(fileURLWithPath: hosts + "broken.json"))
      let broken = try Command.run(arguments)
      #expect(broken.status == 2 && broken.errors.contains("broken.json:1:"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: hosts).count == 3, "nothing is written")
    }
  }
}
