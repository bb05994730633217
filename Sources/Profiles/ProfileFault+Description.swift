import JSONText

/// The prose for everything that can be wrong with a name, a number or a profile: one line each, what is wrong first.

extension NameFault: CustomStringConvertible {
  /// What is wrong, and the nearest name or the names it could mean.
  public var description: String {
    switch self {
    case .unknown(let what, let name, let suggestion?, _):
      return "error: unknown \(what) '\(name)'; did you mean '\(suggestion)'?"
    case .unknown(let what, let name, nil, let known) where known.count <= 8:
      return "error: unknown \(what) '\(name)'; known are \(known.joined(separator: ", "))"
    case .unknown(let what, let name, nil, _):
      return "error: unknown \(what) '\(name)'; 'simulate profiles list \(what)s' names those there are"
    case .ambiguous(let what, let name, let candidates):
      return "error: \(what) '\(name)' could mean \(candidates.joined(separator: ", ")); write one of them"
    }
  }
}

extension OverrideFault: CustomStringConvertible {
  /// What is wrong, and the nearest path or the range.
  public var description: String {
    switch self {
    case .unknownPath(let path, let suggestion?):
      return "error: no profile number is called '\(path)'; did you mean '\(suggestion)'?"
    case .unknownPath(let path, nil):
      return "error: no profile number is called '\(path)'; 'simulate profiles show NAME' lists them"
    case .noAccelerator(let path):
      return "error: '\(path)' cannot be set: the system has no accelerator"
    case .outOfRange(let path, let value, let range):
      return "error: \(path) must be \(range.words(unit: unit(ofNumber: path))) (it is \(value))"
    }
  }
}

extension ProfileFault: CustomStringConvertible {
  /// The fault of the file or of its content.
  public var description: String {
    switch self {
    case .file(let fault): "\(fault)"
    case .content(let fault): "\(fault)"
    }
  }
}
