import HTTPAPI
import Kernel
import Sandbox
import Testing
import WarehouseService

@testable import doorstep

/// The whole system with sandbox couriers in this process, for commands to work on from theirs.
struct OpenShop: Sendable {
    let server: RunningServer
    let token: String

    var data: String { server.system.folder.path }

    /// - Parameter staff: does the floor's work; without it, orders wait there.
    static func with<Value: Sendable>(
        _ folder: TemporaryFolder, staff: AutoWorker.Delays? = nil,
        _ body: @escaping @Sendable (OpenShop) async throws -> Value
    ) async throws -> Value {
        var configuration = ServerConfiguration()
        configuration.system.dataPath = "\(folder.path)/data"
        configuration.system.staff = staff
        configuration.port = try FreePort.any()
        configuration.sandboxPort = try FreePort.any()
        configuration.couriers = [CourierProfile.swift, .turtle].map { courier in
            var courier = courier
            courier.journey = JourneyProfile(pickup: .milliseconds(500), leg: .milliseconds(100), failRate: 0)
            return courier
        }
        return try await RunningServer.with(configuration) { server in
            try await DemoCatalog.seed(server.system, pieces: 1000, hotPieces: 1)
            guard let token = server.demoToken else { preconditionFailure("a sandbox has a key") }
            return try await body(OpenShop(server: server, token: token))
        }
    }

    /// Places orders that are paid, with numbers from `first` on.
    func place(_ count: Int, from first: Int = 0) async throws {
        let shopper = DemoShopper(url: server.configuration.url, token: token, seed: 1, wantsHotSKU: false)
        for number in first..<first + count { _ = try await shopper.place(number) }
    }

    /// Waits until all orders wait on the floor and the search service has read everything.
    func waitUntilSearched() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let isQuiet = try await Self.orders(data).allSatisfy { $0.status == "fulfilling" }
            if isQuiet, try await SearchLag.read(server.services).unreadEvents == 0 { return }
            try #require(ContinuousClock.now < deadline, "everything is read within 20 s")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Orders by id, as `orders list` gives them.
    static func orders(_ data: String) async throws -> [(id: String, status: String)] {
        let run = try await CommandRun(["orders", "list", "--limit", "1000", "--json", "--data", data])
        return try (run.document["data"]?.array ?? []).map { ($0["id"]?.string ?? "", $0["status"]?.string ?? "") }
    }
}
