// swift-tools-version: 6.2
import PackageDescription

// A kernel model of one's own, beside the simulator and not in it: 'swift run' in this folder.
let package = Package(
  name: "own-model",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "framework-tax-simulator", path: "../../..")],
  targets: [
    .executableTarget(
      name: "own-model",
      dependencies: [
        .product(name: "FrameworkTax", package: "framework-tax-simulator"),
        .product(name: "Catalog", package: "framework-tax-simulator"),
      ])
  ]
)
