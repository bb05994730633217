// swift-tools-version: 6.2
import PackageDescription

// A test suite of one's own that checks roofline math: 'swift test' in this folder. Its twin in Python stands in python/.
let package = Package(
  name: "roofline-suite",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "framework-tax-simulator", path: "../../..")],
  targets: [
    .testTarget(
      name: "RooflineSuite",
      dependencies: [
        .product(name: "Catalog", package: "framework-tax-simulator"),
        .product(name: "Profiles", package: "framework-tax-simulator"),
        .product(name: "Roofline", package: "framework-tax-simulator"),
      ])
  ]
)
