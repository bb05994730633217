import Traces

/// What libFuzzer calls with each input: the reader may refuse it, but must neither crash nor hang.
///
/// The first byte chooses the window, so that every border between two parts is met.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTraceReader(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let windowSize = 64 + Int(bytes.first ?? 0) * 4
  do throws(TraceFault) {
    _ = try TraceReader.read(Array(bytes.dropFirst()), file: "fuzz.json", windowSize: windowSize)
  } catch {
    // A refusal is one line with its place.
    precondition(!"\(error)".utf8.contains(UInt8(ascii: "\n")), "a message of several lines")
  }
  return 0
}
