import JSONText

/// The prose for everything that can be wrong with a name, a number or a profile: one line each, what is wrong first.

extension NameFault: CustomStringConvertible {
  /// What is wrong, and the nearest name or the names it could mean.
  public var description: String {
    switch self {
    case .unknown(let what, let name, let suggestion?, _):
      return "error: unknown \(what) '\(oneLine(name))'; did you mean '\(suggestion)'?" + export(what, after: " ")
    case .unknown(let what, let name, nil, let known) where known.count <= 8:
      return "error: unknown \(what) '\(oneLine(name))'; known are \(known.joined(separator: ", "))"
        + export(what, after: "; ")
    case .unknown(let what, let name, nil, _):
      return "error: unknown \(what) '\(oneLine(name))'; 'simulate profiles list \(what)s' names those there are"
        + export(what, after: "; ")
    case .ambiguous(let what, let name, let candidates):
      return "error: \(what) '\(oneLine(name))' could mean \(candidates.joined(separator: ", ")); write one of them"
    case .unusable(let fault): return fault.description
    }
  }

  /// How a workload is had that the catalog lacks.
  private func export(_ what: String, after separator: String) -> String {
    what == "workload" ? separator + "tools/export_workload.py exports any other from PyTorch" : ""
  }
}

extension OverrideFault: CustomStringConvertible {
  /// What is wrong, and the nearest path or the range.
  public var description: String { "error: \(words)" }

  /// The same without "error: " in front.
  public var words: String {
    switch self {
    case .unknownPath(let path, let suggestion?):
      return "no profile number is called '\(oneLine(path))'; did you mean '\(suggestion)'?"
    case .unknownPath(let path, nil):
      return "no profile number is called '\(oneLine(path))'; 'simulate profiles show NAME' lists them"
    case .noAccelerator(let path):
      return "'\(oneLine(path))' cannot be set: the system has no accelerator"
    case .outOfRange(let path, let value, let domain):
      return "\(path) must be \(domain.range.words(unit: domain.unit.words)) (it is \(value))"
    }
  }
}

extension ProfileFault: CustomStringConvertible {
  /// The fault of the file or of its content.
  public var description: String {
    switch self {
    case .clash(let what, let name, let files):
      "\(onePathLine(files.last ?? "")): error: the \(what) '\(name)' is in \(onePathLine(files.first ?? "")), too; "
        + "a folder has a name or alias once, so rename or remove one of them"
    case .file(let fault): "\(fault)"
    case .content(let fault): "\(fault)"
    }
  }
}

extension ProfileFault {
  /// The same as a warning, for those who go on without the profile.
  public var warning: String { description.replacing(": error: ", with: ": warning: ", maxReplacements: 1) }
}
