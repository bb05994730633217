import JSONText

/// What is wrong with a sweep as it was asked for.
package struct SweepRequestFault: Fault, Equatable {
  /// What is wrong.
  package enum Fact: Sendable, Equatable {
    /// An axis is there twice.
    case variedTwice
    /// Something has one value, and varies; the other is said there.
    case variedAndGiven(at: FaultWords)
    /// Nothing says what is simulated, nor varies it.
    case notGiven
    /// Two names of an axis are of one thing.
    case sameTwice(name: String, first: String, second: String)
    /// A name of a plan could mean several things.
    case ambiguous(what: String, name: String, candidates: [String])
    /// A model of kernels is chosen, and no system has any.
    case uselessKernelModel
    /// An axis cannot be.
    case sweep(SweepFault)
  }

  /// What is wrong.
  package let fact: Fact
  /// What it is wrong of: `batch`.
  package let subject: String
  /// The plan's file, line and column; nil outside of a plan.
  package let place: String?
  /// Where the plan has it: `/over/batch`.
  private let path: String

  init(_ fact: Fact, of subject: SweepAxis.Subject, at place: JSONCursor?) {
    (self.fact, self.subject, path) = (fact, subject.column, place?.path ?? "")
    self.place = place.map { "\($0.document.file):\($0.document.position(ofByte: $0.value.byteOffset))" }
  }

  /// What is wrong, and what would be right.
  package var words: FaultWords {
    let isInPlan = place != nil
    switch fact {
    case .variedTwice where isInPlan: return "\(path) is varied twice; vary it once"
    case .variedTwice: return "\(subject) is varied twice; give each \(option: "over") once"
    case .variedAndGiven(let first) where isInPlan:
      return "\(path) is given at \(first), too, once with one value and once varied; take one of them away"
    case .variedAndGiven:
      return "\(subject) is varied by \(option: "over") and has one value besides; take one of them away"
    case .notGiven:
      let article = subject == "accelerator" ? "an" : "a"
      return "a sweep needs \(article) \(subject): name one, or vary it with \(option: "over") \(subject)=..."
    case .sameTwice(let name, let first, let second):
      let words: FaultWords = " has \(name) twice, as '\(first)' and as '\(second)'; name it once"
      return (isInPlan ? "\(path)" : "\(option: "over") \(subject)") + words
    case .ambiguous(let what, let name, let candidates):
      let means = candidates.joined(separator: ", ")
      return "\(path) names the \(what) '\(name)', which could mean \(means); write one of them"
    case .uselessKernelModel:
      return
        "\(option: "kernel-model") would change nothing: it is a model of an accelerator's kernels, and there is none"
    case .sweep(let fault): return isInPlan ? "\(path): \(fault.words)" : fault.words
    }
  }
}
