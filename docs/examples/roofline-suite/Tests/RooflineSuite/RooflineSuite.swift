import Catalog
import Foundation
import Profiles
import Roofline
import Testing

/// The formulas of the code under test, which are what a suite checks, written out here.
enum Own {
  static func flops(rows: Int, columns: Int, inner: Int) -> Double {
    2 * Double(rows) * Double(columns) * Double(inner)
  }

  static func bytes(rows: Int, columns: Int, inner: Int, element: Double) -> Double {
    element * (Double(rows * inner) + Double(inner * columns) + Double(rows * columns))
  }

  static func seconds(flops: Double, bytes: Double, peak: Double, bandwidth: Double) -> Double {
    max(flops / peak, bytes / bandwidth)
  }
}

/// The folder of the simulator's clone, three above this example.
private let clone = URL(filePath: #filePath).appending(path: "../../../../../..").standardizedFileURL

private struct VectorFile: Decodable {
  struct Vector: Decodable {
    struct Inputs: Decodable {
      let batch, rows, columns, inner: Int
      let bytes_per_element: String
      let right_bytes_per_element: String?
    }
    let name: String
    let inputs: Inputs
    let expected: [String: String]
  }
  let schema: String
  let vectors: [Vector]
}

@Suite("A suite that checks roofline math") struct RooflineSuite {
  /// 1. The vectors: cases with what they come to, as data.
  @Test func `agrees with the vectors of matrix products`() throws {
    let file = clone.appending(path: "docs/vectors/roofline/matrix_multiply.json")
    let document = try JSONDecoder().decode(VectorFile.self, from: Data(contentsOf: file))
    #expect(document.schema == "roofline-vectors/1")
    for vector in document.vectors where vector.inputs.right_bytes_per_element == nil {
      let (i, size) = (vector.inputs, try #require(Double(vector.inputs.bytes_per_element)))
      let flops = Double(i.batch) * Own.flops(rows: i.rows, columns: i.columns, inner: i.inner)
      let bytes = Double(i.batch) * Own.bytes(rows: i.rows, columns: i.columns, inner: i.inner, element: size)
      #expect(flops == Double(try #require(vector.expected["flops"])), "\(vector.name)")
      #expect(bytes == Double(try #require(vector.expected["bytes"])), "\(vector.name)")
    }
  }

  /// 2. The library: work as values, and a device from the catalog.
  @Test(arguments: [1, 8, 64, 512, 4096]) func `agrees with the library on an H100`(rows: Int) throws {
    let catalog = try ProfileCatalog(directories: [Catalog.directory + "/hardware-profiles"])
    let device = try Roofline(accelerator: catalog.accelerator(named: "h100-sxm"), precision: .bf16)
    let product = MatrixMultiply(rows: rows, columns: 4096, inner: 4096, bytesPerElement: 2)
    let flops = FLOPs(Own.flops(rows: rows, columns: 4096, inner: 4096))
    let bytes = Bytes(Own.bytes(rows: rows, columns: 4096, inner: 4096, element: 2))
    #expect(flops.difference(from: product.flops) == nil)
    #expect(bytes.difference(from: product.bytes) == nil)
    let time = Own.seconds(
      flops: flops.value, bytes: bytes.value, peak: device.peak.value, bandwidth: device.bandwidth.value)
    #expect(Seconds(time).difference(from: device.timeLowerBound(of: product)) == nil)
    // Less than 345 rows leave an H100's matrix units waiting for memory.
    #expect(device.bound(of: product) == (rows < 345 ? .memoryBound : .computeBound))
  }

  /// What a test prints where it fails: both sides, with units.
  @Test func `says what differs`() {
    let wrong = FLOPs(giga: 1).difference(from: FLOPs(giga: 2))
    #expect(wrong == "found 1 GFLOP, expected 2 GFLOP: 0.5 times")
  }

  /// 3. The command: claims in a table, checked; `SIMULATE` is the program.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["SIMULATE"] != nil))
  func `agrees with simulate roofline --check`() throws {
    var table = "accelerator,precision,operator,inputs,flops,bytes\n"
    for rows in [1, 345, 4096] {
      let flops = Own.flops(rows: rows, columns: 4096, inner: 4096)
      let bytes = Own.bytes(rows: rows, columns: 4096, inner: 4096, element: 2)
      table += "h100-sxm,bf16,aten::linear,\"[[\(rows),4096],[4096,4096]]\",\(flops),\(bytes)\n"
    }
    #expect(try status(ofChecking: table) == 0)
    #expect(try status(ofChecking: table.replacing("33554432.0", with: "33554433")) == 1)
  }

  private func status(ofChecking table: String) throws -> Int32 {
    let file = FileManager.default.temporaryDirectory.appending(path: "claims-\(UUID().uuidString).csv")
    try table.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: ProcessInfo.processInfo.environment["SIMULATE"] ?? "")
    process.arguments = ["roofline", "--check", file.path, "--format", "csv"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
