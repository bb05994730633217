/// An argument as a shell takes it: in single quotes where it has anything that a shell would obey.
package func shellText(_ argument: String) -> String {
  let isPlain = argument.utf8.allSatisfy { byte in
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_./=,:+@%".utf8.contains(byte)
  }
  return isPlain && !argument.isEmpty ? argument : shellQuoted(argument)
}

/// A text in the single quotes of bash and zsh: a quote is closed, escaped and opened again.
func shellQuoted(_ text: String) -> String {
  "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
}
