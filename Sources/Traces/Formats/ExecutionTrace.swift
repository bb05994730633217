extension TraceFormat {
  /// What `torch.profiler.ExecutionTraceObserver` writes: operators and tensors without times.
  static let executionTrace = TraceFormat(
    recognizes: { head in
      let text = head.compact
      return text.starts(with: #"{"schema":""#.utf8)
        && (text.contains("chakra".utf8) || text.contains(#""nodes":["#.utf8) || text.contains(#""start_ts""#.utf8))
    },
    read: { input throws(TraceFault) in
      throw .content(.withoutTimes(format: "an execution trace of PyTorch"), file: input.source.name)
    })

  /// Graphs of Chakra: messages of Protocol Buffers, each behind its length, the first with the version of the schema.
  ///
  /// Source: `et_def.proto` of mlcommons/chakra.
  static let chakra = TraceFormat(
    recognizes: { head in
      let bytes = Array(head.prefix(32))
      guard bytes.count > 6, bytes[0] >= 4, bytes[1] == 0x0A, Int(bytes[2]) + 2 <= Int(bytes[0]),
        Int(bytes[2]) + 3 <= bytes.count
      else { return false }
      let version = bytes[3..<3 + Int(bytes[2])]
      return version.contains(UInt8(ascii: "."))
        && version.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    },
    read: { input throws(TraceFault) in
      throw .content(.withoutTimes(format: "a Chakra graph"), file: input.source.name)
    })
}
