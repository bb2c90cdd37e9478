import Foundation
import Kernel
import Testing
import WarehouseService

@testable import doorstep

@Suite(.serialized) struct BackupCommandTests {
    @Test func backupsUnderLoadAreCleanAndCanBeStarted() async throws {
        let folder = try TemporaryFolder()
        let copies = (1...3).map { "\(folder.path)/copy-\($0)" }
        try await OpenShop.with(folder, staff: AutoWorker.Delays(all: .milliseconds(20))) { shop in
            let load = Task { try await shop.place(10_000) }
            var number = 0
            for copy in copies {
                number += 10
                try await eventually("\(number) orders") { try await OpenShop.orders(shop.data).count >= number }
                let run = try await CommandRun(["backup", copy, "--data", shop.data])
                #expect(run.status == 0, "\(run.errors)")
            }
            load.cancel()
            _ = await load.result
        }
        var orders = 0
        for copy in copies {
            let audit = try await CommandRun(["audit", "--data", copy])
            #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
            let later = try await OpenShop.orders(copy).count
            #expect(later > orders)
            orders = later
        }
        let restored = copies[2]
        #expect(try await CommandRun(["migrate", "--data", restored]).status == 0)
        #expect(try await OpenShop.orders(restored).count == orders)
        #expect(try await CommandRun(["audit", "--data", restored]).status == 0)
    }

    @Test func aTargetThatExistsIsRefusedAndWhatWasCutOffIsRemoved() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        let target = "\(folder.path)/copy"
        try await OpenShop.with(folder) { _ in }
        try FileManager.default.createDirectory(atPath: "\(target).unfinished", withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(filePath: "\(target).unfinished/orders.db"))
        #expect(try await CommandRun(["backup", target, "--data", data]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(target).unfinished"))
        let files = try FileManager.default.contentsOfDirectory(atPath: target).sorted()
        #expect(files == ["access.db", "courier-secrets", "orders.db", "search.db", "shipping.db", "warehouse.db"])
        let again = try await CommandRun(["backup", target, "--data", data])
        #expect(again.status == 73 && again.errors.contains("exists already"))
        let nowhere = try await CommandRun(["backup", "/proc/copy", "--data", data])
        #expect(nowhere.status == 73)
    }
}
