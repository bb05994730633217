import JSONText
import Testing

@Suite("Faults in words") struct FaultTests {
  private struct Example: Fault {
    var place: String?
    let words: FaultWords = "\(option: "over") batch has \(2) values; \(command: "sweep --help") says more"
  }

  @Test func `name options and commands, which the program spells`() {
    let words = Example().words
    #expect(words.text == "over batch has 2 values; 'sweep --help' says more")
    #expect(
      words.spelled(option: { "--" + $0 }, command: { "'simulate \($0)'" })
        == "--over batch has 2 values; 'simulate sweep --help' says more")
  }

  @Test func `have the form of compilers, with a place where there is one`() {
    #expect(Example().description == "error: over batch has 2 values; 'sweep --help' says more")
    #expect(
      Example(place: "a.csv:1:2").said(as: "warning")
        == "a.csv:1:2: warning: over batch has 2 values; 'sweep --help' says more")
    #expect("\(FileFault.notFound(path: "x.json"))" == "x.json: error: no such file")
  }
}
