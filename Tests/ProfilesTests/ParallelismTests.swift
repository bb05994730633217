import SampleModels
import Testing

@testable import Profiles

/// How a model is spread over devices, as it is written.
@Suite struct ParallelismTests {
  @Test(
    arguments: [
      ("1", 1, 1, 1, 1), ("8", 8, 1, 1, 1), ("tensor=4,pipeline=2", 4, 2, 1, 1), ("data=3", 1, 1, 3, 1),
      ("tensor=2,data=4,expert=8", 2, 1, 4, 8), ("pipeline=1024", 1, 1024, 1, 1), ("4,pipeline=2", 4, 2, 1, 1),
    ] as [(String, Int64, Int64, Int64, Int64)])
  func `is read`(text: String, tensor: Int64, pipeline: Int64, data: Int64, expert: Int64) throws {
    let parallelism = try Parallelism(text)
    #expect(parallelism.tensor == tensor && parallelism.pipeline == pipeline)
    #expect(parallelism.data == data && parallelism.expert == expert)
    #expect(parallelism.devices == tensor * pipeline * data)
    #expect(try Parallelism(parallelism.description) == parallelism, "what is shown is read back")
  }

  @Test(
    arguments: [
      ("0", .number("0")), ("", .number("")), ("two", .number("two")), ("65537", .number("65537")),
      ("-1", .number("-1")), ("tensor=", .number("")), ("tensor=4,", .number("")),
      ("tensr=4", .way("tensr", suggestion: "tensor")), ("x=4", .way("x", suggestion: nil)),
      ("tensor=4,tensor=2", .twice("tensor")), ("4,tensor=2", .twice("tensor")),
      ("tensor=1024,pipeline=1024", .tooMany(1_048_576)), ("tensor=4,expert=2", .experts(2, wanted: 4)),
      ("expert=2", .experts(2, wanted: 1)),
    ] as [(String, Parallelism.Fault)])
  func `is refused where it says none`(text: String, fault: Parallelism.Fault) {
    #expect(throws: fault) { try Parallelism(text) }
  }

  @Test(arguments: [
    ("1,2,4", ["1", "2", "4"]), ("tensor=4,pipeline=2", ["tensor=4,pipeline=2"]),
    ("1,tensor=4,pipeline=2,tensor=8,8", ["1", "tensor=4,pipeline=2", "tensor=8", "8"]),
    ("data=2,data=4", ["data=2", "data=4"]), ("1,,2", ["1", "", "2"]),
  ])
  func `lists are told from ways`(text: String, items: [String]) {
    #expect(Parallelism.items(text) == items)
  }

  @Test func `what connects groups of devices goes with what connects the devices`() throws {
    var system = try Sample.system()
    #expect(system.connection == nil && system.interconnect == nil)
    #expect(throws: OverrideFault.noInterconnect(path: "interconnect.ranks")) {
      try system.set("interconnect.ranks", to: 4)
    }
    let outer = try Sample.interconnect("outer")
    system.connection = DeviceConnection(try Sample.interconnect("inner"), outer: outer)
    try system.set("interconnect.ranks", to: 4)
    #expect(system.interconnect?.name == "inner" && system.interconnect?.ranks == 4)
    #expect(system.connection?.outer == outer, "a number of the one is none of the other")
    #expect(system.number(at: "interconnect.ranks") == 4)
    #expect(system.source(of: "interconnect.ranks")?.from == "set by the user")
    #expect(system.connection?.joins(1000) == true)
    system.connection?.outer = nil
    #expect(system.connection?.joins(4) == true && system.connection?.joins(5) == false)
  }
}
