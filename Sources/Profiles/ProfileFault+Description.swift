import JSONText

/// The prose for everything that can be wrong with a name, a number or a profile: one line each, what is wrong first.

extension NameFault: Fault {
  /// The file of a profile that is wrong.
  public var place: String? {
    if case .unusable(let fault) = self { return fault.place }
    return nil
  }

  /// What is wrong, and the nearest name or the names it could mean.
  public var words: FaultWords {
    switch self {
    case .unknown(let what, let name, let suggestion?, let known):
      // Beside the one that is written most alike, those that have all of its words: llama-70b is three models.
      let others = nearestNames(to: name, among: known).filter { sharesWords(of: name, $0) }
      let names = ([suggestion] + others.filter { $0 != suggestion }).prefix(4).map { "'\($0)'" }
      return "unknown \(what) '\(oneLine(name))'; did you mean \(listed(names, by: "or"))?\(export(what, after: " "))"
    case .unknown(let what, let name, nil, let known) where known.count <= 8:
      return
        "unknown \(what) '\(oneLine(name))'; known are \(known.joined(separator: ", "))\(export(what, after: ". "))"
    case .unknown(let what, let name, nil, let known)
    where ["workload", "decoder"].contains(what) && !nearestNames(to: name, among: known).isEmpty:
      let names = nearestNames(to: name, among: known).map { "'\($0)'" }
      return "unknown \(what) '\(oneLine(name))'; did you mean \(listed(names, by: "or"))?\(export(what, after: " "))"
    case .unknown(let what, let name, nil, _):
      let list: FaultWords =
        what.hasPrefix("number")
        ? "\(command: "profiles fields") names those there are"
        : "\(command: "profiles list \(what)s") names those there are"
      return "unknown \(what) '\(oneLine(name))'; \(list)\(export(what, after: ". "))"
    case .ambiguous(let what, let name, let candidates):
      return "\(what) '\(oneLine(name))' could mean \(candidates.joined(separator: ", ")); write one of them"
    case .unusable(let fault): return fault.words
    }
  }

  /// How a model is had that the catalog lacks.
  private func export(_ what: String, after separator: FaultWords) -> FaultWords {
    switch what {
    case "workload":
      "\(separator)Any other: tools/export_workload.py --module FILE.py:FUNCTION --output FILE.json exports it from PyTorch, and a language model's config.json will do for \(command: "generate")"
    case "decoder": "\(separator)The config.json of any other will do"
    default: ""
    }
  }
}

extension OverrideFault: Fault {
  /// What is wrong, and the nearest path or the range.
  public var words: FaultWords {
    switch self {
    case .unknownPath(let path, let suggestion?):
      return "no profile number is called '\(oneLine(path))'; did you mean '\(suggestion)'?"
    case .unknownPath(let path, nil):
      return "no profile number is called '\(oneLine(path))'; \(command: "profiles show NAME") lists them"
    case .noAccelerator(let path):
      return "'\(oneLine(path))' cannot be set: the system has no accelerator"
    case .noEngine(let path):
      return "'\(oneLine(path))' cannot be set: no engine runs here; 'generate' has one"
    case .noInterconnect(let path):
      return "'\(oneLine(path))' cannot be set: there is one device; --devices makes them several"
    case .outOfRange(let path, let value, let domain):
      return "\(path) must be \(domain.range.words(unit: domain.unit.words)) (it is \(value))"
    }
  }
}

extension ProfileFault: Fault {
  /// The file, with line and column where they are known.
  public var place: String? {
    switch self {
    case .clash(_, _, let files): onePathLine(files.last ?? "")
    case .file(let fault): fault.place
    case .content(let fault): fault.place
    }
  }

  /// What is wrong with it.
  public var words: FaultWords {
    switch self {
    case .clash(let what, let name, let files):
      "the \(what) '\(name)' is in \(onePathLine(files.first ?? "")), too; a folder has a name or alias once, so rename "
        + "or remove one of them"
    case .file(let fault): fault.words
    case .content(let fault): fault.words
    }
  }
}
