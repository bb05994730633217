// swift-tools-version: 6.2

import PackageDescription

/// Every target is compiled in Swift 6 mode with complete concurrency checking; a warning is an error.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// The libraries, from the lowest floor up, with the floors that each one stands on.
let libraries: [(name: String, dependencies: [Target.Dependency])] = [
  ("Roofline", []),
  ("JSONText", []),
  ("EventEngine", ["Roofline"]),
  ("CommandSyntax", ["JSONText"]),
  ("OutputFiles", ["JSONText"]),
  ("Charts", ["JSONText"]),
  ("Profiles", ["JSONText", "Roofline"]),
  ("Workloads", ["JSONText"]),
  ("Traces", ["JSONText", "Roofline"]),
  ("Kernels", ["Profiles", "Roofline", "Workloads"]),
  ("Simulation", ["EventEngine", "JSONText", "Kernels", "Profiles", "Roofline", "Workloads"]),
  ("Serving", ["JSONText", "Kernels", "Profiles", "Roofline", "Simulation", "Workloads"]),
  ("Replay", ["JSONText", "Kernels", "Profiles", "Roofline", "Simulation", "Traces", "Workloads"]),
  ("Studies", ["JSONText", "Kernels", "Profiles", "Roofline", "Serving", "Simulation", "Workloads"]),
  (
    "Reports",
    [
      "Charts", "JSONText", "Kernels", "Profiles", "Replay", "Roofline", "Serving", "Simulation", "Studies", "Traces",
      "Workloads",
    ]
  ),
]

/// What only the program is made of: nothing in them is public.
let ownLibraries: Set<String> = ["CommandSyntax", "OutputFiles", "Charts", "Reports", "Serving"]

/// Files that the compiler puts into the program, which so needs nothing beside it.
let embedded: [String: [Resource]] = ["Reports": [.embedInCode("page.js"), .embedInCode("page.css")]]

/// Each library has a test target of its own name, and TestSupport.
let tests: [(name: String, dependencies: [Target.Dependency])] = [
  ("Roofline", ["JSONText"]),
  ("JSONText", []),
  ("EventEngine", ["Roofline"]),
  ("CommandSyntax", []),
  ("OutputFiles", ["JSONText"]),
  ("Profiles", ["JSONText", "Roofline", "SampleModels"]),
  ("Workloads", ["JSONText"]),
  ("Traces", ["JSONText"]),
  ("Replay", ["JSONText", "Kernels", "Profiles", "Roofline", "SampleModels", "Simulation", "Traces"]),
  ("Simulation", ["EventEngine", "Kernels", "Profiles", "Roofline", "SampleModels", "Workloads"]),
  ("Kernels", ["JSONText", "Profiles", "Roofline", "SampleModels", "Workloads"]),
  (
    "Studies", ["JSONText", "Kernels", "Profiles", "Roofline", "SampleModels", "Serving", "Simulation", "Workloads"]
  ),
  ("Serving", ["JSONText", "Kernels", "Profiles", "Roofline", "SampleModels", "Simulation", "Workloads"]),
  ("Charts", ["JSONText"]),
  (
    "Reports",
    ["Charts", "JSONText", "Kernels", "Profiles", "Roofline", "SampleModels", "Simulation", "Studies", "Workloads"]
  ),
]

let package = Package(
  name: "framework-tax-simulator",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "simulate", targets: ["simulate"]),
    .library(name: "FrameworkTax", targets: ["FrameworkTax", "Catalog"]),
    .library(name: "Catalog", targets: ["Catalog"]),
  ] + libraries.filter { !ownLibraries.contains($0.name) }.map { .library(name: $0.name, targets: [$0.name]) },
  targets: libraries.map {
    .target(
      name: $0.name, dependencies: $0.dependencies, resources: embedded[$0.name] ?? [], swiftSettings: strict)
  }
    + tests.map {
      .testTarget(
        name: $0.name + "Tests", dependencies: [.byName(name: $0.name), "TestSupport"] + $0.dependencies,
        swiftSettings: strict)
    }
    + [
      // The command is tested as a process of its own, and the shipped catalog as the command finds it.
      .testTarget(
        name: "SimulateTests",
        dependencies: [
          "Catalog", "JSONText", "Kernels", "Profiles", "Reports", "Roofline", "Simulation", "Studies", "TestSupport",
          "Workloads", "simulate",
        ], swiftSettings: strict),
      .target(
        name: "TestSupport", dependencies: ["JSONText", "Roofline"], path: "Tests/TestSupport", swiftSettings: strict),
      // What tools/fuzz.sh gives bytes to; the kept inputs run as tests, without the fuzzer.
      .target(
        name: "Fuzzing",
        dependencies: [
          "CommandSyntax", "EventEngine", "JSONText", "Kernels", "Profiles", "Replay", "Roofline", "Simulation",
          "Studies", "Traces", "Workloads",
        ], path: "Tests/Fuzzing", exclude: ["corpus", "LibFuzzer.swift", "MutatedRecordings.swift"],
        swiftSettings: strict),
      .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing", "JSONText", "TestSupport"], swiftSettings: strict),
      // Predictions against published measurements: no library of its own stands behind it.
      .testTarget(
        name: "FidelityTests",
        dependencies: [
          "JSONText", "Kernels", "Profiles", "Roofline", "Simulation", "Studies", "TestSupport", "Workloads",
        ], swiftSettings: strict),
      .target(
        name: "SampleModels", dependencies: ["JSONText", "Kernels", "Profiles", "Serving", "TestSupport", "Workloads"],
        path: "Tests/SampleModels", swiftSettings: strict),
      // The profiles and workloads stay in their folders at the top and travel with the program as resources: of a target
      // in C, for which no accessor is written that would link Foundation.
      .target(
        name: "CatalogFiles", path: ".",
        exclude: [
          "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "install.sh", "benchmarks", "docs", "tools",
          "Tests", "Sources/Catalog", "Sources/FrameworkTax", "Sources/simulate",
        ] + libraries.map { "Sources/" + $0.name },
        sources: ["Sources/CatalogFiles"],
        resources: [.copy("hardware-profiles"), .copy("workloads")], publicHeadersPath: "Sources/CatalogFiles"),
      .target(name: "Catalog", dependencies: ["CatalogFiles"], exclude: ["Catalog.docc"], swiftSettings: strict),
      // One name for all of it: a program imports this and nothing else.
      .target(
        name: "FrameworkTax",
        dependencies: ["Catalog"]
          + libraries.filter { !ownLibraries.contains($0.name) }.map { .byName(name: $0.name) },
        swiftSettings: strict),
      .executableTarget(
        name: "simulate",
        dependencies: [
          "Catalog", "Charts", "CommandSyntax", "JSONText", "Kernels", "OutputFiles", "Profiles", "Replay", "Reports",
          "Roofline", "Serving", "Simulation", "Studies", "Traces", "Workloads",
        ], swiftSettings: strict),
    ]
)
