/// A JSON file as a tree of values, for files that are small enough to be held: profiles, workloads, settings.
///
///     let document = try JSONDocument(bytes: bytes, file: "my-gpu.json")
///     var gpu = try document.cursor.object()
///     let name = try gpu.required("name").nonEmptyString()
///     try gpu.finish()
///
/// Beyond RFC 8259, an object must not repeat a key (keys that differ only in Unicode normalization count as one) and a
/// number must fit a `Double`. Objects and arrays stand at most 512 deep within each other, and there are at
/// most ``valueLimit`` values.
package struct JSONDocument: Sendable {
  /// The most values that a document may have, 2,097,152: what bounds the memory for its tree.
  package static let valueLimit = 1 << 21

  /// The text that the document was read from.
  package var source: JSONSource { content.source }

  /// The document's one value.
  package var root: JSONValue { content.root }

  /// In one place for all the cursors that point into it: a copy of each is made for every value that is read.
  private let content: Content

  /// Reads a JSON text.
  ///
  /// - Parameters:
  ///   - bytes: The text, in UTF-8.
  ///   - file: The name of the file, as faults give it.
  /// - Throws: The first thing that is not JSON, or a repeated key.
  package init(bytes: [UInt8], file: String) throws(JSONFault) {
    try self.init(source: JSONSource(bytes: bytes, file: file))
  }

  /// Reads a JSON text.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - valueLimit: The most values.
  ///   - member: A member of the root that somebody else reads; nil for none.
  /// - Throws: The first thing that is not JSON, or a repeated key.
  package init(
    source: JSONSource, valueLimit: Int = JSONDocument.valueLimit, leaving member: JSONLeftMember? = nil
  ) throws(JSONFault) {
    let root = try source.withParser { parser throws(JSONFault) in
      try JSONTreeBuilder.read(from: &parser, valueLimit: valueLimit, leaving: member)
    }
    content = Content(source: source, root: root)
  }

  /// A text whose values are not all its own: some were put in by who reads on behind a fault.
  init(source: JSONSource, root: JSONValue) { content = Content(source: source, root: root) }

  /// The name of the file, as faults give it.
  package var file: String { source.file }

  /// The line and column of a byte of the file.
  ///
  /// - Complexity: O(`offset`); meant for faults.
  package func position(ofByte offset: Int) -> JSONPosition { source.position(ofByte: offset) }

  /// A cursor at the root.
  package var cursor: JSONCursor { JSONCursor(value: root, path: "", document: self) }

  private final class Content: Sendable {
    let source: JSONSource
    let root: JSONValue

    init(source: JSONSource, root: JSONValue) {
      self.source = source
      self.root = root
    }
  }
}

/// A member of a document's root whose value has a reader of its own, where a tree of it would be large.
///
/// In the tree it is `null`.
package struct JSONLeftMember {
  /// The key.
  let key: StaticString

  /// Reads the value.
  let read: (UnsafeRawBufferPointer, Int, [JSONMember]) -> Int?

  /// Leaves a member.
  ///
  /// - Parameters:
  ///   - key: Its key.
  ///   - read: Is given the text, the place behind the key's colon, and the members of the root that stand before. It takes
  ///     nothing but JSON, and returns the place behind the value, or nil where the tree shall have it after all.
  package init(_ key: StaticString, read: @escaping (UnsafeRawBufferPointer, Int, [JSONMember]) -> Int?) {
    self.key = key
    self.read = read
  }
}
