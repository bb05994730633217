/// An SQLite database, of which whole tables are read row by row: no statements, no indices, nothing is written.
///
/// What the pages say is never believed without a look at the bounds: a damaged file gives one fault with the page and the
/// table. Source of the format: https://www.sqlite.org/fileformat2.html.
struct SQLiteDatabase {
  /// The tables by name.
  private(set) var tables: [String: SQLiteTable] = [:]

  private let bytes: RandomBytes
  /// What it is called in faults.
  let file: String
  private let pageSize: Int
  /// Bytes of a page that hold its cells: all but those reserved at its end.
  private let usableSize: Int
  private let pageCount: Int

  /// How a database begins.
  static let head = Array("SQLite format 3\u{0}".utf8)

  /// As deep as the tree of a table may be: with 4 children for each page it then has more pages than a file can.
  private static let depthLimit = 32

  /// Reads the schema of a database.
  ///
  /// - Throws: Why it cannot be read.
  init(_ source: ByteSource) throws(TraceFault) {
    file = source.name
    bytes = try RandomBytes(source)
    guard let header = bytes.bytes(at: 0, 100), header.starts(with: Self.head) else {
      throw .content(.damagedPage(1, table: "sqlite_schema"), file: file)
    }
    let size = Int(header[16]) << 8 | Int(header[17])
    pageSize = size == 1 ? 65_536 : size
    usableSize = pageSize - Int(header[20])
    guard pageSize >= 512, pageSize & (pageSize - 1) == 0, usableSize >= 480 else {
      throw .content(.damagedPage(1, table: "sqlite_schema"), file: file)
    }
    pageCount = (bytes.count + pageSize - 1) / pageSize
    guard header[59] <= 1, header[56..<59].allSatisfy({ $0 == 0 }) else { throw .content(.textEncoding, file: file) }
    try checkLog()
    try readSchema()
  }

  /// Refuses a database beside which a write-ahead log holds changes.
  private func checkLog() throws(TraceFault) {
    // A log without a frame is its header of 32 bytes, or nothing.
    guard let path = bytes.path, let size = RandomBytes.size(ofFile: path + "-wal"), size > 32 else { return }
    throw .content(.pendingChanges(file: path + "-wal"), file: file)
  }

  private mutating func readSchema() throws(TraceFault) {
    let schema = SQLiteTable(
      name: "sqlite_schema", root: 1, sql: "CREATE TABLE sqlite_schema(type,name,tbl_name,rootpage,sql)")
    var tables: [String: SQLiteTable] = [:]
    try readRows(of: schema, places: [0, 1, 3, 4]) { row throws(TraceFault) in
      guard row.text(0) == "table", let name = row.text(1), let root = row.integer(2), let sql = row.text(3),
        root > 0, root <= Int64(pageCount)
      else { return }
      tables[name] = SQLiteTable(name: name, root: Int(root), sql: sql)
    }
    self.tables = tables
  }

  // MARK: Rows

  /// Reads the rows of a table, in the order of their numbers; none where the database lacks it.
  ///
  /// - Parameters:
  ///   - table: The table's name.
  ///   - required: Columns that it must have.
  ///   - optional: Further columns, which follow the required ones in a row and are null where it lacks them.
  ///   - body: Is given each row.
  /// - Throws: What is damaged or missing, and what the body throws.
  func readRows(
    of table: String, _ required: [String], optional: [String] = [],
    _ body: (SQLiteRow) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    guard let table = tables[table] else { return }
    guard !table.isWithoutRowNumbers else { throw .content(.unreadTable(table.name), file: file) }
    let places = table.places(of: required + optional)
    if let missing = zip(required, places).first(where: { $0.1 < 0 }) {
      throw .content(.missingColumn(missing.0, table: table.name), file: file)
    }
    try readRows(of: table, places: places, body)
  }

  /// The tables that one of which begins with a prefix, as those that carry an identifier of their run behind it.
  func names(ofTablesBeginning prefix: String) -> [String] { tables.keys.filter { $0.hasPrefix(prefix) }.sorted() }

  private func readRows(
    of table: SQLiteTable, places: [Int], _ body: (SQLiteRow) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    let selection = SQLiteSelection(columns: places, rowNumberColumn: table.rowNumberColumn)
    var visited = Set<Int>()
    try visit(table.root, depth: 0, table, &visited) { (cell, number, page) throws(TraceFault) in
      guard let values = SQLiteRecord(cell).values(selection, rowNumber: number) else {
        throw damaged(page, table)
      }
      try body(SQLiteRow(values: values))
    }
  }

