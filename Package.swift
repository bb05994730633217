// swift-tools-version: 6.2

import PackageDescription

/// Every target is compiled in Swift 6 mode with complete concurrency checking; a warning is an error.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "framework-tax-simulator",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Roofline", targets: ["Roofline"]),
    .library(name: "JSONText", targets: ["JSONText"]),
    .library(name: "EventEngine", targets: ["EventEngine"]),
    .library(name: "Workloads", targets: ["Workloads"]),
  ],
  targets: [
    .target(name: "Roofline", swiftSettings: strict),
    .target(name: "JSONText", swiftSettings: strict),
    .target(name: "EventEngine", swiftSettings: strict),
    .target(name: "Workloads", dependencies: ["JSONText"], swiftSettings: strict),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "RooflineTests", dependencies: ["Roofline"], swiftSettings: strict),
    .testTarget(name: "JSONTextTests", dependencies: ["JSONText", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "WorkloadsTests", dependencies: ["Workloads", "JSONText", "TestSupport"],
      swiftSettings: strict),
  ]
)
