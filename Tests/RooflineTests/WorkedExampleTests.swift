import Roofline
import Testing

/// The numbers of the five worked examples in docs/roofline-math.md, with its code.
@Suite("Worked examples") struct WorkedExampleTests {
  private let h100 = Roofline(
    peak: FLOPsPerSecond(teraflops: 989), bandwidth: BytesPerSecond(gigabytesPerSecond: 3350))

  private func isNear(_ value: Double, _ printed: Double, digits: Double = 1e-3) -> Bool {
    abs(value - printed) <= digits * printed
  }

  @Test func `1: a linear layer needs 345 tokens on an H100`() throws {
    #expect(isNear(h100.ridgePoint.value, 295.2))
    let layer = BatchedMatrixMultiply(columns: 4096, inner: 4096, bytesPerElement: 2)
    #expect(layer.limitIntensity.value == 2048)
    #expect(layer.ridgeCrossing(on: h100) == 345)
    #expect(isNear(try #require(layer.ridgeCrossingRows(on: h100)), 344.95, digits: 1e-5))
  }

  @Test func `2: decoding waits for memory, whatever the context`() {
    let prefill = Attention(
      batch: 1, heads: 32, keyHeads: 8, queries: 4096, keys: 4096, width: 128, isCausal: true, bytesPerElement: 2)
    #expect(prefill.pairs == 8_390_656)
    #expect(isNear(prefill.flops.giga, 137.5) && isNear(prefill.intensity.value, 1639))
    #expect(isNear(prefill.unfusedBytes / prefill.bytes, 52.2))
    #expect(h100.bound(of: prefill) == .computeBound)
    for keys in [4096, 65_536] {
      let decode = Attention(
        batch: 32, heads: 32, keyHeads: 8, queries: 1, keys: keys, width: 128, bytesPerElement: 2)
      #expect(isNear(decode.intensity.value, 4, digits: 3e-3) && h100.bound(of: decode) == .memoryBound)
      if keys == 4096 {
        #expect(isNear(decode.intensity.value, 3.996))
        #expect(isNear(h100.timeLowerBound(of: decode).microseconds, 160.4))
      }
    }
  }

  @Test func `3: an algorithm changes the operations`() throws {
    let layer = Convolution(
      batch: 8, inputChannels: 64, outputChannels: 64, input: [56, 56], window: [3, 3], padding: [1, 1],
      bytesPerElement: 4)
    #expect(isNear(layer.flops.giga, 1.85))
    #expect(isNear(try #require(layer.winograd(outputTile: 2)).flops.giga, 0.822))
    #expect(isNear(try #require(layer.winograd(outputTile: 4)).flops.giga, 0.462, digits: 2e-3))
    #expect(layer.asMatrixMultiply.inner == 576)
  }

  @Test func `4: the level that takes longest binds`() {
    let device = HierarchicalRoofline(
      peak: h100.peak,
      levels: [
        MemoryLevel(name: "L2", bandwidth: BytesPerSecond(gigabytesPerSecond: 9800)),
        MemoryLevel(name: "DRAM", bandwidth: h100.bandwidth),
      ])
    let traffic = [Bytes(megabytes: 500), Bytes(megabytes: 20)]
    #expect(device.bound(flops: FLOPs(giga: 1), traffic: traffic) == .memoryBound(level: 0))
    #expect(isNear(device.timeLowerBound(flops: FLOPs(giga: 1), traffic: traffic).microseconds, 51, digits: 1e-2))
  }

  @Test func `5: energy has a balance of its own`() throws {
    let energy = EnergyRoofline(
      roofline: h100, energyPerFLOP: Joules(picojoules: 0.5), energyPerByte: Joules(picojoules: 60),
      constantPower: Watts(90))
    #expect(isNear(energy.balancePoint.value, 120, digits: 1e-12))
    let product = MatrixMultiply(rows: 4096, columns: 4096, inner: 4096, bytesPerElement: 2)
    #expect(isNear(energy.energy(of: product).value * 1e3, 87.3))
    #expect(isNear(try #require(energy.power(of: product)).value, 628))
  }
}
