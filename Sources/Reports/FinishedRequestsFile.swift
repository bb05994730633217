import JSONText
import Roofline
import Serving

/// Requests that a replica has finished, as a CSV file, in the order of their last tokens.
package struct FinishedRequestsFile: Sendable {
  private let requests: [FinishedRequest]

  /// A file of some requests.
  package init(_ requests: [FinishedRequest]) { self.requests = requests }

  /// Writes the file, piece by piece.
  package func write<Fault: Error>(to emit: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    try emit(
      Array("request,arrival_s,prompt_tokens,output_tokens,ttft_ms,tpot_ms,latency_ms,preemptions\n".utf8))
    for finished in requests {
      let request = finished.request
      let times = [
        finished.timeToFirstToken.milliseconds, finished.timePerOutputToken?.milliseconds,
        finished.latency.milliseconds,
      ].map { $0.map(NumberFormat.shortest) ?? "" }
      let fields =
        [
          "\(request.number)", NumberFormat.shortest(request.arrival.seconds), "\(request.prompt)", "\(request.tokens)",
        ] + times + ["\(finished.preemptions)"]
      try emit(Array((fields.joined(separator: ",") + "\n").utf8))
    }
  }
}
