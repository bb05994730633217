import Roofline
import TestSupport
import Testing

/// The vectors of `docs/vectors/roofline`, which `tools/check_vectors.py` recomputes with formulas of its own.
@Suite("Vectors of roofline math")
struct VectorTests {
  @Test("There are vectors of every class, and no class without a test")
  func classes() throws {
    let vectors = try RooflineVector.all()
    #expect(vectors.count >= 300)
    #expect(
      Set(vectors.map(\.kind)) == [
        "algebra", "attention", "ceiling", "collective", "convolution", "energy_roofline", "grouped_matrix_multiply",
        "hierarchical_roofline", "inverse", "matrix_multiply", "mixture_of_experts", "normalization", "operator",
        "pass_over_memory", "pooling", "quantity", "recurrent_cell", "roofline", "sum", "winograd",
      ])
  }

  /// Operations exactly, bytes and intensity but for rounding.
  private func check(_ work: some Work, _ vector: RooflineVector) {
    #expect(vector.difference("flops", fromCount: work.operationCount) == nil)
    #expect(vector.difference("flops", from: work.flops.value) == nil)
    #expect(vector.difference("bytes", from: work.bytes.value) == nil)
    #expect(vector.difference("intensity", from: work.intensity.value) == nil)
  }

  private func roofline(_ vector: RooflineVector) -> Roofline {
    Roofline(peak: FLOPsPerSecond(vector.double("peak")), bandwidth: BytesPerSecond(vector.double("bandwidth")))
  }

  // MARK: Quantities

  private static let units: [String: @Sendable (Double) -> (inside: Double, outside: Double)] = [
    "flops one": { (FLOPs($0).value, FLOPs($0).value) },
    "flops giga": { (FLOPs(giga: $0).value, FLOPs(giga: $0).giga) },
    "flops tera": { (FLOPs(tera: $0).value, FLOPs(tera: $0).tera) },
    "bytes one": { (Bytes($0).value, Bytes($0).value) },
    "bytes kilo": { (Bytes(kilobytes: $0).value, Bytes(kilobytes: $0).kilobytes) },
    "bytes mega": { (Bytes(megabytes: $0).value, Bytes(megabytes: $0).megabytes) },
    "bytes giga": { (Bytes(gigabytes: $0).value, Bytes(gigabytes: $0).gigabytes) },
    "seconds one": { (Seconds($0).value, Seconds($0).value) },
    "seconds milli": { (Seconds(milliseconds: $0).value, Seconds(milliseconds: $0).milliseconds) },
    "seconds micro": { (Seconds(microseconds: $0).value, Seconds(microseconds: $0).microseconds) },
    "seconds nano": { (Seconds(nanoseconds: $0).value, Seconds(nanoseconds: $0).nanoseconds) },
    "seconds pico": { (Seconds(picoseconds: $0).value, Seconds(picoseconds: $0).picoseconds) },
    "flops_per_second giga": { (FLOPsPerSecond(gigaflops: $0).value, FLOPsPerSecond(gigaflops: $0).gigaflops) },
    "flops_per_second tera": { (FLOPsPerSecond(teraflops: $0).value, FLOPsPerSecond(teraflops: $0).teraflops) },
    "flops_per_second peta": { (FLOPsPerSecond(petaflops: $0).value, FLOPsPerSecond(petaflops: $0).petaflops) },
    "bytes_per_second giga": {
      (BytesPerSecond(gigabytesPerSecond: $0).value, BytesPerSecond(gigabytesPerSecond: $0).gigabytesPerSecond)
    },
    "bytes_per_second tera": {
      (BytesPerSecond(terabytesPerSecond: $0).value, BytesPerSecond(terabytesPerSecond: $0).terabytesPerSecond)
    },
    "joules one": { (Joules($0).value, Joules($0).value) },
    "joules pico": { (Joules(picojoules: $0).value, Joules(picojoules: $0).picojoules) },
  ]

  @Test("Prefixes are powers of ten, in and out", arguments: try RooflineVector.all(of: "quantity"))
  func quantity(vector: RooflineVector) throws {
    let unit = try #require(Self.units[vector.word("quantity") + " " + vector.word("prefix")])
    let number = vector.double("number")
    #expect(vector.difference("value", from: unit(number).inside) == nil)
    #expect(abs(unit(number).outside - number) <= 4 * number.ulp)
  }

  private static let expressions: [String: @Sendable (Double, Double) -> Double] = [
    "flops / flops_per_second": { (FLOPs($0) / FLOPsPerSecond($1)).value },
    "flops / seconds": { (FLOPs($0) / Seconds($1)).value },
    "flops_per_second * seconds": { (FLOPsPerSecond($0) * Seconds($1)).value },
    "bytes / bytes_per_second": { (Bytes($0) / BytesPerSecond($1)).value },
    "bytes / seconds": { (Bytes($0) / Seconds($1)).value },
    "bytes_per_second * seconds": { (BytesPerSecond($0) * Seconds($1)).value },
    "flops / bytes": { (FLOPs($0) / Bytes($1)).value },
    "intensity * bytes": { (ArithmeticIntensity($0) * Bytes($1)).value },
    "flops / intensity": { (FLOPs($0) / ArithmeticIntensity($1)).value },
    "intensity * bytes_per_second": { (ArithmeticIntensity($0) * BytesPerSecond($1)).value },
    "flops_per_second / bytes_per_second": { (FLOPsPerSecond($0) / BytesPerSecond($1)).value },
    "flops_per_second / intensity": { (FLOPsPerSecond($0) / ArithmeticIntensity($1)).value },
    "watts * seconds": { (Watts($0) * Seconds($1)).value },
    "joules / seconds": { (Joules($0) / Seconds($1)).value },
  ]

  @Test("Products and quotients of quantities", arguments: try RooflineVector.all(of: "algebra"))
  func algebra(vector: RooflineVector) throws {
    let expression = try #require(Self.expressions[vector.word("expression")])
    #expect(vector.difference("value", from: expression(vector.double("left"), vector.double("right"))) == nil)
  }

  // MARK: Rooflines

  @Test("Attainable rate, ridge point, least time and bound", arguments: try RooflineVector.all(of: "roofline"))
  func flat(vector: RooflineVector) {
    let roofline = roofline(vector)
    let (flops, bytes) = (FLOPs(vector.double("flops")), Bytes(vector.double("bytes")))
    let intensity = flops / bytes
    #expect(vector.difference("ridge", from: roofline.ridgePoint.value) == nil)
    #expect(vector.difference("intensity", from: intensity.value) == nil)
    #expect(vector.difference("attainable", from: roofline.attainable(at: intensity).value) == nil)
    #expect(vector.difference("time", from: roofline.timeLowerBound(flops: flops, bytes: bytes).value) == nil)
    #expect(vector.difference("bound", fromWord: word(roofline.bound(at: intensity))) == nil)
  }

  private func word(_ bound: RooflineBound) -> String { bound == .computeBound ? "compute" : "memory" }

  @Test("Inverse questions", arguments: try RooflineVector.all(of: "inverse"))
  func inverse(vector: RooflineVector) {
    let roofline = roofline(vector)
    func kernel() -> (FLOPs, Bytes, Seconds) {
      (FLOPs(vector.double("flops")), Bytes(vector.double("bytes")), Seconds(vector.double("time")))
    }
    let answer: Double?
    switch vector.word("question") {
    case "intensity_for_fraction":
      answer = roofline.intensity(forFractionOfPeak: vector.double("fraction")).value
    case "intensity_to_attain":
      answer = roofline.intensity(toAttain: FLOPsPerSecond(vector.double("rate")))?.value
    case "peak_needed":
      let (flops, bytes, time) = kernel()
      answer = roofline.peakNeeded(flops: flops, bytes: bytes, within: time)?.value
    case "bandwidth_needed":
      let (flops, bytes, time) = kernel()
      answer = roofline.bandwidthNeeded(flops: flops, bytes: bytes, within: time)?.value
    default:
      let family = BatchedMatrixMultiply(
        rowsPerBatch: vector.int("rows_per_batch"), columns: vector.int("columns"), inner: vector.int("inner"),
        bytesPerElement: vector.double("bytes_per_element"))
      answer = family.ridgeCrossing(on: roofline).map(Double.init)
    }
    #expect(vector.difference("answer", from: answer) == nil)
  }

  @Test("Several levels of memory", arguments: try RooflineVector.all(of: "hierarchical_roofline"))
  func hierarchical(vector: RooflineVector) {
    let levels = vector.doubles("bandwidths").enumerated().map {
      MemoryLevel(name: "level \($0)", bandwidth: BytesPerSecond($1))
    }
    let device = HierarchicalRoofline(peak: FLOPsPerSecond(vector.double("peak")), levels: levels)
    let flops = FLOPs(vector.double("flops"))
    let traffic = vector.doubles("traffic").map { Bytes($0) }
    #expect(vector.difference("time", from: device.timeLowerBound(flops: flops, traffic: traffic).value) == nil)
    let bound =
      switch device.bound(flops: flops, traffic: traffic) {
      case .computeBound: "compute"
      case .memoryBound(let level): "level \(level)"
      }
    #expect(vector.difference("bound", fromWord: bound) == nil)
    let ridges = RooflineVector.list(vector.expected["ridges"]).map { RooflineVector.double($0) }
    #expect(device.ridgePoints.map(\.value) == ridges)
  }

  @Test("Ceilings", arguments: try RooflineVector.all(of: "ceiling"))
  func ceiling(vector: RooflineVector) {
    let roof = roofline(vector)
    let ceiling =
      switch vector.word("without") {
      case "fused_multiply_add": roof.withoutFusedMultiplyAdd
      case "other_units": roof.onOneUnit(of: vector.int("units"))
      case "matrix_units": roof.with(peak: FLOPsPerSecond(vector.double("vector_peak")))
      default: roof.with(bandwidth: BytesPerSecond(vector.double("measured_bandwidth")))
      }
    let attainable = ceiling.attainable(at: ArithmeticIntensity(vector.double("intensity")))
    #expect(vector.difference("peak", from: ceiling.peak.value) == nil)
    #expect(vector.difference("bandwidth", from: ceiling.bandwidth.value) == nil)
    #expect(vector.difference("ridge", from: ceiling.ridgePoint.value) == nil)
    #expect(vector.difference("attainable", from: attainable.value) == nil)
  }

  @Test("Energy", arguments: try RooflineVector.all(of: "energy_roofline"))
  func energy(vector: RooflineVector) {
    let device = EnergyRoofline(
      roofline: roofline(vector), energyPerFLOP: Joules(vector.double("energy_per_flop")),
      energyPerByte: Joules(vector.double("energy_per_byte")), constantPower: Watts(vector.double("constant_power")))
    let (flops, bytes) = (FLOPs(vector.double("flops")), Bytes(vector.double("bytes")))
    #expect(vector.difference("energy", from: device.energy(flops: flops, bytes: bytes).value) == nil)
    #expect(vector.difference("balance", from: device.balancePoint.value) == nil)
    #expect(vector.difference("flops_per_joule", from: device.flopsPerJoule(at: flops / bytes)) == nil)
    guard let count = Int128(exactly: flops.value) else { return }
    let work = PassOverMemory(
      operationCount: count, elementsRead: Int128(bytes.value), elementsWritten: 0, bytesPerElement: 1)
    #expect(vector.difference("energy", from: device.energy(of: work).value) == nil)
    #expect(vector.difference("power", from: device.power(of: work)?.value) == nil)
  }

  // MARK: Work

  @Test("Matrix products", arguments: try RooflineVector.all(of: "matrix_multiply"))
  func matrixMultiply(vector: RooflineVector) {
    let product = MatrixMultiply(
      batch: vector.int("batch"), rows: vector.int("rows"), columns: vector.int("columns"), inner: vector.int("inner"),
      bytesPerElement: vector.double("bytes_per_element"),
      rightBytesPerElement: vector.inputs["right_bytes_per_element"].map { RooflineVector.double($0) })
    check(product, vector)
    #expect(product.minimalBytes == product.bytes)
  }

  @Test("Grouped products", arguments: try RooflineVector.all(of: "grouped_matrix_multiply"))
  func grouped(vector: RooflineVector) {
    check(
      GroupedMatrixMultiply(
        rowsOfGroups: vector.ints("rows_of_groups"), columns: vector.int("columns"), inner: vector.int("inner"),
        bytesPerElement: vector.double("bytes_per_element")), vector)
  }

  private func convolution(_ vector: RooflineVector) -> Convolution {
    Convolution(
      batch: vector.int("batch"), inputChannels: vector.int("input_channels"),
      outputChannels: vector.int("output_channels"), groups: vector.int("groups"), input: vector.ints("input"),
      window: vector.ints("window"), strides: vector.ints("strides"), padding: vector.ints("padding"),
      dilation: vector.ints("dilation"), isTransposed: vector.flag("transposed"),
      bytesPerElement: vector.double("bytes_per_element"))
  }

  @Test("Convolutions", arguments: try RooflineVector.all(of: "convolution"))
  func convolution(vector: RooflineVector) {
    let convolution = convolution(vector)
    check(convolution, vector)
    #expect(convolution.output == RooflineVector.list(vector.expected["output"]).map { RooflineVector.int($0) })
    #expect(convolution.asMatrixMultiply.operationCount == convolution.operationCount)
  }

  @Test("Winograd's algorithm", arguments: try RooflineVector.all(of: "winograd"))
  func winograd(vector: RooflineVector) {
    let products = convolution(vector).winograd(outputTile: vector.int("output_tile"))
    #expect(vector.difference("flops", fromCount: products?.operationCount) == nil)
  }

  @Test("Attention", arguments: try RooflineVector.all(of: "attention"))
  func attention(vector: RooflineVector) {
    let attention = Attention(
      batch: vector.int("batch"), heads: vector.int("heads"), keyHeads: vector.int("key_heads"),
      queries: vector.int("queries"), keys: vector.int("keys"), width: vector.int("width"),
      valueWidth: vector.int("value_width"), isCausal: vector.flag("is_causal"),
      bytesPerElement: vector.double("bytes_per_element"))
    check(attention, vector)
    #expect(vector.difference("pairs", fromCount: attention.pairs) == nil)
    #expect(vector.difference("softmax_flops", fromCount: attention.softmaxOperationCount) == nil)
    #expect(vector.difference("unfused_bytes", from: attention.unfusedBytes.value) == nil)
  }

  @Test("Normalizations and softmax", arguments: try RooflineVector.all(of: "normalization"))
  func normalization(vector: RooflineVector) {
    let size = vector.double("bytes_per_element")
    if let kind = Normalization.Kind(rawValue: vector.word("kind")) {
      check(
        Normalization(
          kind, elements: vector.int("elements"), parameters: vector.int("parameters"), bytesPerElement: size), vector)
    } else {
      check(Softmax(elements: vector.int("elements"), bytesPerElement: size), vector)
    }
  }

  @Test("Passes over memory", arguments: try RooflineVector.all(of: "pass_over_memory"))
  func passOverMemory(vector: RooflineVector) {
    let size = vector.double("bytes_per_element")
    switch vector.word("kind") {
    case "elementwise":
      check(
        PassOverMemory.elementwise(
          results: vector.int("results"), operands: vector.ints("operands"),
          operationsPerResult: vector.int("operations_per_result"), bytesPerElement: size), vector)
    case "reduction":
      check(
        PassOverMemory.reduction(
          elements: vector.int("elements"), results: vector.int("results"), bytesPerElement: size), vector)
    case "embedding":
      check(
        PassOverMemory.embedding(
          rows: vector.int("rows"), width: vector.int("width"), bytesPerElement: size,
          bytesPerIndex: vector.int("bytes_per_index")), vector)
    case "copy": check(PassOverMemory.copy(elements: vector.int("elements"), bytesPerElement: size), vector)
    default: check(PassOverMemory.creation(elements: vector.int("elements"), bytesPerElement: size), vector)
    }
  }

  @Test("Pools", arguments: try RooflineVector.all(of: "pooling"))
  func pooling(vector: RooflineVector) {
    check(
      Pooling(
        inputs: vector.int("inputs"), outputs: vector.int("outputs"), window: vector.int("window"),
        bytesPerElement: vector.double("bytes_per_element"), indexBytes: vector.int("index_bytes")), vector)
  }

  @Test("Recurrent cells", arguments: try RooflineVector.all(of: "recurrent_cell"))
  func recurrentCell(vector: RooflineVector) throws {
    let kind = try #require(RecurrentCell.Kind(rawValue: vector.word("kind")))
    check(
      RecurrentCell(
        kind, batch: vector.int("batch"), inputs: vector.int("inputs"), hidden: vector.int("hidden"),
        bytesPerElement: vector.double("bytes_per_element")), vector)
  }

  @Test("Mixtures of experts", arguments: try RooflineVector.all(of: "mixture_of_experts"))
  func mixtureOfExperts(vector: RooflineVector) {
    check(
      MixtureOfExperts(
        tokens: vector.int("tokens"), experts: vector.int("experts"), expertsPerToken: vector.int("experts_per_token"),
        hidden: vector.int("hidden"), intermediate: vector.int("intermediate"), isGated: vector.flag("is_gated"),
        activeExperts: vector.optionalInt("active_experts"), bytesPerElement: vector.double("bytes_per_element")),
      vector)
  }

  @Test("Collectives", arguments: try RooflineVector.all(of: "collective"))
  func collective(vector: RooflineVector) throws {
    let kind = try #require(Collective.Kind(rawValue: vector.word("kind")))
    let collective = Collective(
      kind, ranks: vector.int("ranks"), elements: vector.int("elements"),
      bytesPerElement: vector.double("bytes_per_element"))
    #expect(vector.difference("flops", fromCount: collective.operationCount) == nil)
    #expect(vector.difference("bytes_sent", from: collective.bytesSent.value) == nil)
    let time = collective.timeLowerBound(link: BytesPerSecond(vector.double("link")))
    #expect(vector.difference("time", from: time.value) == nil)
  }

  @Test("Sums over programs", arguments: try RooflineVector.all(of: "sum"))
  func sum(vector: RooflineVector) {
    let products = RooflineVector.list(vector.inputs["products"]).map { product in
      let extents = RooflineVector.list(product).map { RooflineVector.int($0) }
      return (
        product: MatrixMultiply(
          rows: extents[0], columns: extents[1], inner: extents[2],
          bytesPerElement: vector.double("bytes_per_element")), times: extents[3]
      )
    }
    let sum = WorkSum(products.map { WorkSum($0.product, times: $0.times) })
    check(sum, vector)
    let roofline = roofline(vector)
    let each = products.flatMap { Array(repeating: $0.product, count: $0.times) }
    #expect(vector.difference("time_of_sum", from: roofline.timeLowerBound(of: sum).value) == nil)
    let time = roofline.timeLowerBound(ofEach: each).value
    #expect(abs(time - RooflineVector.double(vector.expected["time_of_each"])) <= 1e-12 * time)
  }
}
