import JSONText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What recordings are packed in, layer by layer.
extension ByteSource {
  /// How many layers are taken off: a gzipped file in a gzipped tar archive has three.
  private static let layerLimit = 4

  /// How many bytes tell what a file is packed in: tar's word stands behind the first 257.
  private static let signatureLength = 264

  /// Takes the packing off, as far as it is known.
  func unpack() throws(TraceFault) {
    for _ in 0..<Self.layerLimit {
      let head = try head(Self.signatureLength)
      if TarHeader.recognizes(head) {
        try enterTar()
        continue
      }
      guard let packing = Packing.recognized(head) else { return }
      if self.packing == nil { self.packing = packing }
      switch packing.method {
      case .program(let program): try decompress(packing, by: program)
      case .zip: try enterZip(packing)
      case .none: throw refusal(packing)
      }
    }
  }

  /// What is said of damaged data of which nothing can be read.
  var damage: TraceFault {
    guard let packing, packing.noun != "gzip file" else { return .damagedGzip(file: name) }
    return .damagedPacking(file: name, format: packing.noun)
  }

  private func refusal(_ packing: Packing) -> TraceFault {
    .packed(file: name, format: packing.title, program: packing.command)
  }

  private func decompress(
    _ packing: Packing, by program: String, between ends: (head: [UInt8], tail: [UInt8]) = ([], [])
  ) throws(TraceFault) {
    let isWholeFile = fileSize != nil && decompressors.isEmpty && left == nil
    let held = pending.prefix(left ?? .max)
    let input = Decompressor.Input(
      descriptor: current, isWholeFile: isWholeFile, head: ends.head + Array(held), count: left.map { $0 - held.count },
      tail: ends.tail)
    do throws(TraceFault) {
      let decompressor = try Decompressor(of: input, by: program, name: name)
      decompressor.isFedByStandardInput =
        current == STDIN_FILENO || decompressors.last?.isFedByStandardInput == true
      decompressors.append(decompressor)
      current = decompressor.output
    } catch {
      guard program != "gzip" else { throw error }
      throw refusal(packing)
    }
    // What follows in an archive goes through the hands of who feeds the decompressor.
    (pending, left, padding) = ([], nil, nil)
  }

  // MARK: ZIP

  /// Goes to the first file of a ZIP archive that may be a recording.
  private func enterZip(_ packing: Packing) throws(TraceFault) {
    // The directory stands at the end, where a pipe cannot go first.
    guard let fileSize, decompressors.isEmpty, left == nil else { throw refusal(packing) }
    let directory = try ZipDirectory(size: fileSize) { (offset, count) throws(TraceFault) in
      try bytes(at: offset, count)
    }
    guard let directory else { throw .damagedPacking(file: name, format: packing.noun) }
    let recordings = directory.entries.filter { $0.name.lowercased().contains(".json") }
    guard let entry = recordings.first ?? directory.entries.first else { throw .emptyArchive(file: name) }
    otherFiles = recordings.dropFirst().map(\.name)
    guard !entry.isEncrypted, entry.method == 0 || entry.method == 8 else { throw refusal(packing) }
    guard let length = ZipDirectory.headerLength(try bytes(at: entry.headerOffset, 30)),
      lseek(descriptor, off_t(entry.headerOffset + length), SEEK_SET) >= 0
    else { throw .damagedPacking(file: name, format: packing.noun) }
    (pending, left) = ([], entry.compressedSize)
    if entry.method == 8 { try decompress(packing, by: "gzip", between: entry.gzipEnds) }
  }

  /// Bytes of the file from an offset on; fewer where it ends.
  private func bytes(at offset: Int, _ count: Int) throws(TraceFault) -> [UInt8] {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { return [] }
    pending = []
    try lookAhead(count)
    return Array(pending)
  }

  // MARK: tar

  /// Goes to the first file of a tar archive that may be a recording.
  private func enterTar() throws(TraceFault) {
    if packing == nil { packing = .tar }
    let outside = left
    left = nil
    while let header = try nextHeader() {
      if header.isFile, header.size > 0, Packing.mayBeRecording(header.name) {
        (left, padding) = (header.size, header.paddedSize - header.size)
        return
      }
      guard try skip(header.paddedSize) else { break }
    }
    left = outside
    throw .emptyArchive(file: name)
  }

  /// The next header of a tar archive; nil at its end.
  private func nextHeader() throws(TraceFault) -> TarHeader? {
    try lookAhead(TarHeader.length)
    guard pending.count >= TarHeader.length else { return nil }
    let header = TarHeader(Array(pending.prefix(TarHeader.length)))
    pending = pending.dropFirst(TarHeader.length)
    return header
  }

  /// Passes over bytes.
  ///
  /// - Returns: Whether there were so many.
  private func skip(_ count: Int) throws(TraceFault) -> Bool {
    var rest = count
    while rest > 0 {
      try lookAhead(min(rest, 1 << 16))
      guard !pending.isEmpty else { return false }
      let part = min(rest, pending.count)
      pending = pending.dropFirst(part)
      rest -= part
    }
    return true
  }

  /// Names the files that follow the recording in a tar archive.
  func listOtherFiles() throws(TraceFault) {
    guard try skip(padding ?? 0) else { return }
    while let header = try nextHeader() {
      if header.isFile, header.size > 0, Packing.mayBeRecording(header.name), otherFiles.count < 100 {
        otherFiles.append(header.name)
      }
      guard try skip(header.paddedSize) else { return }
    }
  }
}
