extension TraceFormat {
  /// The protobuf of XLA's profiler, as JAX and TensorFlow write it (`*.xplane.pb`).
  static let xspace = TraceFormat(
    recognizes: { head in
      let bytes = Array(head)
      var reader = WireReader(bytes, 0..<bytes.count)
      guard let plane = reader.firstPlane else { return false }
      return plane.hasPrefix("/") || plane == "Task Environment"
    },
    read: { input throws(TraceFault) in
      let bytes = try input.source.all(limit: RandomBytes.memoryLimit)
      var reader = XSpaceReader(bytes, file: input.source.name)
      return try WireReader.reading(input.source.name) { try reader.read() }
    })
}

extension WireReader {
  /// The name of the first plane, if the bytes begin as a space of planes does.
  fileprivate var firstPlane: String? {
    mutating get {
      // The plane itself is longer than the beginning of the file that is looked at.
      guard let tag = try? variableForProbe(), let length = try? variableForProbe(), tag == 0x0A, length > 0 else {
        return nil
      }
      return nameForProbe()
    }
  }
}

/// Reads a space of planes: each plane is a device or a host, its lines are streams or threads.
///
/// Source: `xplane.proto` of openxla/xla.
struct XSpaceReader {
  private let bytes: [UInt8]
  private var tracks: DeviceTracks

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    tracks = DeviceTracks(file: file)
  }

  /// Reads the recording.
  mutating func read() throws -> Trace {
    var space = WireReader(bytes, 0..<bytes.count)
    while let (field, value) = try space.next() {
      if field == 1, let range = value.range { try readPlane(range) }
    }
    return try tracks.assembly.finish()
  }

  // MARK: Planes

  private struct Plane {
    var name = ""
    var lines: [Range<Int>] = []
    var events: [Int64: String] = [:]
    var stats: [Int64: String] = [:]
  }

  private mutating func readPlane(_ range: Range<Int>) throws {
    var plane = Plane()
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      guard let part = value.range else { continue }
      switch field {
      case 2: plane.name = text(part)
      case 3: plane.lines.append(part)
      case 4: try readMetadata(part, names: [4, 2], into: &plane.events)
      case 5: try readMetadata(part, names: [2], into: &plane.stats)
      default: break
      }
    }
    let names = try plane.lines.map { try lineName($0) }
    let hasStreams = names.contains { $0.hasPrefix("Stream #") }
    for (line, name) in zip(plane.lines, names) {
      let sort = DeviceTracks.sort(plane: plane.name, track: name, hasStreams: hasStreams)
      try readLine(line, name, plane, sort)
    }
  }

  /// An entry of a map from a number to a description that has a name, in the first of some fields that is not empty.
  private func readMetadata(_ range: Range<Int>, names: [Int], into table: inout [Int64: String]) throws {
    var key: Int64 = 0
    var found: [Int: String] = [:]
    var entry = WireReader(bytes, range)
    while let (field, value) = try entry.next() {
      if field == 1 { key = value.integer ?? 0 }
      guard field == 2, let message = value.range else { continue }
      var reader = WireReader(bytes, message)
      while let (field, value) = try reader.next() {
        if names.contains(field), let part = value.range { found[field] = text(part) }
      }
    }
    table[key] = names.lazy.compactMap { found[$0] }.first { !$0.isEmpty } ?? ""
  }

  // MARK: Lines

  private func lineName(_ range: Range<Int>) throws -> String {
    var name = ""
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      if field == 2 || (field == 11 && name.isEmpty), let part = value.range { name = text(part) }
    }
    return name
  }

  private mutating func readLine(
    _ range: Range<Int>, _ name: String, _ plane: Plane, _ sort: DeviceTracks.Sort
  ) throws {
    var (start, number): (Int64, Int64) = (0, 0)
    var events: [Range<Int>] = []
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      switch field {
      case 1: number = value.integer ?? 0
      case 3: start = value.integer ?? 0
      case 4: if let part = value.range { events.append(part) }
      default: break
      }
    }
    let thread = name.isEmpty ? String(number) : number == 0 ? name : "\(name) \(number)"
    for event in events {
      guard let event = try self.event(event, from: start, plane) else { continue }
      try tracks.add(event, sort, process: plane.name, thread: thread)
    }
  }

  /// An event of a line, whose offset and duration are picoseconds from the line's start.
  private func event(_ range: Range<Int>, from start: Int64, _ plane: Plane) throws -> DeviceTracks.Event? {
    var (kind, offset, duration): (Int64, Int64, Int64) = (0, 0, 0)
    var stats: [Range<Int>] = []
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      switch field {
      case 1: kind = value.integer ?? 0
      case 2: offset = value.integer ?? 0
      case 3: duration = value.integer ?? 0
      case 4: if let part = value.range { stats.append(part) }
      default: break
      }
    }
    let (end, overflows) = offset.addingReportingOverflow(duration)
    guard !overflows, start.magnitude < 1 << 61 else { return nil }
    // Both ends are rounded, so that events that touch still do.
    var event = DeviceTracks.Event(
      name: plane.events[kind] ?? "event \(kind)",
      time: TraceAssembly.Time(start: start + Self.nanoseconds(offset), end: start + Self.nanoseconds(end)))
    for stat in stats { try read(stat, plane, into: &event) }
    return event
  }

  private static func nanoseconds(_ picoseconds: Int64) -> Int64 {
    picoseconds / 1000 + (picoseconds % 1000 >= 500 ? 1 : 0)
  }

  private func read(_ range: Range<Int>, _ plane: Plane, into event: inout DeviceTracks.Event) throws {
    var (kind, number, words): (Int64, Int64?, String?) = (0, nil, nil)
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      switch field {
      case 1: kind = value.integer ?? 0
      case 3, 4: number = value.integer
      case 5: words = value.range.map(text)
      case 7: words = value.integer.flatMap { plane.stats[$0] }
      default: break
      }
    }
    switch plane.stats[kind] {
    case "correlation_id": event.correlation = number
    case "memcpy_details": event.copy = words
    case "step_num": event.step = number
    default: break
    }
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
