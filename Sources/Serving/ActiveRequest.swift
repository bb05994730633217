import Roofline

/// A request that an engine works on.
struct ActiveRequest: Sendable {
  /// What was asked for.
  let request: ServedRequest
  /// How many were admitted before it, when it was admitted last.
  var admission = 0
  /// Tokens that it has been given.
  var generated: Int64 = 0
  /// When it was given the first of them.
  var firstToken: Picoseconds = .zero
  /// When it was given the last of them, where no step over next tokens has given it one since.
  var lastToken: Picoseconds = .zero
  /// Tokens that must be in the cache before its next token can be computed.
  var target: Int64
  /// Of them, those that are.
  var computed: Int64 = 0
  /// Next tokens attend to so many tokens plus the number of steps over next tokens that have run.
  var keysOffset: Int64 = 0
  /// After how many steps over next tokens it has its last one.
  var lastStep: Int64 = 0
  /// How many steps had run when it joined them.
  var firstStep: Int64 = 0
  /// How often it was preempted.
  var preemptions = 0
  /// Whether its cache lies in the host's memory.
  var isSwapped = false

  init(_ request: ServedRequest) {
    self.request = request
    target = request.prompt
  }
}

/// What an engine runs in one step: next tokens for some requests, and pieces of the prompts of others.
package struct BatchStep: Sendable, Equatable {
  /// Requests that get their next token.
  package var decodes: Int64 = 0
  /// Tokens that all of these attend to.
  package var keys: Int64 = 0
  /// Pieces of prompts.
  package var pieces: Int64 = 0
  /// Tokens of the pieces.
  package var promptTokens: Int64 = 0
  /// Pairs of tokens of the pieces and of tokens that they attend to.
  package var pairs: Int64 = 0
  /// Requests whose caches are moved to the host or from it.
  package var moves: Int64 = 0
  /// Bytes of these caches.
  package var movedBytes = 0.0

  /// Whether nothing is run.
  package var isEmpty: Bool { decodes == 0 && pieces == 0 && moves == 0 }
}

/// What came of a step.
struct StepOutcome: Sendable {
  /// Times between two tokens of a request, and of how many requests.
  var gaps: [(time: Picoseconds, count: Int64)] = []
  /// Requests that have their last token.
  var finished: [ActiveRequest] = []
  /// Requests that have their first.
  var started: [ActiveRequest] = []
}
