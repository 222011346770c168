// swift-tools-version: 6.2
import PackageDescription

// `WEIR_ONLY=DeltaTests,JobsTests` keeps these targets and what they depend on, and fetches nothing else: seconds
// instead of twelve minutes for work on one module (`make test-only TARGET=DeltaTests`).
let only = Context.environment["WEIR_ONLY"].map { Set($0.split(separator: ",").map(String.init)) }

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

func module(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let packages: [String: Package.Dependency] = [
    "swift-crypto": .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    "swift-log": .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    "GRDB.swift": .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    "hummingbird": .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    "swift-mustache": .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
    "async-http-client": .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    "swift-service-lifecycle": .package(
        url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    "jwt-kit": .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
    "swift-argument-parser": .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    "swift-nio": .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    "swift-nio-ssl": .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    "swift-http-types": .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
]

var targets: [Target] = [
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(name: "CDelta"),
    .target(name: "CFileSystem"),
    // Named so because swift-configuration, which Hummingbird needs, owns the name `Configuration`.
    module("WeirConfiguration", ["CLibXML2"], path: "Sources/Configuration"),
    module("Delta", ["CDelta", crypto]),
    module("Jobs"),
    module("API", ["WeirConfiguration", "Delta"]),
    module("ConnectorKit", ["CFileSystem", "WeirConfiguration", "Delta"]),
    module("CSVConnector", ["ConnectorKit", "Delta"], path: "Sources/Connectors/CSV"),
    module(
        "Storage",
        [
            .product(name: "GRDB", package: "GRDB.swift"),
            .product(name: "GRDBSQLite", package: "GRDB.swift"),
        ]),
    // Likewise: Swift's own library owns the name `Synchronization`, and packages that we use import that one.
    module(
        "WeirSynchronization", ["API", "WeirConfiguration", "Delta", "Storage", crypto],
        path: "Sources/Synchronization"),
    module("Agent", ["API", "WeirConfiguration", "ConnectorKit", "Delta", "Jobs", logging]),
    module("TestSupport", ["WeirConfiguration", "ConnectorKit", "Storage"]),
    tests("ConfigurationTests", ["WeirConfiguration"]),
    tests("DeltaTests", ["Delta"]),
    tests("JobsTests", ["Jobs"]),
    tests("ConnectorTests", ["CSVConnector", "ConnectorKit", "TestSupport"]),
    tests("StorageTests", ["Storage", "TestSupport"]),
    tests(
        "SynchronizationTests",
        [
            "WeirSynchronization", "API", "WeirConfiguration", "Delta", "Storage", "TestSupport",
            .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
        ]),
    tests("AgentTests", ["Agent", "API", "ConnectorKit", "Delta", "Jobs", "WeirConfiguration", logging]),
    tests("ArchitectureTests"),
    module(
        "Server",
        [
            "API", "WeirConfiguration", "Delta", "Jobs", "Storage", "WeirSynchronization", crypto, logging,
            .product(name: "CryptoExtras", package: "swift-crypto"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdTLS", package: "hummingbird"),
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "JWTKit", package: "jwt-kit"),
            .product(name: "Mustache", package: "swift-mustache"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOFoundationCompat", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ]),
    .executableTarget(
        name: "weir",
        dependencies: [
            "API", "Agent", "WeirConfiguration", "ConnectorKit", "CSVConnector", "Delta", "Jobs", "Server", "Storage",
            "WeirSynchronization", crypto, logging,
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOFoundationCompat", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ],
        swiftSettings: settings),
    tests(
        "ServerTests",
        [
            "Server", "API", "WeirConfiguration", "Storage", "WeirSynchronization", "TestSupport", crypto, logging,
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdTesting", package: "hummingbird"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
        ]),
    module("ProcessSupport", path: "Tests/ProcessSupport"),
    tests(
        "EndToEnd",
        [
            "weir", "ProcessSupport", "API", "Agent", "ConnectorKit", "CSVConnector", "Jobs", "Server", "Storage",
            "TestSupport",
            "WeirSynchronization", logging,
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdTesting", package: "hummingbird"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOFoundationCompat", package: "swift-nio"),
        ]),
    tests("Browser", ["weir", "ProcessSupport"]),
]

/// The names that a target depends on: targets of ours and packages.
func names(_ target: Target) -> (targets: [String], packages: [String]) {
    var targets: [String] = []
    var packages: [String] = []
    for dependency in target.dependencies {
        switch dependency {
        case .targetItem(let name, _), .byNameItem(let name, _): targets.append(name)
        case .productItem(_, let package, _, _): packages += package.map { [$0] } ?? []
        @unknown default: break
        }
    }
    return (targets, packages)
}

var kept = only ?? Set(targets.map(\.name))
while let missing = targets.filter({ kept.contains($0.name) }).flatMap({ names($0).targets }).first(where: {
    !kept.contains($0)
}) {
    kept.insert(missing)
}
targets.removeAll { !kept.contains($0.name) }
let neededPackages = Set(targets.flatMap { names($0).packages })

let package = Package(
    name: "weir",
    products: kept.contains("weir") ? [.executable(name: "weir", targets: ["weir"])] : [],
    dependencies: neededPackages.sorted().compactMap { packages[$0] },
    targets: targets
)
