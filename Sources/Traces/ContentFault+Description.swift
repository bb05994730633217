import JSONText

extension ContentFault {
  /// What is wrong, and what to do.
  var words: FaultWords {
    switch self {
    case .noRecording:
      "begins like no recording that is read; record with torch.profiler (export_chrome_trace), export Nsight Systems' with "
        + "'nsys export --type sqlite FILE', or see docs/traces.md for others"
    case .damagedPage(let page, let table):
      "page \(page) of the database is damaged (table '\(visible(table))'); export the recording again"
    case .unreadTable(let table):
      "table '\(visible(table))' has no row numbers, and no profiler writes it so; export the recording again"
    case .textEncoding: "the database's texts are in UTF-16; export it with UTF-8, as profilers do"
    case .pendingChanges(let name):
      "'\(visible(name))' has changes that are not in the database yet; close the program that writes it, or run "
        + "'sqlite3 FILE \"PRAGMA wal_checkpoint(TRUNCATE)\"'"
    case .unknownDatabase(let tables):
      "is a database, but neither one that 'nsys export --type sqlite' nor one that rocprofv3 writes"
        + (tables.isEmpty
          ? "; it has no tables" : "; it has \(listed(tables.prefix(6).map { "'\(visible($0))'" }, by: "and"))")
    case .missingColumn(let column, let table):
      "table '\(visible(table))' has no column '\(column)'; export the recording with a newer version of the tool"
    case .damagedMessage(let offset): "is no whole message of Protocol Buffers (byte \(offset))"
    case .compressedPackets:
      "its packets are compressed; write it without, or convert it with 'traceconv decompress_packets'"
    case .tooLarge(let limit): "has more than the \(limit >> 30) GiB that are read into memory; record fewer steps"
    case .tooMuch(let excess): "\(excess.words); record fewer steps"
    case .needsExport(let tool, let command): "is \(tool)'s own format; export it with '\(command)'"
    case .withoutTimes(let format):
      "is \(format): operators and their shapes, without times, which cannot be replayed; \(command: "run") takes it as a "
        + "workload, and torch.profiler's export_chrome_trace records the same run with times"
    }
  }
}
