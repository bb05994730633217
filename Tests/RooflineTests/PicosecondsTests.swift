import Roofline
import Testing

@Suite("Picoseconds")
struct PicosecondsTests {
  @Test("A time has its number in every unit")
  func units() {
    let time = Picoseconds(1_234_567_890_123)
    #expect(time.microseconds == 1_234_567.890123)
    #expect(time.milliseconds == 1_234.567890123)
    #expect(abs(time.seconds - 1.234567890123) < 1e-15)
    #expect(time.nanoseconds == 1_234_567_890)
    #expect(Picoseconds(nanoseconds: -3) == Picoseconds(-3_000))
    #expect("\(Picoseconds(nanoseconds: 1_500))" == "1500000 ps")
  }

  @Test("Sums, multiples and parts are those of integers, rounded toward zero")
  func arithmetic() {
    var time: Picoseconds = 10
    time += 7
    time -= 2
    #expect(time == 15 && time * 3 == 45 && time / 4 == 3 && Picoseconds(-15) / 4 == -3)
    #expect(Picoseconds(45) / time == 3 && Picoseconds(44) / time == 2)
    #expect(time.fraction(of: 60) == 0.25)
    time /= 2
    #expect(time == 7 && time > 6 && max(time, 9) == 9 && Picoseconds.zero < time && time < .max)
  }

  @Test("A sum of literals beside a time is a time")
  func literals() {
    #expect(Picoseconds(5) == 2 + 3)
    #expect(Picoseconds(6) != 2 + 3)
  }
}
