/// A JSON text that is wrong: where, and what the matter is.
///
/// The fault carries facts; `description` turns them into the one line that a user reads:
/// `my-gpu.json:12:8: error: /memory/bandwidth_gb_per_s must be greater than 0 (it is -3)`.
public struct JSONFault: Error, Sendable, Equatable {
  /// The name of the file, as the user gave it.
  public var file: String

  /// Where in the file the wrong text begins.
  public var position: JSONPosition

  /// The JSON Pointer of the value that is wrong; empty for the whole document and for faults of syntax.
  public var path: String

  /// What is wrong.
  public var fact: JSONFact

  /// Puts a fault together from where it is and what it is.
  public init(file: String, position: JSONPosition, path: String, fact: JSONFact) {
    self.file = file
    self.position = position
    self.path = path
    self.fact = fact
  }
}
