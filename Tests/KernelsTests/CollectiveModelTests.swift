import Kernels
import Profiles
import Roofline
import SampleModels
import Testing

/// How long collectives take, by hand: 100 GB/s, 50 GB/s by ring; beyond four ranks all share 200 GB/s.
@Suite struct CollectiveModelTests {
  static func us(
    _ kind: CollectiveKind, ranks: Double, megabytes: Double, library: String = "nccl"
  ) throws -> Double {
    let time = CollectiveModel(DeviceConnection(try Sample.interconnect()), library: library)
    return time.seconds(of: CollectiveShape(kind, ranks: ranks, bytes: megabytes * 1e6)) * 1e6
  }

  @Test(
    arguments: [
      // 10 + 2 steps, 2 * 1/2 * 1 MB at 50 GB/s.
      (.allReduce, 2, 1, "nccl", 10 + 2 + 20),
      // The ring takes 10 + 6 + 1.5 / 50; the switch 30 + 10 + 1.25 MB at 100 GB/s.
      (.allReduce, 4, 1, "nccl", 16 + 30), (.allReduce, 4, 4, "nccl", 40 + 50),
      // Eight ranks share 200 GB/s: 25 each; the switch would carry more.
      (.allReduce, 8, 8, "nccl", 40 + 9e3 / 25),
      (.allGather, 4, 1, "nccl", 10 + 3 + 60), (.reduceScatter, 4, 1, "nccl", 10 + 3 + 15),
      (.allToAll, 4, 1, "nccl", 10 + 6 + 15), (.sendReceive, 2, 1, "nccl", 8 + 12.5),
      // What one gives is the gathering of its parts: a quarter of 1 MB from each.
      (.broadcast, 4, 1, "nccl", 10 + 3 + 15),
      // Four read 3 * 0.01 MB at once, or sum their parts.
      (.allReduce, 4, 0.01, "vllm", 4 + 1.5 + 0.6), (.allReduce, 4, 1, "vllm", 9 + 3 + 30),
      // What is too large, or no sum, the other library does.
      (.allReduce, 2, 2, "vllm", 12 + 40), (.allGather, 4, 1, "vllm", 73),
      // Whose own there are none has the usual ones.
      (.allReduce, 2, 1, "sglang", 32), (.allReduce, 1, 1, "nccl", 0),
    ] as [(CollectiveKind, Double, Double, String, Double)])
  func `is that of the fastest algorithm`(
    kind: CollectiveKind, ranks: Double, megabytes: Double, library: String, expected: Double
  ) throws {
    #expect(abs(try Self.us(kind, ranks: ranks, megabytes: megabytes, library: library) - expected) < 1e-9)
  }

  @Test func `between groups of devices it has a part within them and a part between`() throws {
    var inner = try Sample.interconnect()
    inner.ranks = 4
    let time = CollectiveModel(DeviceConnection(inner, outer: try Sample.interconnect("outer")), library: "nccl")
    func us(_ kind: CollectiveKind) -> Double {
      time.seconds(of: CollectiveShape(kind, ranks: 8, bytes: 1e6)) * 1e6
    }
    // Scattered sums of 4 (28), sums of 2 of a quarter (12 + 5), gathered by 4 of a quarter (13 + 15).
    #expect(abs(us(.allReduce) - (28 + 17 + 28)) < 1e-9)
    // Gathered by 2 (11 + 20), then by 4 of twice as much (13 + 120).
    #expect(abs(us(.allGather) - (31 + 133)) < 1e-9)
    #expect(abs(us(.reduceScatter) - (28 + 11 + 2.5)) < 1e-9)
    #expect(abs(us(.sendReceive) - 20.5) < 1e-9)
    // Within a group nothing goes beyond it.
    let within = CollectiveShape(.allReduce, ranks: 4, bytes: 1e6)
    #expect(time.seconds(of: within) == CollectiveModel(DeviceConnection(inner), library: "nccl").seconds(of: within))
  }

  @Test func `more bytes and more ranks are never faster, and a wider link never slower`() throws {
    let sample = try Sample.interconnect()
    var wider = sample
    wider.bandwidthGBPerS *= 2
    for kind in CollectiveKind.allCases {
      for library in ["nccl", "vllm"] {
        let (model, wide) = (
          CollectiveModel(DeviceConnection(sample), library: library),
          CollectiveModel(DeviceConnection(wider), library: library)
        )
        for ranks in [2.0, 3, 4, 5, 8] {
          let shapes = (0..<40).map { CollectiveShape(kind, ranks: ranks, bytes: Double(1 << $0) / 1e3) }
          let times = shapes.map { model.seconds(of: $0) }
          #expect(times == times.sorted(), "\(kind) of \(ranks) by \(library)")
          for (shape, time) in zip(shapes, times) {
            #expect(wide.seconds(of: shape) <= time && model.least(of: shape) <= time + 1e-15)
            #expect(time > 0 && model.least(of: shape) > 0, "nothing is free")
          }
        }
      }
    }
  }

  @Test func `called from a program the host decides until the device takes longer`() throws {
    var host = try Sample.host()
    host.singleThreadSpeed = 2
    let time = CollectiveModel(DeviceConnection(try Sample.interconnect()), library: "vllm")
    let small = time.eager(CollectiveShape(.allReduce, ranks: 4, bytes: 1e4), host: host, memory: 1e12)
    #expect(abs(small.seconds - 20e-6) < 1e-12 && small.hostSeconds == small.seconds, "40 us at twice the speed")
    // 42 us, 8 more, and a copy of 1 MB, read and written at 1 TB/s.
    let large = time.eager(CollectiveShape(.allReduce, ranks: 4, bytes: 1e6), host: host, memory: 1e12)
    #expect(abs(large.seconds - 52e-6) < 1e-12 && abs(large.hostSeconds - 20e-6) < 1e-12)
    // A broadcast is the gathering of its parts here as well: 28 us of a quarter each, and the call is NCCL's.
    let broadcast = time.eager(CollectiveShape(.broadcast, ranks: 4, bytes: 1e6), host: host, memory: 1e12)
    #expect(abs(broadcast.hostSeconds - 25e-6) < 1e-12 && abs(broadcast.seconds - 38e-6) < 1e-12)
  }
}
