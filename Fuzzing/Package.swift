// swift-tools-version: 6.2

// A package of its own, since everything in it is built for libFuzzer, which brings its own entry point.
// `make fuzz` builds and runs it.

import PackageDescription

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "doorstep", path: "..")],
    targets: [
        .executableTarget(
            name: "Fuzz",
            dependencies: [.product(name: "OutsideBytes", package: "doorstep")],
            swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])])
    ]
)
