import Testing
import Workloads

@Suite struct ShapeTests {
  @Test func elementsAreCounted() {
    let shape: Shape = [8, 128, 768]
    #expect(shape.elementCount == 786_432)
    #expect(shape.rank == 3)
    #expect(shape[1] == 128)
    #expect(shape.description == "[8, 128, 768]")
    #expect(Shape([]).elementCount == 1)
    #expect(Shape([0, Shape.elementLimit, Shape.elementLimit]).elementCount == 0)
  }

  @Test func theLimitIsChecked() {
    #expect(Shape(checking: [1 << 25, 1 << 25])?.elementCount == Shape.elementLimit)
    #expect(Shape(checking: [1 << 25, 1 << 25, 2]) == nil)
    #expect(Shape(checking: [.max, .max]) == nil)
    #expect(Shape(checking: [-1, 0]) == nil)
    #expect(Shape(checking: [0, Shape.elementLimit + 1]) == nil, "sums over dimensions must not overflow either")
  }

  @Test func anInvalidShapeInCodeStopsTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = Shape([-1]) }
  }
}
