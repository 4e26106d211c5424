// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// The simulations play millions of events. Without optimization they take a hundred times as long,
// so the model is always optimized; its assertions stay in a debug build.
let fast: [SwiftSetting] = [
  .unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))
]

let package = Package(
  name: "audience-meter",
  targets: [
    .systemLibrary(name: "CLinux", path: "Sources/MeterIO/CLinux"),
    .target(name: "MeterModel", swiftSettings: strict + fast),
    .target(
      name: "MeterIO", dependencies: ["MeterModel", "CLinux"], exclude: ["CLinux"],
      resources: [.embedInCode("Client")], swiftSettings: strict),
    .executableTarget(
      name: "audience-meter", dependencies: ["MeterModel", "MeterIO"], swiftSettings: strict),
    .testTarget(name: "ModelTests", dependencies: ["MeterModel"], swiftSettings: strict),
    .testTarget(name: "SimTests", dependencies: ["MeterModel"], swiftSettings: strict),
    .testTarget(
      name: "IntegrationTests", dependencies: ["MeterModel", "MeterIO", "audience-meter"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
