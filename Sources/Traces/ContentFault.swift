/// What is wrong with a recording in a format other than Kineto's JSON.
public enum ContentFault: Sendable, Equatable {
  /// It begins like nothing that a profiler writes.
  case noRecording
  /// A page of an SQLite database does not hold what its place says, page numbers counted from 1.
  case damagedPage(Int, table: String)
  /// A table is stored in a way that is not read (`WITHOUT ROWID`).
  case unreadTable(String)
  /// The database's texts are not in UTF-8.
  case textEncoding
  /// Changes of the database are in a file of their own, by its name, and not in it yet.
  case pendingChanges(file: String)
  /// It is a database, but not one that a profiler exports; the tables that it has.
  case unknownDatabase(tables: [String])
  /// A table lacks a column that events need.
  case missingColumn(String, table: String)
  /// A message of Protocol Buffers is damaged, at a byte.
  case damagedMessage(byteOffset: Int)
  /// It is compressed data in a message of Perfetto's.
  case compressedPackets
  /// The file is larger than what is read into memory, bytes.
  case tooLarge(limit: Int)
  /// More would be kept than there is memory for.
  case tooMuch(TraceExcess)
  /// It is of a tool's own format, whose exports are read.
  case needsExport(tool: String, command: String)
  /// It has operators, and no times: what it is, which is read as a workload.
  case withoutTimes(format: String)
}
