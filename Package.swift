// swift-tools-version: 6.2

// The package graph is the architecture: every target imports only what stands on a lower floor
// (see ARCHITECTURE.md, "The floors"), and the build refuses an import that is not declared here.

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

func floor(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "doorstep",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "doorstep", targets: ["doorstep"]),
        .library(name: "BPMN", targets: ["BPMN"]),
        // The parsers of bytes that come from outside, for fuzzing.
        .library(
            name: "OutsideBytes",
            targets: ["Kernel", "BPMN", "OnlineRetail", "Shipping", "Signing", "SearchLanguage", "Contracts"]),
    ],
    dependencies: [
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // C libraries from the system.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CMalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CLibRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),

        // Floor 1
        floor("Kernel"),

        // Floor 2: what the contexts publish, and libraries that know no context
        floor("Contracts", ["Kernel"]),
        floor("BPMN", ["Kernel", "CExpat"]),
        floor("Signing", ["Kernel", "CCrypto"]),
        floor("OnlineRetail", ["Kernel", "CLZMA"]),
        floor("SearchLanguage", ["Kernel"]),

        // Floor 3: the pure contexts, what the world promises them, and a world to try them in
        floor("Catalog", ["Kernel", "Contracts"]),
        floor("Orders", ["Kernel", "Contracts"]),
        floor("Warehouse", ["Kernel", "Contracts"]),
        floor("Shipping", ["Kernel", "Contracts"]),
        floor("Ports", ["Kernel", "Contracts", "SearchLanguage"]),
        floor("Sandbox", ["Kernel", "Signing", hummingbird, asyncHTTPClient, logging, nio, serviceLifecycle]),

        // Floor 4
        floor("Runtime", ["Kernel", "Contracts", "Ports", "Signing"]),
        floor("SQLiteStore", ["Kernel", "Contracts", "Ports", "CSQLite"]),
        floor("PostgresStore", ["Kernel", "Contracts", "Ports", "CLibPQ"]),
        floor("KafkaLog", ["Kernel", "Contracts", "Ports", "CLibRdKafka"]),
        floor("RabbitMQLog", ["Kernel", "Contracts", "Ports", "CLibRabbitMQ"]),
        floor("FeedLog", ["Kernel", "Contracts", "Ports", asyncHTTPClient, nio, nioHTTP1]),
        floor("Gateways", ["Kernel", "Contracts", "Ports", "Signing", asyncHTTPClient, nio, nioHTTP1]),

        floor("ElasticsearchIndex", ["Kernel", "SearchLanguage", "Ports", asyncHTTPClient, nio, nioSSL]),

        // Floor 5
        floor("OrdersService", ["Kernel", "Contracts", "Ports", "Runtime", "Orders", "Catalog", "BPMN"]),
        floor("WarehouseService", ["Kernel", "Contracts", "Ports", "Runtime", "Warehouse"]),
        floor("ShippingService", ["Kernel", "Contracts", "Ports", "Runtime", "Shipping"]),
        floor("SearchService", ["Kernel", "Contracts", "SearchLanguage", "Ports", "Runtime", "Orders"]),
        floor("EmbeddedIndex", ["Kernel", "SearchLanguage", "Ports", "Runtime", "SQLiteStore"]),
        floor("PostgresIndex", ["Kernel", "SearchLanguage", "Ports", "Runtime", "PostgresStore"]),

        // Floor 6
        floor(
            "HTTPAPI",
            [
                "Kernel", "Contracts", "Ports", "Runtime", "Signing", "Catalog", "Orders", "Warehouse", "Shipping",
                "BPMN", "OrdersService", "WarehouseService", "ShippingService", "SearchLanguage", "SearchService",
                hummingbird, hummingbirdCore, logging, nio,
            ]),
        floor(
            "Simulation",
            [
                "Kernel", "Contracts", "Ports", "Runtime", "SQLiteStore", "Catalog", "Orders", "Warehouse", "Shipping",
                "BPMN", "OrdersService", "WarehouseService", "ShippingService",
            ]),

        // Floor 7
        floor(
            "Console",
            [
                "Kernel", "Contracts", "Ports", "Runtime", "BPMN", "Orders", "Warehouse", "Shipping", "OrdersService",
                "WarehouseService", "ShippingService", "SearchLanguage", "SearchService", "HTTPAPI", hummingbird,
                logging, nio,
            ]),

        // Floor 8
        .executableTarget(
            name: "doorstep",
            dependencies: [
                "Kernel", "Contracts", "Ports", "Runtime", "SQLiteStore", "PostgresStore", "KafkaLog",
                "RabbitMQLog", "FeedLog", "Gateways", "Signing", "Catalog", "Orders",
                "Warehouse", "Shipping", "BPMN", "OrdersService", "WarehouseService", "ShippingService",
                "SearchLanguage", "SearchService", "EmbeddedIndex", "PostgresIndex", "ElasticsearchIndex", "HTTPAPI",
                "Console", "Sandbox", "OnlineRetail", "CMalloc", argumentParser, serviceLifecycle, logging,
                asyncHTTPClient,
                hummingbird, nio, nioPosix,
            ],
            swiftSettings: strict),

        // Starts real servers for tests; part of nothing that is released.
        .target(
            name: "TestServers",
            dependencies: [
                "SQLiteStore", "PostgresStore", "Ports", "Kernel", asyncHTTPClient, hummingbird, logging, nio,
            ],
            path: "Tests/TestServers", swiftSettings: strict),

        // Tests
        tests("KernelTests", ["Kernel"]),
        tests("ContractsTests", ["Contracts", "Kernel"]),
        tests("BPMNTests", ["BPMN", "Kernel"]),
        tests("OrdersTests", ["Orders", "Catalog", "Contracts", "Kernel"]),
        tests("WarehouseTests", ["Warehouse", "Contracts", "Kernel"]),
        tests("ShippingTests", ["Shipping", "Contracts", "Kernel"]),
        tests(
            "StoreTests",
            ["SQLiteStore", "PostgresStore", "TestServers", "Runtime", "Ports", "Contracts", "Kernel"]),
        tests("RuntimeTests", ["TestServers", "Runtime", "SQLiteStore", "Ports", "Contracts", "Kernel"]),
        tests(
            "EventLogTests",
            [
                "KafkaLog", "RabbitMQLog", "CLibRdKafka", "CLibRabbitMQ", "TestServers", "SQLiteStore", "Runtime",
                "Ports", "Contracts", "Kernel",
            ]),
        tests(
            "ServiceTests",
            [
                "TestServers", "OrdersService", "WarehouseService", "ShippingService", "Orders", "Warehouse",
                "Shipping", "Catalog",
                "BPMN", "Runtime", "SQLiteStore", "Ports", "Contracts", "Kernel",
            ]),
        tests(
            "GatewaysTests",
            ["Gateways", "Orders", "Sandbox", "Signing", "Ports", "Contracts", "Kernel", asyncHTTPClient, logging, nio]
        ),
        tests(
            "HTTPAPITests",
            [
                "HTTPAPI", "OrdersService", "WarehouseService", "ShippingService", "SearchService", "SearchLanguage",
                "EmbeddedIndex", "Orders", "Warehouse", "Shipping", "Catalog", "BPMN", "Runtime", "SQLiteStore",
                "Signing", "Ports", "Contracts", "Kernel", hummingbird,
                logging, nio,
            ]),
        tests(
            "ConsoleTests",
            [
                "Console", "HTTPAPI", "OrdersService", "WarehouseService", "ShippingService", "Orders", "Warehouse",
                "Shipping", "Catalog", "BPMN", "Runtime", "SQLiteStore", "Ports", "Contracts", "Kernel", hummingbird,
                logging, nio,
            ]),
        tests("OnlineRetailTests", ["OnlineRetail", "Kernel"]),
        tests("SimulationTests", ["Simulation", "Kernel"]),
        tests("SearchLanguageTests", ["SearchLanguage", "Kernel"]),
        tests(
            "SearchServiceTests",
            [
                "SearchService", "EmbeddedIndex", "PostgresIndex", "TestServers", "SearchLanguage", "OnlineRetail",
                "Orders",
                "Runtime", "SQLiteStore", "PostgresStore", "Ports", "Contracts", "Kernel",
            ]),
        tests(
            "SearchIndexTests",
            [
                "EmbeddedIndex", "PostgresIndex", "PostgresStore", "ElasticsearchIndex", "TestServers",
                "SearchLanguage",
                "Ports", "Contracts", "Kernel",
                asyncHTTPClient, hummingbird, logging, nio, nioPosix, nioSSL,
            ]),
        // Starts the built program, which is a dependency so that it is built.
        tests(
            "ProcessTests",
            [
                "doorstep", "TestServers", "SQLiteStore", "PostgresStore", "KafkaLog", "RabbitMQLog", "Ports",
                "Contracts", "Kernel", asyncHTTPClient, hummingbird, logging, nio,
            ]),
        tests(
            "CommandTests",
            [
                "doorstep", "FeedLog", asyncHTTPClient, "HTTPAPI", "Sandbox", "WarehouseService", "Runtime",
                "SQLiteStore", "Ports", "Contracts",
                "Kernel", logging,
            ]),
        tests("DrawingTests", ["doorstep"]),
        tests("TidyTests", []),
    ]
)
