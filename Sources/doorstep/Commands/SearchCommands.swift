import ArgumentParser
import Contracts
import ElasticsearchIndex
import HTTPAPI
import Kernel
import OrdersService
import Ports
import Runtime
import SearchService
import WarehouseService

struct SearchCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Looks after the index that finds orders.",
        discussion: """
            `doorstep orders search` asks it. status and rebuild ask the server that runs on the data folder; verify reads
            the data folder and the index, also while a server runs.

            Examples:
              doorstep search status
              doorstep search rebuild
              doorstep search verify --search https://search-1:9200
            """,
        subcommands: [SearchStatusCommand.self, SearchRebuildCommand.self, SearchVerifyCommand.self])

    /// - Throws: `server_not_running`.
    static func server(_ folder: DataFolder) throws(Fault) -> String {
        guard let url = folder.serverURL else {
            throw Fault(
                "server_not_running", retryable: false,
                "No server runs on '\(folder.path)'. Start `doorstep serve` first.")
        }
        return url
    }

    static func text(_ document: JSONValue) -> String {
        var lines = ["\(document["engine"]?.string ?? "?") index \(document["index"]?.string ?? "none")"]
        if let building = document["building"]?.string { lines.append("\(building) is being filled.") }
        let unread = document["unread_events"]?.integer ?? 0
        let waiting = document["waiting_documents"]?.integer ?? 0
        lines.append(
            unread == 0 && waiting == 0
                ? "Up to date." : "\(unread) events are not read yet, \(waiting) documents not written.")
        if let fault = document["fault"]?.string { lines.append("It cannot be written: \(fault).") }
        if let refused = document["refused_documents"]?.integer, refused > 0 {
            lines.append("\(refused) documents were refused; `doorstep search verify` names them.")
        }
        return lines.joined(separator: "\n")
    }
}

struct SearchStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says how far the index is behind.",
        discussion: "Exit code 1 when the index cannot be written.\n\nExamples:\n  doorstep search status --json")

    @Flag(help: "Print what GET /v1/search answers.")
    var json = false

    @OptionGroup var data: DataOption

    func run() async throws {
        let folder = try data.existing()
        let document = try await ServerCall.with(try SearchCommands.server(folder), folder, .ordersRead) { call in
            try await call.get("/v1/search")
        }
        if json {
            var writer = JSONWriter()
            writer.value(document)
            Terminal.say(writer.text)
        } else {
            Terminal.say(SearchCommands.text(document))
        }
        if document["fault"] != nil { throw ExitCode(1) }
    }
}

struct SearchRebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Makes the index anew while the present one answers.",
        discussion: """
            Every order is folded anew from the log and its stored fold put right; of orders whose first events are past
            their time, the stored fold is taken. The new index takes the old one's place in one step.

            Examples:
              doorstep search rebuild
            """)

    @OptionGroup var data: DataOption

    func run() async throws {
        let folder = try data.existing()
        let url = try SearchCommands.server(folder)
        let former = try await ServerCall.with(url, folder, .ordersRead) { try await $0.get("/v1/search") }
        _ = try await ServerCall.with(url, folder, .keysManage) { try await $0.post("/v1/search/rebuild", "{}") }
        let ready = try await ServerCall.with(url, folder, .ordersRead) { call in
            while true {
                let document = try await call.get("/v1/search")
                let isNew = document["index"]?.string != former["index"]?.string && document["building"] == nil
                if isNew, document["index"] != nil { return document }
                if let fault = document["fault"]?.string {
                    throw Fault("rebuild_waits", retryable: true, "The engine cannot be written: \(fault).")
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        Terminal.say(SearchCommands.text(ready))
    }
}

struct SearchVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compares the index with the log and names every difference.",
        discussion: """
            Every order's events are folded anew and its document is made anew. Orders that changed and are not written
            yet are counted apart. Exit code 1 when anything differs.

            Examples:
              doorstep search verify
              doorstep search verify --search https://search-1:9200 --json
            """)

    @OptionGroup var options: SearchOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var data: DataOption

    func run() async throws {
        let folder = try data.existing()
        let clock = SystemClock()
        let choice = options.choice(for: folder.store)
        guard let index = try choice.index(folder, seed: UInt64(clock.now.milliseconds))
        else { throw ValidationError("--search none has nothing to compare") }
        guard let name = try await index.active() else {
            throw Fault("search_index_missing", retryable: true, "There is no index yet; `doorstep serve` makes it.")
        }
        let pools = Dictionary(
            uniqueKeysWithValues: Topic.allCases.map { ($0, ReadPool(folder.database($0), name: $0.rawValue)) })
        let reads = ReadPool(folder.search, name: SearchLogic.serviceName)
        guard let orders = pools[.orders], let warehouse = pools[.warehouse] else {
            preconditionFailure("a pool for every topic")
        }
        let comparison = IndexComparison(
            name, in: index, reads: reads, history: LogHistory(pools), orders: DatabaseOrderDirectory(orders),
            warehouses: DatabaseWarehouseDirectory(warehouse))
        let report = try await comparison.run()
        for pool in Array(pools.values) + [reads] { pool.stop() }
        await index.close()
        Terminal.say(json ? Self.json(report) : Self.text(report, name))
        if report.differenceCount > 0 { throw ExitCode(1) }
    }

    private static func json(_ report: IndexComparison.Report) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("orders", report.orders)
            json.member("documents", report.documents)
            json.member("waiting", report.waiting)
            json.member("without_log", report.withoutLog)
            json.member("difference_count", report.differenceCount)
            json.member("differences", array: report.differences) { $0.string($1) }
        }
        return json.text
    }

    private static func text(_ report: IndexComparison.Report, _ name: IndexName) -> String {
        var lines = report.differences
        if report.differenceCount > report.differences.count {
            lines.append("… and \(report.differenceCount - report.differences.count) more.")
        }
        var sum = "\(name): \(report.orders) orders compared with \(report.documents) documents, "
        sum += report.differenceCount == 0 ? "no difference" : "\(report.differenceCount) differences"
        if report.waiting > 0 { sum += "; \(report.waiting) wait to be written" }
        if report.withoutLog > 0 { sum += "; of \(report.withoutLog) the log no longer has the beginning" }
        lines.append(sum + ".")
        return lines.joined(separator: "\n")
    }
}
