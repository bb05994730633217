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
    .library(name: "FrameworkTax", targets: [
      "Roofline", "JSONText", "EventEngine", "Profiles",
    ]),
    .library(name: "Roofline", targets: ["Roofline"]),
    .library(name: "JSONText", targets: ["JSONText"]),
    .library(name: "EventEngine", targets: ["EventEngine"]),
    .library(name: "Profiles", targets: ["Profiles"]),
  ],
  targets: [
    .target(name: "Roofline", swiftSettings: strict),
    .target(name: "JSONText", swiftSettings: strict),
    .target(name: "EventEngine", swiftSettings: strict),
    .target(name: "Profiles", dependencies: ["JSONText"], swiftSettings: strict),
    .target(name: "Workloads", dependencies: ["JSONText"], swiftSettings: strict),
    .target(name: "Kernels", dependencies: ["Profiles", "Roofline", "Workloads"], swiftSettings: strict),
    .target(
      name: "Simulation", dependencies: ["EventEngine", "Kernels", "Profiles", "Workloads"], swiftSettings: strict),
    .testTarget(name: "RooflineTests", dependencies: ["Roofline"], swiftSettings: strict),
  ]
)
