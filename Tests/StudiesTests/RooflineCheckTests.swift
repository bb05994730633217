import JSONText
import Profiles
import Roofline
import Testing

@testable import Studies

/// Claims of other suites, held against the roofline of a data sheet.
@Suite("Claims on a roofline") struct RooflineCheckTests {
  private static let header =
    "accelerator,precision,operator,inputs,attributes,flops,bytes,intensity,attainable_tflops,bound,time_us\n"

  /// A device of 100 TFLOP/s and 1 TB/s.
  private static func check(_ rows: String, tolerance: Double? = nil) throws -> RooflineCheck {
    let table = try CSVText(bytes: Array((header + rows).utf8), file: "claims.csv")
    let claims = try RooflineClaim.read(table)
    let roofline = Roofline(
      peak: FLOPsPerSecond(teraflops: 100), bandwidth: BytesPerSecond(gigabytesPerSecond: 1000))
    let rooflines = Dictionary(claims.map { (RooflineKey($0), roofline) }) { first, _ in first }
    return RooflineCheck(claims, rooflines: rooflines, tolerance: tolerance)
  }

  private static let product = #"x,fp16,aten::mm,"[[1000,1000],[1000,1000]]",,"#

  /// 2 x 1000^3 FLOPs, 6 MB: 20 us of arithmetic, 6 us of traffic.
  @Test func `hold where all are right`() throws {
    let check = try Self.check(Self.product + "2000000000,6000000,333.333,100,compute,20")
    #expect(check.holds == [true] && check.claimCount == 6 && check.differences.isEmpty)
    #expect(check.expected[0].number(.intensity) == 2e9 / 6e6)
  }

  @Test(arguments: [
    ("2000000001,,,,,", "flops"), ("1e9,,,,,", "flops"), (",6000001,,,,", "bytes"), (",,334,,,", "intensity"),
    (",,333.4,,,", "intensity"), (",,,99,,", "attainable_tflops"), (",,,,memory,", "bound"), (",,,,,21", "time_us"),
    (",,,,,0", "time_us"), (",,330/1,,,", "intensity"),
  ]) func `do not hold where one is wrong`(claims: String, column: String) throws {
    let check = try Self.check(Self.product + claims)
    #expect(check.holds == [false])
    #expect(check.differences.map(\.column) == [column])
  }

  @Test(arguments: [
    ",,333,,,", ",,333.3,,,", ",,333.33333333333333,,,", ",,1000/3,,,", "2e9,,,,,", "2000000000.0,,,,,", ",6.00e6,,,,",
    ",,,,compute-bound,", ",,,100.0,,20.0", ",,,,,", "2.00e+09,,,,,",
  ]) func `hold as they are rounded, and where they are blank`(claims: String) throws {
    #expect(try Self.check(Self.product + claims).holds == [true])
  }

  @Test func `hold within a tolerance that is asked for`() throws {
    #expect(try Self.check(Self.product + "2010000000,,,,,", tolerance: 0.01).holds == [true])
    #expect(try Self.check(Self.product + "2010000000,,,,,", tolerance: 0.001).holds == [false])
    #expect(try Self.check(Self.product + ",,333.3,,,", tolerance: 0).holds == [false])
  }

