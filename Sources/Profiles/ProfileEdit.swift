import JSONText

/// A profile's file with some numbers changed and the source of each beside it; all else stays as it was written.
package struct ProfileEdit: Sendable {
  /// A new number.
  package struct Change: Sendable, Equatable {
    /// Its dotted path within the profile: `memory.bandwidth_gb_per_s`.
    package let path: String
    /// The number.
    package let value: Double
    /// Where it comes from.
    package let source: Source

    /// A number with its source.
    package init(path: String, value: Double, kind: SourceKind, from: String, note: String = "") {
      self.path = path
      self.value = value
      source = Source(path: path, kind: kind, from: from, note: note)
    }
  }

  private let document: JSONDocument
  private let texts: [String: String]
  private let changes: [Change]
  private let removed: Set<String>

  /// An edit of a file.
  ///
  /// - Parameters:
  ///   - document: The profile as it lies on disk; it was read before and is right.
  ///   - texts: Strings at the top that change, or are new: `name`, `title`. What no longer applies is removed with an empty
  ///     string.
  ///   - changes: The numbers.
  ///   - removed: The paths of numbers that are left out.
  package init(
    of document: JSONDocument, texts: [String: String] = [:], _ changes: [Change], removing removed: [String] = []
  ) {
    self.document = document
    self.texts = texts
    self.changes = changes
    self.removed = Set(removed)
  }

  /// The new file.
  ///
  /// - Complexity: The file's size times the number of changes.
  package func text() -> String {
    var writer = JSONWriter(layout: .pretty)
    writer.beginObject()
    var members: [JSONMember] = []
    if case .object(let own) = document.root.content { members = own }
    for member in members where member.key != "sources" && !removed.contains(member.key) {
      if let text = texts[member.key] {
        guard !text.isEmpty else { continue }
        writer.key(member.key)
        writer.value(text)
      } else {
        writer.key(member.key)
        write(member.value, at: member.key, &writer)
      }
    }
    for (key, text) in texts.sorted(by: { $0.key < $1.key }) where !text.isEmpty {
      guard !members.contains(where: { $0.key == key }) else { continue }
      writer.key(key)
      writer.value(text)
    }
    writeMissing(members.map(\.key), below: "", &writer)
    writer.key("sources")
    writeSources(members.first { $0.key == "sources" }?.value, &writer)
    writer.end()
    return writer.text
  }

  private func write(_ value: JSONValue, at path: String, _ writer: inout JSONWriter) {
    if let change = changes.first(where: { $0.path == path }) {
      writer.value(change.value)
      return
    }
    switch value.content {
    case .object(let members):
      writer.beginObject()
      for member in members where !removed.contains(path + "." + member.key) {
        writer.key(member.key)
        write(member.value, at: path + "." + member.key, &writer)
      }
      writeMissing(members.map { path + "." + $0.key }, below: path + ".", &writer)
      writer.end()
    case .array(let elements):
      writer.beginArray(onOneLine: true)
      for element in elements { write(element, at: path + "[]", &writer) }
      writer.end()
    case .string(let text): writer.value(text)
    case .number(let number): writer.rawNumber(number.text)
    case .boolean(let flag): writer.value(flag)
    case .null: writer.null()
    }
  }

  /// Writes the changed numbers of a group that the file does not have, and groups that it lacks altogether.
  private func writeMissing(_ present: [String], below prefix: String, _ writer: inout JSONWriter) {
    var written = present
    for change in changes where change.path.hasPrefix(prefix) {
      let rest = change.path.dropFirst(prefix.count)
      let key = String(rest.prefix { $0 != "." })
      guard !written.contains(prefix + key) else { continue }
      written.append(prefix + key)
      writer.key(key)
      if rest.utf8.count == key.utf8.count {
        writer.value(change.value)
      } else {
        writer.beginObject()
        writeMissing([], below: prefix + key + ".", &writer)
        writer.end()
      }
    }
  }

  private func writeSources(_ sources: JSONValue?, _ writer: inout JSONWriter) {
    writer.beginObject()
    if case .object(let members)? = sources?.content {
      for member in members where !changes.contains(where: { $0.path == member.key }) && !removed.contains(member.key) {
        writer.key(member.key)
        write(member.value, at: "sources", &writer)
      }
    }
    for change in changes {
      writer.key(change.path)
      writer.beginObject()
      writer.key("kind")
      writer.value(change.source.kind.rawValue)
      writer.key("from")
      writer.value(change.source.from)
      if !change.source.note.isEmpty {
        writer.key("note")
        writer.value(change.source.note)
      }
      writer.end()
    }
    writer.end()
  }
}

extension ProfileCatalog {
  /// The file of a profile.
  ///
  /// - Parameters:
  ///   - name: The profile's or family's name.
  ///   - folder: `accelerators`, `architectures`, `hosts` or `frameworks`.
  /// - Returns: The file that the catalog took it from; nil where there is none.
  /// - Throws: `ProfileFault` where a file has become unreadable since.
  package func document(of name: String, in folder: String) throws(ProfileFault) -> JSONDocument? {
    for directory in directories {
      let path = directory + "/" + folder
      let files: [String]
      do { files = try listFilesIfThere(in: path, suffix: ".json") } catch { throw .file(error) }
      for file in files {
        let found = try Self.readDocument(path + "/" + file) { document throws(JSONFault) in
          var object = try document.cursor.object()
          return try object.required("name").string() == name ? document : nil
        }
        if let found { return found }
      }
    }
    return nil
  }
}
