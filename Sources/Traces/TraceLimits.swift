/// How much of a recording is kept, so that memory has an end whatever a file holds.
///
/// What is dropped while it is read (Python functions, flows, counters) does not count, and how well a file is compressed is
/// no reason to refuse it by itself.
package enum TraceLimits {
  /// The most events that are kept: operators, calls, device events, annotations and waits, 4,194,304.
  ///
  /// A recording of 1 GB with Python stacks keeps half of them.
  package static let events = 1 << 22

  /// The most different texts that are kept: names, shapes, types and values, 4,194,304.
  package static let texts = 1 << 22

  /// The most bytes that these texts may have together, 128 MiB.
  package static let textBytes = 128 << 20

  /// The most bytes that one event, or one text elsewhere, may take, 16 MiB.
  package static let eventBytes = 16 << 20

  /// The most threads, and the most streams: far more than programs have, and few enough for a simulation that looks at
  /// all of them.
  package static let lanes = 4096

  /// The most devices whose description is kept.
  package static let devices = 1024

  /// The longest that a recording, and an event of it, may last: 30 days of nanoseconds.
  package static let span: Int64 = 2_592_000_000_000_000

  /// Bytes that an event is taken to keep, beside its texts.
  static let bytesPerEvent = 64

  /// Bytes that a text is taken to keep, beside its own.
  static let bytesPerText = 32

  /// What a gzipped recording may keep whatever its size: 262,144 events, which are replayed in 100 MB.
  static let freeBytes = 16 << 20

  /// What it may keep beyond that for each byte of the file.
  ///
  /// Recordings have from 15 to 150 bytes of file for each event that is kept, and generated ones 6; a file that is made to
  /// fill memory has less than one half.
  static let keptBytesPerFileByte = 64
}

/// What a recording has too much of to be kept.
public enum TraceExcess: Sendable, Equatable {
  /// More than `TraceLimits/events`.
  case events
  /// More than `TraceLimits/texts`.
  case texts
  /// More than `TraceLimits/textBytes`.
  case textBytes
  /// Far more than its compressed data can hold of a real run.
  case compressed(fileBytes: Int)
}
