// swift-tools-version: 6.2
import PackageDescription

/// Rooms and their arrows: a target may import what it lists here and nothing else. The compiler checks it
/// (`--explicit-target-dependency-import-check error` in the Makefile).
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "martlet", targets: ["CommandLineTool"]),
        .library(name: "KafkaClient", targets: ["KafkaClient"]),
        .library(name: "BrokerTesting", targets: ["BrokerTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System-library shims and the little C that Swift cannot say.
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .target(name: "CChecksum"),
        .target(name: "CSystemCalls"),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),

        // The rooms.
        .target(
            name: "KafkaProtocol",
            dependencies: [nioCore, "CChecksum", "CLZ4", "CZstd", "CZlib", "CSnappy"],
            swiftSettings: strict),
        .target(
            name: "LogStorage",
            dependencies: ["KafkaProtocol", "CSystemCalls", nioCore, collections, systemPackage],
            swiftSettings: strict),
        .target(
            name: "Coordination",
            dependencies: ["KafkaProtocol", nioCore, collections],
            swiftSettings: strict),
        .target(
            name: "Broker",
            dependencies: [
                "KafkaProtocol", "LogStorage", "Coordination", nioCore, nioPosix, collections, logging, lifecycle,
                systemPackage, "CRE2", coreMetrics,
            ],
            swiftSettings: strict),
        .target(
            name: "KafkaClient",
            dependencies: ["KafkaProtocol", nioCore, nioPosix, collections, logging],
            swiftSettings: strict),
        .target(
            name: "BrokerTesting",
            dependencies: [
                "Broker", "KafkaClient", "LogStorage", "KafkaProtocol", nioCore, nioPosix, logging, systemPackage,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "CommandLineTool",
            dependencies: [
                "Broker", "CSystemCalls", "KafkaClient", "KafkaProtocol", "LogStorage", nioCore, nioPosix, logging,
                lifecycle, signals,
                systemPackage, arguments,
            ],
            swiftSettings: strict),

        // One test target per room, mirroring its files.
        .testTarget(
            name: "KafkaProtocolTests", dependencies: ["KafkaProtocol", nioCore, "CZlib"],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "LogStorageTests",
            dependencies: ["LogStorage", "KafkaProtocol", "BrokerTesting", nioCore, systemPackage],
            swiftSettings: strict),
        .testTarget(
            name: "CoordinationTests", dependencies: ["Coordination", "KafkaProtocol", nioCore, collections],
            exclude: ["Groups/Scripts"], swiftSettings: strict),
        .testTarget(
            name: "BrokerTests",
            dependencies: [
                "Broker", "BrokerTesting", "LogStorage", "Coordination", "KafkaProtocol", nioCore, nioPosix,
                nioEmbedded, logging, systemPackage, metricsTestKit,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "KafkaClientTests",
            dependencies: ["KafkaClient", "BrokerTesting", "KafkaProtocol", nioCore, nioPosix, nioEmbedded, logging],
            swiftSettings: strict),
        .testTarget(
            name: "CommandLineToolTests",
            dependencies: [
                "CommandLineTool", "KafkaClient", "BrokerTesting", "KafkaProtocol", "LogStorage", nioCore,
                systemPackage, arguments,
            ],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),

        // The log on a simulated disk against a model of it; a target of its own, so that `Simulate` can run it, too.
        .target(
            name: "Simulation",
            dependencies: ["BrokerTesting", "LogStorage", "KafkaProtocol", nioCore, systemPackage],
            path: "Tests/Simulation", swiftSettings: strict),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation", "BrokerTesting"], swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)

// The program that runs many seeds exists only while `make simulate` names it.
if Context.environment["MARTLET_SIMULATE"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Simulate", dependencies: ["Simulation"], path: "Tests/Simulate", swiftSettings: strict))
}

// The program that measures compaction exists only while `make bench-compaction` names it.
if Context.environment["MARTLET_BENCHMARK"] != nil {
    package.targets.append(
        .executableTarget(
            name: "CompactionBenchmark", dependencies: ["LogStorage", "KafkaProtocol", nioCore, systemPackage],
            path: "Benchmarks/CompactionBenchmark", swiftSettings: strict))
}

// Under ThreadSanitizer the waits for a lock have to be seen, too (`make test-tsan`).
if Context.environment["MARTLET_TSAN"] != nil {
    package.targets.append(.target(name: "ThreadSanitizerLocks", path: "Tests/ThreadSanitizer"))
    for target in package.targets where ["LogStorageTests", "BrokerTests"].contains(target.name) {
        target.dependencies.append("ThreadSanitizerLocks")
    }
}

// Fuzz targets, one a folder of Tests/FuzzTargets, exist only while Tests/FuzzTargets/fuzz names them.
let fuzzedRooms: [String: [Target.Dependency]] = ["FrameFuzz": ["Broker"], "RecoveryFuzz": ["Simulation"]]
for name in Context.environment["MARTLET_FUZZ"]?.split(separator: ",").map(String.init) ?? [] {
    package.targets.append(
        .executableTarget(
            name: name, dependencies: ["KafkaProtocol", nioCore] + (fuzzedRooms[name] ?? []),
            path: "Tests/FuzzTargets/\(name)",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
