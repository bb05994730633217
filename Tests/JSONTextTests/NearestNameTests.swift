import JSONText
import Testing

@Suite struct NearestNameTests {
  @Test(
    arguments: [
      ("bandwith_gb_per_s", ["capacity_gb", "bandwidth_gb_per_s"], "bandwidth_gb_per_s"),
      ("bandwidth_gbps", ["capacity_gb", "bandwidth_gb_per_s"], "bandwidth_gb_per_s"),
      ("ALEXNET", ["resnet18", "alexnet"], "alexnet"),
      ("anme", ["game", "name"], "name"),
      ("resnet5", ["resnet18", "resnet50"], "resnet50"),
      ("fp8", ["fp32", "fp16"], nil),
      ("a", ["b"], nil),
      ("A", ["b", "a"], "a"),
      ("", ["abc"], nil),
      ("abc", [], nil),
      ("abd", ["abc", "abe"], "abc"),
      (String(repeating: "x", count: 100_000), [String(repeating: "x", count: 100_000)], nil),
    ] as [(String, [String], String?)])
  func nearest(_ name: String, _ names: [String], _ expected: String?) {
    #expect(nearestName(to: name, among: names) == expected)
  }
}