  private func damaged(_ page: Int, _ table: SQLiteTable) -> TraceFault {
    .content(.damagedPage(page, table: table.name), file: file)
  }

  // MARK: Trees

  /// Visits the cells of a tree from a page on.
  private func visit(
    _ page: Int, depth: Int, _ table: SQLiteTable, _ visited: inout Set<Int>,
    _ body: (_ cell: [UInt8], _ number: Int64, _ page: Int) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    // A page that is its own descendant would be visited for ever.
    guard depth < Self.depthLimit, visited.insert(page).inserted, let bytes = bytes(ofPage: page) else {
      throw damaged(page, table)
    }
    let header = page == 1 ? 100 : 0
    let cellCount = Int(bytes[header + 3]) << 8 | Int(bytes[header + 4])
    switch bytes[header] {
    case 0x05:
      let cells = try cellOffsets(bytes, at: header + 12, cellCount, page, table)
      for cell in cells {
        guard let child = Self.number(bytes, cell) else { throw damaged(page, table) }
        try visit(child, depth: depth + 1, table, &visited, body)
      }
      guard let last = Self.number(bytes, header + 8) else { throw damaged(page, table) }
      try visit(last, depth: depth + 1, table, &visited, body)
    case 0x0D:
      for cell in try cellOffsets(bytes, at: header + 8, cellCount, page, table) {
        try readCell(bytes, at: cell, page, table, &visited, body)
      }
    default: throw damaged(page, table)
    }
  }

  private func cellOffsets(
    _ bytes: [UInt8], at start: Int, _ count: Int, _ page: Int, _ table: SQLiteTable
  ) throws(TraceFault) -> [Int] {
    guard start + 2 * count <= usableSize else { throw damaged(page, table) }
    var offsets: [Int] = []
    offsets.reserveCapacity(count)
    for index in 0..<count {
      let offset = Int(bytes[start + 2 * index]) << 8 | Int(bytes[start + 2 * index + 1])
      guard offset >= start, offset < usableSize else { throw damaged(page, table) }
      offsets.append(offset)
    }
    return offsets
  }

  /// Reads a leaf's cell: size, row number, and the payload, of which a part may stand on further pages.
  private func readCell(
    _ bytes: [UInt8], at start: Int, _ page: Int, _ table: SQLiteTable, _ visited: inout Set<Int>,
    _ body: (_ cell: [UInt8], _ number: Int64, _ page: Int) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    var offset = start
    guard let size = sqliteVariable(bytes, &offset), let number = sqliteVariable(bytes, &offset), size >= 0,
      size <= Int64(self.bytes.count)
    else { throw damaged(page, table) }
    let local = localSize(Int(size))
    guard offset + local <= usableSize else { throw damaged(page, table) }
    var payload = Array(bytes[offset..<offset + local])
    if local < Int(size) {
      guard offset + local + 4 <= usableSize, let first = Self.number(bytes, offset + local) else {
        throw damaged(page, table)
      }
      try appendOverflow(from: first, to: &payload, upTo: Int(size), table, &visited)
    }
    try body(payload, number, page)
  }

  /// How much of a payload stands on its leaf.
  private func localSize(_ size: Int) -> Int {
    let most = usableSize - 35
    if size <= most { return size }
    let least = (usableSize - 12) * 32 / 255 - 23
    let wanted = least + (size - least) % (usableSize - 4)
    return wanted <= most ? wanted : least
  }

  private func appendOverflow(
    from first: Int, to payload: inout [UInt8], upTo size: Int, _ table: SQLiteTable, _ visited: inout Set<Int>
  ) throws(TraceFault) {
    var page = first
    while payload.count < size {
      // No page belongs to two rows, so that all rows together read no more than the file has.
      guard visited.insert(page).inserted, let bytes = bytes(ofPage: page), let next = Self.number(bytes, 0) else {
        throw damaged(page, table)
      }
      payload.append(contentsOf: bytes[4..<4 + min(size - payload.count, usableSize - 4)])
      page = next
    }
  }

  // MARK: Pages

  private func bytes(ofPage page: Int) -> [UInt8]? {
    guard page >= 1, page <= pageCount else { return nil }
    return bytes.bytes(at: (page - 1) * pageSize, pageSize)
  }

  /// A big-endian number of 32 bits.
  private static func number(_ bytes: [UInt8], _ offset: Int) -> Int? {
    guard offset >= 0, offset + 4 <= bytes.count else { return nil }
    return Int(bytes[offset]) << 24 | Int(bytes[offset + 1]) << 16 | Int(bytes[offset + 2]) << 8
      | Int(bytes[offset + 3])
  }
}
