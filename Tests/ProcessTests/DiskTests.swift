import Foundation
import Kernel
import Testing

/// What a server does when its disk fails it.
@Suite(.serialized)
struct DiskTests {
    @Test(.enabled(if: SmallDisk.isPossible, "mounting a small disk needs root"))
    func aFullDiskRefusesWritesAndLosesNothing() async throws {
        let disk = try SmallDisk(megabytes: 200)
        try await Installation.with(Installation.Options(dataPath: "\(disk.path)/data")) { installation in
            let shoppers = Shoppers(installation.shop, seed: 5, ordersMax: 200, cancelRate: 0)
            async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(10))
            try await eventuallyTrue("orders under way") { shoppers.acknowledged.count >= 20 }
            try disk.fill()
            let refused = try await eventually("a refusal") {
                let answer = try await installation.shop.post("/v1/orders", Shop.order(9001, seed: 5), key: "full")
                return answer.status == 201 ? nil : answer
            }
            #expect(refused.status == 503)
            #expect(refused.json["code"]?.string == "storage_full")
            #expect(refused.headers["retry-after"] != nil)
            #expect(try await installation.shop.get("/v1/orders").status == 200, "reads go on")
            #expect(try await installation.shop.get("/livez").status == 200)
            try disk.free()
            try await eventuallyTrue("orders after the disk has room", within: .seconds(40)) {
                shoppers.acknowledged.count >= 40
            }
            shoppers.stop()
            try await shopping
            try await installation.settle()
            try await installation.stopServer()
            try await installation.expectCleanAudit()
            let orders = Set(try ServerBooks(installation.dataPath).orders.map(\.id))
            #expect(orders.isSuperset(of: shoppers.acknowledged.values))
            #expect(shoppers.refusals == [])
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "mounting a small disk needs root"))
    func aReadOnlyDiskIsNamedAndCanBeRead() async throws {
        let disk = try SmallDisk(megabytes: 200)
        try await Installation.with(Installation.Options(dataPath: "\(disk.path)/data")) { installation in
            let shoppers = Shoppers(installation.shop, seed: 8, ordersMax: 12, cancelRate: 0)
            try await shoppers.run(clients: 3, pause: .zero)
            try await installation.stopServer()
            try disk.setReadOnly(true)
            let serve = try await Program.run(
                ["serve", "--data", installation.dataPath, "--port", String(installation.port)],
                in: installation.folder)
            #expect(serve.end == .exit(73), "\(serve.errors)")
            #expect(serve.errors.contains("\(installation.dataPath)/turn: Read-only file system"), "\(serve.errors)")
            for arguments in [["orders", "list"], ["dead-letters", "list"]] {
                let read = try await Program.run(
                    arguments + ["--data", installation.dataPath], in: installation.folder)
                #expect(read.end == .success, "\(arguments): \(read.errors)")
            }
            let audit = try await Program.run(["audit", "--data", installation.dataPath], in: installation.folder)
            #expect(audit.errors == "" && audit.output.contains("no stock is promised twice"), "\(audit.errors)")
            try disk.setReadOnly(false)
            try await installation.startServer()
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    /// A server that was killed leaves commits in the log beside the file: reading the file alone would tell less.
    @Test(.enabled(if: SmallDisk.isPossible, "mounting a small disk needs root"))
    func whatCannotBeReadInFullOnAReadOnlyDiskIsNotRead() async throws {
        let disk = try SmallDisk(megabytes: 200)
        try await Installation.with(Installation.Options(dataPath: "\(disk.path)/data")) { installation in
            try await installation.server.killHard()
            try disk.setReadOnly(true)
            let read = try await Program.run(
                ["orders", "list", "--data", installation.dataPath], in: installation.folder)
            #expect(read.end == .exit(74), "\(read.output)")
            #expect(read.errors.contains("copy the folder"), "\(read.errors)")
            try disk.setReadOnly(false)
            try await installation.startServer()
        }
    }

    @Test func aDamagedFileIsNamedAndLeftAsItIs() async throws {
        try await Installation.with { installation in
            let shoppers = Shoppers(installation.shop, seed: 6, ordersMax: 40, cancelRate: 0)
            try await shoppers.run(clients: 4, pause: .zero)
            try await installation.settle()
            try await installation.stopServer()
            // Brings the last commits from the write-ahead log into the file.
            try await installation.expectCleanAudit()
            let path = "\(installation.dataPath)/orders.db"
            try Self.damage(path)
            let damaged = try #require(FileManager.default.contents(atPath: path))
            let audit = try await Program.run(["audit", "--data", installation.dataPath], in: installation.folder)
            #expect(audit.end != .success)
            #expect((audit.output + audit.errors).contains("orders.db"), "\(audit.output)\(audit.errors)")
            let serve = try await Program.run(
                ["serve", "--data", installation.dataPath, "--port", String(installation.port)],
                in: installation.folder)
            #expect(serve.end == .exit(74))
            #expect(serve.errors.contains("database_damaged"), "\(serve.errors)")
            #expect(serve.errors.contains("orders.db"), "\(serve.errors)")
            #expect(FileManager.default.contents(atPath: path) == damaged, "what is left is for whoever repairs it")
        }
    }

    /// Overwrites every page but the first, as a failing disk would some.
    private static func damage(_ path: String) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        defer { try? file.close() }
        let length = try file.seekToEnd()
        for page in stride(from: UInt64(4096), to: length, by: 4096 * 3) {
            try file.seek(toOffset: page)
            try file.write(contentsOf: Data(repeating: 0x5A, count: 4096))
        }
    }
}
