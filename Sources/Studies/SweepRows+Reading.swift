import JSONText
import Roofline
import Simulation

extension SweepRows {
  /// Whether a line may be the row of a point, as far as can be told without simulating it.
  ///
  /// The point's inputs must stand in it, and its results must be written as they are written here and agree with each
  /// other: the tax is that of the latency and the busy time.
  ///
  /// - Parameters:
  ///   - line: A line with its line feed.
  ///   - point: A point of the plan.
  ///   - scratch: Room that is used again from line to line.
  /// - Returns: False where the line is another's or nobody's row.
  public func mayBe(_ line: ArraySlice<UInt8>, rowOf point: Int, scratch: inout [UInt8]) -> Bool {
    guard let result = result(in: line, of: point) else { return false }
    scratch.removeAll(keepingCapacity: true)
    append(point, result, to: &scratch)
    return scratch.elementsEqual(line)
  }

  /// The results behind a point's inputs; what stands around them is not looked at, since the row is written again.
  private func result(in line: ArraySlice<UInt8>, of point: Int) -> SweepResult? {
    var start = line.startIndex + (format == .jsonl ? 1 : 0)
    for axis in plan.axes.indices { start += texts[axis][plan.digit(axis, of: point)].count }
    guard start < line.endIndex else { return nil }
    var fields = FieldReader(rest: line[start...], isNamed: format == .jsonl)
    guard let latency = Self.microseconds(fields.next()), let busy = Self.microseconds(fields.next()) else {
      return nil
    }
    _ = fields.next()
    let name = fields.next()
    guard let bound = bounds.firstIndex(where: { $0.elementsEqual(name) }) else { return nil }
    // A row does not say what else the latency is spent on: as if it were all of what it waits for.
    var account = Account.zero
    account[LatencyBound.allCases[bound].categories[0].rawValue] = latency.count
    var result = SweepResult(PassSummary(latency: latency, deviceBusy: busy, hostBusy: 0, account: account))
    result.fits = fields.next().elementsEqual(Self.yes)
    result.joules = decimalNumber(String(decoding: fields.next(), as: UTF8.self))
    return result
  }

  /// Takes apart what ``append(_:_:to:)`` puts together behind a point's inputs.
  private struct FieldReader {
    var rest: ArraySlice<UInt8>
    let isNamed: Bool

    /// The next field's value, without its name and quotes; empty where there is none.
    mutating func next() -> ArraySlice<UInt8> {
      if isNamed { rest = rest[(rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex)...].dropFirst(2) }
      if isNamed, rest.first == UInt8(ascii: "\"") { rest = rest.dropFirst() }
      let end = rest.firstIndex { ",\"}\n".utf8.contains($0) } ?? rest.endIndex
      let field = rest[..<end]
      rest = rest[end...].dropFirst()
      return field
    }
  }

  /// Microseconds with up to six decimals, as picoseconds.
  private static func microseconds(_ text: ArraySlice<UInt8>) -> Picoseconds? {
    var (count, decimals): (Int64, Int?) = (0, nil)
    func append(_ digit: UInt8) -> Bool {
      let (tens, isTooLarge) = count.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(Int64(digit))
      count = sum
      return !isTooLarge && !overflow
    }
    for byte in text {
      if byte == UInt8(ascii: "."), decimals == nil {
        decimals = 0
      } else {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), append(byte - UInt8(ascii: "0")) else {
          return nil
        }
        decimals = decimals.map { $0 + 1 }
      }
    }
    guard !text.isEmpty, (decimals ?? 0) <= 6 else { return nil }
    for _ in (decimals ?? 0)..<6 where !append(0) { return nil }
    return Picoseconds(count)
  }
}
