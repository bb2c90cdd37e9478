import ArgumentParser
import Foundation
import Kernel
import OnlineRetail
import OrdersService
import Runtime
import WarehouseService

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Replays a real shop's business.",
        discussion: """
            Example:
              doorstep import online-retail online_retail.csv.xz
            """,
        subcommands: [ImportOnlineRetailCommand.self])
}

struct ImportOnlineRetailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "online-retail",
        abstract: "Replays the UCI Online Retail data set as orders, cancellations and stock corrections.",
        discussion: """
            Starts a fresh system, makes catalog and stock from what the file sells, replays its invoices in the
            order of their dates, waits until every order is at its end, and prints every count and the audit. What is
            invented is said. Exit code 0 only when everything ended as it should.

            Examples:
              doorstep import online-retail online_retail.csv.xz
              doorstep import online-retail online_retail.csv --orders 1000 --data imported
              doorstep import online-retail online_retail.csv.xz --speedup 100000 --json
            """)

    @Argument(help: "The file: .csv or .csv.xz.")
    var file: String

    @Option(help: "Replay only so many orders, and what happened until the last of them.")
    var orders: Int?

    @Option(help: "Shop seconds per second; without it, as fast as possible.")
    var speedup: Double?

    @Option(help: "Keep the databases in this folder; without it they are removed afterwards.")
    var data: String?

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Import into --data even if it is not empty.")
    var into = false

    func validate() throws {
        guard orders.map({ $0 >= 1 }) ?? true else { throw ValidationError("--orders is 1 or more") }
        guard speedup.map({ $0 > 0 && $0.isFinite }) ?? true else { throw ValidationError("--speedup is more than 0") }
        guard let data, !into else { return }
        let content = (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
        guard content.isEmpty else {
            throw ValidationError("'\(data)' is not empty. Name another folder, or say --into.")
        }
    }

    func run() async throws {
        let temporary = TemporaryFolder.newPath(for: "import")
        defer { if data == nil { try? FileManager.default.removeItem(atPath: temporary) } }
        Terminal.tell("Reading \(file)")
        let (path, limit) = (file, orders)
        let content = try await OwnThread.run {
            Result { () throws(Fault) in try RetailFileReading.read(path, firstOrders: limit) }
        }.get()
        let report = try await replay(content, dataPath: data ?? temporary)
        Terminal.say(json ? report.document : report.text)
        if !report.isClean { throw ExitCode(ExitStatus.isNotWell.rawValue) }
    }

    private func replay(_ content: RetailFile, dataPath: String) async throws(Fault) -> ImportReport {
        var configuration = SystemConfiguration()
        configuration.dataPath = dataPath
        configuration.staff = AutoWorker.Delays()
        let ledger = ImportLedger()
        let system = try await DoorstepSystem.start(configuration, gateway: AnsweringWorld(), observers: [ledger])
        do throws(Fault) {
            let report = try await replay(content, in: system, ledger)
            await system.stop()
            return report
        } catch {
            await system.stop()
            throw error
        }
    }

    private func replay(
        _ content: RetailFile, in system: DoorstepSystem, _ ledger: ImportLedger
    ) async throws(Fault) -> ImportReport {
        Terminal.tell("Opening the shop: \(content.products.count) products in three invented warehouses")
        let shop = try await RetailShop.open(content, in: system)
        let couriers = JourneyPlayer(ledger, mailbox: system.shipping.mailbox, clock: system.clock)
        let expected = content.invoices.count { $0.kind.isOrder }
        let start = ContinuousClock.now
        let tally = await ProgressLine().follow {
            let now = ledger.summary
            return "\(now.placed) of \(expected) orders placed, \(now.ended) at their end"
        } during: {
            await RetailReplay(file: content, shop: shop, system: system, ledger: ledger, speedup: speedup).run()
        }
        let elapsed = ContinuousClock.now - start
        couriers.stop()
        let folder = system.folder
        Terminal.tell("Auditing")
        let checks = try await OwnThread.run { Result { () throws(Fault) in try SystemAudit.run(folder) } }.get()
        return ImportReport(
            file: content, tally: tally, ledger: ledger.summary, unrecordedReports: couriers.unrecorded,
            elapsed: elapsed, checks: checks)
    }
}
