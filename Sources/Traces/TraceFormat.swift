/// A format of recordings: a file of `Formats` that makes one, and a line in ``TraceReader/formats``.
struct TraceFormat: Sendable {
  /// Whether a file that begins so, decompressed where it is gzipped, is of the format.
  let recognizes: @Sendable (_ head: ArraySlice<UInt8>) -> Bool

  /// Reads a recording; throws what is wrong with its bytes.
  let read: @Sendable (TraceInput) throws(TraceFault) -> Trace
}

/// Bytes that are to be a recording, and what is wanted of it.
struct TraceInput {
  /// The bytes, decompressed where they are gzipped.
  let source: ByteSource
  /// The step that matters; what lies wholly outside of it need not be kept.
  var step: Int64?
  /// How many bytes to have in memory at first.
  var windowSize = 1 << 20
  /// How many cores help to read.
  var helpers = 0
  /// What a gzipped recording may keep whatever its size, bytes.
  var freeBytes = TraceLimits.freeBytes

  /// The same from the beginning, if it is a file.
  func again() throws(TraceFault) -> TraceInput {
    var input = TraceInput(source: try source.again())
    (input.step, input.windowSize, input.freeBytes, input.helpers) = (step, windowSize, freeBytes, helpers)
    return input
  }
}
