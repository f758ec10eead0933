// swift-tools-version: 6.2
import PackageDescription

let descent: [Target.Dependency] = [.product(name: "Descent", package: "descent")]
let problems: [Target.Dependency] = [.product(name: "DescentProblems", package: "descent")]

let package = Package(
  name: "examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "descent", path: "..")],
  targets: [
    .executableTarget(name: "embed", dependencies: descent),
    .executableTarget(name: "actor", dependencies: descent),
    .executableTarget(name: "network", dependencies: descent + problems),
    .target(name: "SignDescent", dependencies: descent),
    .executableTarget(name: "own-rule", dependencies: descent + ["SignDescent"]),
    .target(name: "CChain"),
    .executableTarget(name: "c-array", dependencies: descent + ["CChain"]),
    .executableTarget(name: "rate-search", dependencies: descent + problems),
  ]
)
