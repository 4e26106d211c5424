// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "audience-meter",
  targets: [
    .systemLibrary(name: "CLinux", path: "Sources/MeterIO/CLinux"),
    .target(name: "MeterModel", swiftSettings: strict),
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