  @Test func `are told with why they do not hold`() throws {
    let check = try Self.check(Self.product + "1000000000,3000000,300,50,memory,10")
    #expect(
      check.differences.map(\.derivation) == [
        "2 x 1000 x 1000 x 1000, two for a multiply-add",
        "2 x 1000 x 1000 + 2 x 1000 x 1000 + 2 x 1000 x 1000, each tensor once", "2000000000 FLOPs / 6000000 B",
        "min(100 TFLOP/s, 333.333 FLOP/B x 1 TB/s)", "max(20 us of arithmetic, 6 us of traffic)",
        "intensity 333.333 >= ridge point 100 FLOP/B",
      ])
    #expect(check.differences.map(\.ratio).first == 0.5)
  }

  @Test func `may name columns that say what does not follow`() throws {
    let text = """
      accelerator,precision,operator,inputs,input_types,outputs,output_types,bytes
      x,fp32,aten::einsum,"[[4,8],[8,2]]",,"[[4,2]]",,224
      x,fp32,aten::embedding,"[[100,16],[5]]","[""float"",""int32""]",,,660
      x,fp32,aten::adaptive_avg_pool2d,"[[1,8,4,4]]",,"[[1,8,1,1]]",,544
      """
    let table = try CSVText(bytes: Array(text.utf8), file: "claims.csv")
    let claims = try RooflineClaim.read(table)
    let rooflines = [
      RooflineKey(claims[0]): Roofline(peak: FLOPsPerSecond(1e12), bandwidth: BytesPerSecond(1e9))
    ]
    let check = RooflineCheck(claims, rooflines: rooflines)
    #expect(check.holds == [true, true, true], "\(check.differences)")
  }

  @Test(arguments: [
    (#"x,fp16,aten::mm,"[[1,2],[3,4]]",,,,,,,"#, "2:8", "and the inner dimension of the right factor is 3"),
    (#"x,fp12,aten::mm,"[[1,2],[2,4]]",,,,,,,"#, "2:3", "precision must be one of fp64, fp32"),
    (#",fp16,aten::mm,"[[1,2],[2,4]]",,,,,,,"#, "2:1", "accelerator must be an accelerator"),
    (#"none,fp16,aten::mm,"[[1,2],[2,4]]",,,,,,,"#, "2:1", "accelerator must be an accelerator"),
    (#"x,fp16,,"[[1,2],[2,4]]",,,,,,,"#, "2:8", "the name of an operator"),
    (#"x,fp16,aten::mmm,"[[1,2],[2,4]]",,,,,,,"#, "2:8", "which no cost rule knows; is"),
    (#"x,fp16,my::operator,"[[1,2],[2,4]]",,,,,,,"#, "2:8", "which no cost rule knows; leave such rows out"),
    ("x,fp16,aten::relu,[9],,,,,,,", "2:19", "inputs must be shapes as JSON"),
    ("x,fp16,aten::relu,[[9]],[],,,,,,", "2:25", "attributes must be blank or integers"),
    ("x,fp16,aten::relu,[[9]],,nine,,,,,", "2:26", "flops must be blank or a number of at least 0"),
    ("x,fp16,aten::relu,[[9]],,-9,,,,,", "2:26", "flops must be blank or a number of at least 0"),
    ("x,fp16,aten::relu,[[9]],,,nan,,,,", "2:27", "bytes must be"),
    ("x,fp16,aten::relu,[[9]],,,,1/0,,,", "2:28", "intensity must be"),
    ("x,fp16,aten::relu,[[9]],,,,,,gpu,", "2:30", "bound must be blank, compute or memory"),
    ("x,fp16,aten::unique2,[[9]],,,,,,,", "2:8", "give their shapes in a column \"outputs\""),
  ]) func `are refused where they say nothing`(row: String, place: String, words: String) throws {
    let error = try #require(throws: CSVFault.self) { try Self.check(row) }
    #expect(error.description.hasPrefix("claims.csv:\(place): error: "), "\(error)")
    #expect(error.description.contains(words), "\(error)")
  }

  @Test func `name a column that seems misspelled`() throws {
    let table = try CSVText(bytes: Array("accelerator,precision,operator,inputs,flop\n".utf8), file: "claims.csv")
    let error = try #require(throws: CSVFault.self) { try RooflineClaim.read(table) }
    #expect(error.description.contains("a column \"flops\" is needed; is \"flop\" meant to be it?"))
  }

  @Test func `of the first row that is wrong are the ones that are told`() throws {
    let right = Self.product + ",,,,,\n"
    let rows =
      String(repeating: right, count: 5000) + "x,fp16,aten::relu,[[9]],,a,,,,,\n" + right
      + "x,fp16,aten::relu,[[9]],,b,,,,,\n"
    let error = try #require(throws: CSVFault.self) { try Self.check(rows) }
    #expect(error.position.line == 5002)
  }
}
