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
  ],
  targets: [
    .target(name: "Roofline", swiftSettings: strict),
    .target(name: "JSONText", swiftSettings: strict),
    .target(name: "EventEngine", swiftSettings: strict),
    .target(name: "CommandSyntax", swiftSettings: strict),
    .target(name: "Reports", swiftSettings: strict),
    .testTarget(name: "RooflineTests", dependencies: ["Roofline"], swiftSettings: strict),
    .testTarget(name: "JSONTextTests", dependencies: ["JSONText"], swiftSettings: strict),
    .testTarget(name: "CommandSyntaxTests", dependencies: ["CommandSyntax"], swiftSettings: strict),
    .testTarget(name: "ReportsTests", dependencies: ["Reports"], swiftSettings: strict),
  ]
)
