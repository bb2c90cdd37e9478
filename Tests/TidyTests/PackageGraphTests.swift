import Testing

@Suite struct PackageGraphTests {
    private let manifest = """
        let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
        let package = Package(
            targets: [
                floor("Kernel"),
                floor(
                    "Orders",
                    [
                        "Kernel", nio,
                    ]),
                .executableTarget(
                    name: "shop",
                    dependencies: ["Kernel", "Orders"],
                    swiftSettings: strict),
                floor("Console", ["Orders"], resources: [.copy("Assets")]),
                tests("OrdersTests", ["Orders"]),
            ]
        )
        """

    @Test func theManifestIsRead() throws {
        let graph = try PackageGraph(manifest)
        #expect(graph.targets == ["Kernel", "Orders", "shop", "Console"])
        #expect(graph.testTargets == ["OrdersTests"])
        #expect(graph.dependencies["Kernel"] == [])
        #expect(graph.dependencies["Orders"] == ["Kernel", "NIOCore"])
        #expect(graph.dependencies["shop"] == ["Kernel", "Orders"])
        #expect(graph.dependencies["OrdersTests"] == ["Orders"])
    }

    @Test func everyTargetOfOursImportsWhatItDeclares() throws {
        let graph = try ourGraph()
        expectNone(Repository.swift.flatMap(try Imports(graph).offences))
        let folders = Set(Repository.swift.compactMap(\.target))
        #expect(folders == graph.targets.union(graph.testTargets))
    }

    @Test func everyArrowOfOursGoesDown() throws {
        let architecture = try #require(Repository.file("ARCHITECTURE.md"))
        expectNone(try Floors(architecture.text).offences(try ourGraph()))
    }

    @Test(arguments: [
        "import HTTPAPI", "@testable import HTTPAPI", "public import struct HTTPAPI.Call", "import Nowhere",
    ])
    func anUndeclaredImportIsSeen(code: String) throws {
        let rule = try Imports(try PackageGraph(manifest))
        #expect(rule.offences(in: TextFile("Sources/Orders/A.swift", "\n\(code)")).map(\.line) == [2])
    }

    @Test(arguments: ["import Kernel", "import NIOCore", "import Foundation", "// import HTTPAPI", "let important = 1"])
    func aDeclaredImportIsFine(code: String) throws {
        #expect(try Imports(try PackageGraph(manifest)).offences(in: TextFile("Sources/Orders/A.swift", code)) == [])
    }

    @Test func aFolderWithoutATargetIsSeen() throws {
        #expect(try Imports(try PackageGraph(manifest)).offences(in: TextFile("Sources/Old/A.swift", "")).count == 1)
    }

    @Test(arguments: [
        ("| 2 | `shop`, `Console` | a |\n| 1 | `Orders` | b |\n| 0 | `Kernel` | c |", 0),
        ("| 2 | `shop`, `Console`, `Orders` | a |\n| 1 | `Kernel` | c |", 2),
        ("| 2 | `shop`, `Console` | a |\n| 1 | `Orders` | b |\n| 3 | `Kernel` | c |", 2),
        ("| 2 | `shop`, `Console` | a |\n| 1 | `Orders` | b |", 1),
        ("| 2 | `shop`, `Console`, `Old` | a |\n| 1 | `Orders` | b |\n| 0 | `Kernel` | c |", 1),
    ]) func floorsPointDownAndNameEveryTarget(table: String, offences: Int) throws {
        #expect(try Floors(table).offences(try PackageGraph(manifest)).count == offences)
    }

    private func ourGraph() throws -> PackageGraph {
        try PackageGraph(try #require(Repository.file("Package.swift")).text)
    }
}
