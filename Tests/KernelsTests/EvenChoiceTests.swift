import Kernels
import Testing

@Suite("Experts that tokens choose evenly")
struct EvenChoiceTests {
  @Test("Eight experts, two a token: by hand")
  func touchesWhatIsNotMissed() {
    #expect(EvenChoice.touched(of: 8, active: 2, tokens: 0) == 0)
    #expect(EvenChoice.touched(of: 8, active: 2, tokens: 1) == 2)
    #expect(EvenChoice.touched(of: 8, active: 2, tokens: 2) == 3.5)  // 8 (1 - 0.75²)
    #expect(EvenChoice.touched(of: 8, active: 2, tokens: 3) == 4.625)  // 8 (1 - 0.75³)
    #expect(EvenChoice.touched(of: 8, active: 8, tokens: 1) == 8)
    #expect(EvenChoice.touched(of: 8, active: 2, tokens: 1_000_000) == 8)
  }
}
