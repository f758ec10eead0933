// swift-tools-version: 6.2
import PackageDescription

let features: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "descent",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Descent", targets: ["Descent"]),
    .library(name: "DescentProblems", targets: ["Problems"]),
    .library(name: "DescentNaiveReference", targets: ["NaiveReference"]),
    .executable(name: "descent", targets: ["DescentTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // MARK: - The C side

    // A plain file named module.modulemap beside Package.swift makes SwiftPM ignore every target below,
    // so that name is a folder, and the module map is in it.
    .systemLibrary(
      name: "CBLAS", path: "module.modulemap", pkgConfig: "openblas lapacke",
      providers: [
        .apt(["libopenblas-dev", "liblapacke-dev"]),
        .yum(["openblas-devel", "lapack-devel"]),
        .brew(["openblas", "lapack"]),
      ]),
    .target(name: "CKernels", cSettings: [.enableWarning("all"), .enableWarning("extra")]),

    // MARK: - Libraries

    .target(
      name: "Schedules",
      dependencies: [.product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: features),
    .target(name: "Tensors", dependencies: ["CBLAS", "CKernels"], swiftSettings: features),
    .target(
      name: "Optimizers",
      dependencies: [
        "Tensors", "Schedules", "CBLAS", "CKernels", .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: features),
    .target(name: "Problems", dependencies: ["Tensors"], swiftSettings: features),
    .target(name: "Tuning", dependencies: ["Optimizers", "Schedules", "Tensors"], swiftSettings: features),
    .target(name: "NaiveReference", swiftSettings: features),
    .target(name: "RuleCases", dependencies: ["Descent", "NaiveReference", "Tensors"], swiftSettings: features),
    .target(name: "Descent", dependencies: ["Tensors", "Schedules", "Optimizers", "Tuning"], swiftSettings: features),

    // MARK: - The command

    .executableTarget(
      name: "DescentTool",
      dependencies: [
        "Descent", "Problems", "NaiveReference", "RuleCases",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: features),

    // MARK: - Tests

    .target(name: "TestSupport", dependencies: ["Descent"], path: "Tests/TestSupport", swiftSettings: features),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "SchedulesTests", dependencies: ["Schedules", "NaiveReference", "TestSupport"],
      swiftSettings: features),
    .testTarget(
      name: "NaiveReferenceTests", dependencies: ["NaiveReference", "TestSupport", "CAllocationCounter"],
      swiftSettings: features),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "NaiveReference", "TestSupport"],
      swiftSettings: features),
    .testTarget(
      name: "ProblemsTests", dependencies: ["Problems", "Tensors", "CBLAS", "TestSupport", "CAllocationCounter"],
      swiftSettings: features),
    .testTarget(
      name: "OptimizersTests",
      dependencies: ["Descent", "Problems", "NaiveReference", "RuleCases", "TestSupport", "CAllocationCounter"],
      swiftSettings: features),
    .testTarget(name: "TuningTests", dependencies: ["Descent", "Problems", "TestSupport"], swiftSettings: features),
    .testTarget(
      name: "DescentToolTests",
      dependencies: ["Descent", "Problems", "NaiveReference", "RuleCases", "DescentTool", "TestSupport"],
      swiftSettings: features),
    .testTarget(
      name: "DocumentationTests", dependencies: ["Descent", "RuleCases", "TestSupport"], swiftSettings: features),
  ]
)
