import Foundation
import Kernel
import Synchronization
import TestServers
import Testing

/// What `doorstep cluster --json` says.
struct ClusterBooks {
    struct Partition {
        let service: String
        let number: Int
        let owner: String
        let epoch: Int64
        let isOwned: Bool
    }

    let partitions: [Partition]

    init(_ installation: Installation) async throws {
        let told = try await Program.run(
            ["cluster", "--json"] + installation.place, in: installation.folder)
        let document = try JSONValue(parsing: Array(told.output.utf8))
        partitions = (document["partitions"]?.array ?? []).map { entry in
            Partition(
                service: entry["service"]?.string ?? "", number: Int(entry["partition"]?.integer ?? -1),
                owner: entry["owner"]?.string ?? "", epoch: entry["epoch"]?.integer ?? 0,
                isOwned: entry["is_owned"]?.bool ?? false)
        }
    }

    /// How many partitions a process owns; all of its port's.
    func count(ownedBy port: Int) -> Int { count(ownedBy: "http://127.0.0.1:\(port)") }

    /// How many partitions a process owns that is reached at this address.
    func count(ownedBy url: String) -> Int { partitions.count { $0.isOwned && $0.owner.hasPrefix("\(url)#") } }

    var isComplete: Bool { !partitions.isEmpty && partitions.allSatisfy(\.isOwned) }
}

/// A second process beside an installation's server.
final class SecondProcess: Sendable {
    let port: Int
    private let installation: Installation
    private let more: [String]
    private let database: String?
    private let broker: String?
    private let namespace: Namespace?
    private let programs = Mutex<[Program]>([])

    /// - Parameters:
    ///   - more: for `serve`.
    ///   - database: of its own, instead of the installation's.
    ///   - broker: as it reaches the installation's.
    ///   - port: where it listens; `nil` for any.
    ///   - namespace: in which it runs.
    init(
        _ installation: Installation, _ more: [String], database: String? = nil, broker: String? = nil,
        port: Int? = nil, in namespace: Namespace? = nil
    ) throws {
        self.installation = installation
        self.more = more
        self.database = database
        self.broker = broker
        self.namespace = namespace
        self.port = try port ?? FreePort.any()
        try launch()
    }

    var program: Program { get throws { try #require(programs.withLock { $0.last }) } }
    var url: String { "http://\(namespace?.address ?? "127.0.0.1"):\(port)" }
    var shop: Requester {
        Requester(client: installation.client, baseURL: url, token: installation.shop.token)
    }

    func launch() throws {
        let program = try installation.launch(
            port: port, more, database: database, broker: broker, in: namespace)
        programs.withLock { $0.append(program) }
    }

    func waitUntilReady() async throws {
        try await eventuallyTrue("an answer of the second process", within: .seconds(30)) {
            let program = try self.program
            if let end = program.end { throw Failure("the second process ended with \(end): \(program.errors)") }
            do {
                return try await shop.get("/readyz").status == 200
            } catch {
                return false
            }
        }
    }

    func stop() async throws {
        let program = try program
        program.signal(SIGTERM)
        #expect(try await program.waitForEnd(within: .seconds(20)) == .success, "\(program.errors)")
    }
}
