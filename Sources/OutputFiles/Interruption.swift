import Dispatch

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Something that is done when the user or the system tells the process to stop, before it stops as it would have.
///
/// Signals that the process was told to ignore, as `nohup` does, stay ignored.
package final class Interruption {
  private let sources: [any DispatchSourceSignal]

  /// From now until ``cancel()``, does something when the process is told to stop.
  package init(_ cleanUp: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "interruption")
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      guard !Self.isIgnored(number) else { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        cleanUp()
        Self.end(by: number)
      }
      source.resume()
      // Elsewhere Dispatch takes the signal by a handler of its own. To ignore it before that is there would lose a signal
      // that comes meanwhile; as it is, that one ends the process as it always would have.
      #if canImport(Darwin)
        signal(number, SIG_IGN)
      #endif
      return source
    }
  }

  /// Stops waiting: signals end the process as they do by default.
  package func cancel() {
    for source in sources where !source.isCancelled {
      signal(Int32(source.handle), SIG_DFL)
      source.cancel()
    }
  }

  /// Ends the process by a signal, as it would have ended.
  ///
  /// Dispatch reads signals from a file, for which it blocks them: one that is sent to the process would only be read again,
  /// and be handled again. So this thread takes it.
  private static func end(by number: Int32) {
    signal(number, SIG_DFL)
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, number)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(number)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return true }
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    return handler.map { unsafeBitCast($0, to: Int.self) } == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
