import Foundation
import TestSupport
import Testing

/// What is easily taken for something else is said, as a new user met it.
@Suite("What is easily misread", .tags(.process))
struct MisreadingTests {
  @Test("Accelerators that are fed by hosts of their own are compared with the hosts beside them")
  func hosts() throws {
    let apart = try Scratch().run("run resnet18 a100,h100-sxm")
    #expect(apart.output.contains("--host NAME gives all the same") && apart.output.contains("  host  "))
    let alike = try Scratch().run("run resnet18 a100,h100-sxm --host 8480c")
    #expect(!alike.output.contains("--host NAME gives") && !alike.output.contains("  host  "))
    let sweep = try Scratch().run("sweep resnet18 --over accelerator=a100,h100-sxm")
    #expect(sweep.output.contains("  host  "))
  }

  @Test("An accelerator without a host says which one feeds it")
  func noHost() throws {
    let words = ["run", "resnet18", "docs/examples/my-gpu.json"]
    #expect(
      try Command.run(words, in: packageRoot).output.contains("names no host, so that the reference host feeds it"))
    let named = try Command.run(words + ["--host", "8480c"], in: packageRoot)
    #expect(!named.output.contains("names no host"))
  }

  @Test("A new profile with one peak of its own has the others of the old part")
  func peaks() throws {
    let one = try Scratch().run("profiles new x --from h200 --set fp16=148 -o x.json")
    #expect(one.errors.contains("bf16") && one.errors.contains("are still nvidia-h200's; set them too"))
    let none = try Scratch().run("profiles new x --from h200 --set watts=400W -o x.json")
    #expect(!none.errors.contains("still nvidia-h200's"))
  }

  @Test("A catalog's files lie in folders of their sorts")
  func looseCatalog() throws {
    let scratch = try Scratch()
    _ = try scratch.run("profiles new my-gpu --from h200 --set watts=400W -o my-gpu.json")
    #expect(
      try scratch.run("run resnet18 t4 --catalog .").errors.contains(
        "nothing in it is found by its name; put my-gpu.json"))
    let folder = scratch.path + "/accelerators"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: scratch.path + "/my-gpu.json", toPath: folder + "/my-gpu.json")
    let found = try scratch.run("run resnet18 my-gpu --catalog .")
    #expect(found.status == 0 && found.errors.isEmpty, "\(found.errors)")
  }

  @Test("A model's configuration where a sequence of operators is wanted")
  func configuration() throws {
    let scratch = try Scratch()
    try scratch.write(#"{ "model_type": "llama", "hidden_size": 64 }"#, to: "config.json")
    let refused = try scratch.run("run config.json t4")
    #expect(
      refused.status == 2 && refused.errors.contains("'simulate generate config.json' takes it"), "\(refused.errors)")
  }

  @Test("Of several loads, the one that its devices cannot hold is left out, and said")
  func misfit() throws {
    let line = "serve llama-3.1-70b h100-sxm --rate 1 --duration-s 1 --tokens 2 --prompt 16 --devices "
    let some = try Scratch().run(line + "1,4")
    #expect(some.status == 0 && some.errors.contains("left out, devices 1: Llama 3.1 70B leaves no memory"))
    let one = try Scratch().run(line + "1")
    #expect(one.status == 2 && one.errors.contains("error: Llama 3.1 70B leaves no memory"))
  }
}
