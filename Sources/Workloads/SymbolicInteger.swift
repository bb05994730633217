/// An integer of a workload file: a number, or a formula over the workload's parameters.
package struct SymbolicInteger: Sendable, CustomStringConvertible {
  enum Form: Sendable {
    case number(Int64)
    /// In a place of its own: most are numbers, which should not take the room of a formula.
    indirect case formula(Formula)
  }

  let form: Form

  /// Where in the file it stands.
  let byteOffset: Int

  /// An integer at a place.
  init(_ form: Form, byteOffset: Int) {
    self.form = form
    self.byteOffset = byteOffset
  }

  /// The integer as the file has it: `768`, `batch*sequence_length`.
  package var description: String {
    switch form {
    case .number(let number): String(number)
    case .formula(let formula): formula.text
    }
  }
}
