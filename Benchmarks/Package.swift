// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that embedding Descent pulls in nothing that only a benchmark needs.
let package = Package(
  name: "descent-benchmarks",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "descent-benchmarks", targets: ["DescentBenchmarks"])],
  dependencies: [
    // Named, so that it resolves whatever folder the repository was cloned into.
    .package(name: "descent", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // The rival is OpenBLAS called directly, not through Descent, whose own CBLAS module is internal to it.
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
    .target(name: "CFloor", cSettings: [.enableWarning("all"), .enableWarning("extra")]),
    .executableTarget(
      name: "DescentBenchmarks",
      dependencies: [
        "CFloor", "COpenBLAS",
        .product(name: "Descent", package: "descent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]),
  ]
)
