import JSONText
public enum ElementType: String, Sendable, Hashable { case float, int64, int32, bool }
public struct Shape: Hashable, Sendable {
  public let dimensions: [Int64]
  public var rank: Int { dimensions.count }
  public var elementCount: Int64 { dimensions.reduce(1, *) }
  public subscript(i: Int) -> Int64 { dimensions[i] }
}
public struct Operator: Hashable, Sendable {
  public let name: String
  public let inputs: [Shape]
  public let outputs: [Shape]
  public let inputTypes: [ElementType]
  public let outputTypes: [ElementType]
  public let copies: [Shape]
  public let stream: Int
  public let waitsForStreams: [Int]
  let attributes: [String: [Int64]]
  public func attribute(_ name: String) -> [Int64]? { attributes[name] }
}
public indirect enum BoundStatement: Sendable { case `operator`(Operator); case `repeat`(count: Int, program: [BoundStatement], name: String?) }
public struct BoundParameter: Sendable { public let name: String; public let value: Int64 }
public struct BoundWorkload: Sendable { public let name: String; public let parameters: [BoundParameter]; public let weightElements: Int64?; public let program: [BoundStatement]
  public var operatorCount: Int { func c(_ s: [BoundStatement]) -> Int { s.reduce(0) { switch $1 { case .operator: $0 + 1; case .repeat(let n, let p, _): $0 + n * c(p) } } }; return c(program) } }
struct E { var t: [UInt8]; var i = 0; let p: [String: Int64]
  mutating func sum() -> Int64 { var a = prod(); while i < t.count, t[i] == 43 || t[i] == 45 { let o = t[i]; i += 1; let b = prod(); a = o == 43 ? a + b : a - b }; return a }
  mutating func prod() -> Int64 { var a = atom(); while i < t.count, t[i] == 42 || t[i] == 47 { let o = t[i]; i += 1; let b = atom(); a = o == 42 ? a * b : a / b }; return a }
  mutating func atom() -> Int64 { if t[i] == 40 { i += 1; let v = sum(); i += 1; return v }; var w: [UInt8] = []; while i < t.count, !([42, 43, 45, 47, 40, 41].contains(t[i])) { w.append(t[i]); i += 1 }; let s = String(decoding: w, as: UTF8.self); return Int64(s) ?? p[s]! }
}
public struct Workload: Sendable {
  let doc: JSONDocument
  public let name: String
  public let title: String?
  public var parameters: [BoundParameter] { (try? bind([:]).parameters) ?? [] }
  public init(_ doc: JSONDocument) throws(JSONFault) { self.doc = doc; var o = try doc.cursor.object(); name = try o.required("name").string(); title = try o.optional("title")?.string() }
  public func bind(_ values: [String: Int64]) throws(JSONFault) -> BoundWorkload {
    var o = try doc.cursor.object()
    var ps: [BoundParameter] = []; var d: [String: Int64] = [:]
    for m in try o.required("parameters").object().members { var v = try m.value.integer(1...1_000_000_000); if let q = values[m.key] { v = q }; ps.append(.init(name: m.key, value: v)); d[m.key] = v }
    var w: Int64? = nil; if let c = o.optional("weight_elements") { w = try Self.num(c, d) }
    return BoundWorkload(name: name, parameters: ps, weightElements: w, program: try Self.prog(o.required("program"), d))
  }
  static func num(_ c: JSONCursor, _ d: [String: Int64]) throws(JSONFault) -> Int64 { if case .string(let s) = c.value.content { var e = E(t: Array(s.utf8).filter { $0 != 32 }, p: d); return e.sum() }; return try c.integer(0...(1 << 50)) }
  static func shape(_ c: JSONCursor, _ d: [String: Int64]) throws(JSONFault) -> Shape { Shape(dimensions: try nums(c, d)) }
  static func nums(_ c: JSONCursor, _ d: [String: Int64]) throws(JSONFault) -> [Int64] { var r: [Int64] = []; if case .array = c.value.content { for x in try c.array() { r.append(try num(x, d)) } } else { r = [try num(c, d)] }; return r }
  static func shapes(_ c: JSONCursor?, _ d: [String: Int64]) throws(JSONFault) -> [Shape] { var r: [Shape] = []; if let c { for x in try c.array() { r.append(try shape(x, d)) } }; return r }
  static func prog(_ c: JSONCursor, _ d: [String: Int64]) throws(JSONFault) -> [BoundStatement] {
    var r: [BoundStatement] = []
    for x in try c.array() { var o = try x.object()
      if let n = o.optional("repeat") { r.append(.repeat(count: Int(try num(n, d)), program: try prog(o.required("program"), d), name: nil)); continue }
      let ins = try shapes(o.required("inputs"), d), outs = try shapes(o.optional("outputs"), d)
      var it = [ElementType](repeating: .float, count: ins.count), ot = [ElementType](repeating: .float, count: outs.count)
      if let t = o.optional("dtypes") { for (i, y) in try t.array().enumerated() { it[i] = ElementType(rawValue: try y.string())! } }
      if let t = o.optional("output_dtypes") { for (i, y) in try t.array().enumerated() { ot[i] = ElementType(rawValue: try y.string())! } }
      var at: [String: [Int64]] = [:]
      if let a = o.optional("attributes") { for m in try a.object().members { at[m.key] = try nums(m.value, d) } }
      var cp: [Shape] = []
      if let a = o.optional("copies") { for y in try a.array() { var co = try y.object(); var skip = false; if let u = co.optional("unless") { for m in try u.object().members { let q = try m.value.integer(0...1000000); if d[m.key] == q { skip = true } } }; if !skip { cp.append(try shape(co.required("shape"), d)) } } }
      r.append(.operator(Operator(name: try o.required("operator").string(), inputs: ins, outputs: outs, inputTypes: it, outputTypes: ot, copies: cp, stream: 0, waitsForStreams: [], attributes: at)))
    }
    return r
  }
}
public struct WorkloadCatalog: Sendable { let directories: [String]
  public init(directories: [String]) { self.directories = directories }
  public func names() throws(FileFault) -> [String] { var r: [String] = []; for d in directories { if let f = try? listFiles(in: d, suffix: ".json") { r += f.map { String($0.dropLast(5)) } } }; return r.sorted() }
  public func workload(named n: String) throws -> Workload { for d in directories { if let b = try? readFileBytes(d + "/" + n + ".json") { return try Workload(JSONDocument(bytes: b, file: n)) } }; fatalError() }
}
