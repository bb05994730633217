/// What a host's time is spent in: sorts of code that do not get faster alike from one host to the next.
package enum HostComponent: String, CaseIterable, Sendable {
  /// Python: calls, arguments, modules.
  case interpreter
  /// Compiled framework code: dispatch, allocation, selection.
  case native
  /// The driver: launches.
  case driver
  /// Copies by the processor.
  case copy
  /// Texts to tokens and back.
  case tokenizer
}
