import Foundation
import Kernel
import Ports
import SQLiteStore
import Testing

/// A real run with everything that has secrets; afterwards each of them is looked for wherever it must not be.
@Suite(.serialized)
struct SecretsTests {
    @Test func secretsAreInNoLogNoEventAndNoError() async throws {
        try await WebhookReceiver.with { _, hook in
            try await Installation.with { installation in
                var secrets = Secrets()
                try await secrets.make(installation, hook: hook)
                var answers = try await Self.provoke(installation, secrets)
                let shoppers = Shoppers(installation.shop, seed: 21, ordersMax: 15, cancelRate: 0.2)
                // Faults fill the logs of the calls to the outside.
                for party in ["swift", "turtle", "payments"] {
                    try await installation.setFaults(party, #"{"error_rate": 0.3, "garbage_rate": 0.2}"#)
                }
                try await shoppers.run(clients: 3, pause: .zero)
                for party in ["swift", "turtle", "payments"] { try await installation.clearFaults(party) }
                try await installation.settle()
                answers += try await Self.readEverything(installation, secrets)
                try await installation.stopServer()
                answers += try await Self.commands(installation)

                let people = ["A. Customer", "Main Street 1", "@shop.example"]
                for answer in answers {
                    for secret in secrets.all + secrets.paymentMethods where answer.text.contains(secret) {
                        Issue.record("\(answer.what) tells \(secret)")
                    }
                }
                for (what, text) in try Self.logs(installation) {
                    for secret in secrets.all + secrets.paymentMethods + people where text.contains(secret) {
                        Issue.record("\(what) tells \(secret): \(text.suffix(2000))")
                    }
                }
                let places = try Self.columns(in: installation.dataPath, holding: secrets)
                #expect(places == Self.known)
                let personal = try Self.columns(in: installation.dataPath, holding: ["person": people])
                let recipients = ["email", "name", "street"].map { "orders.db recipients.\($0)" }
                #expect(personal == Set(recipients))
                #expect(try Self.files(in: installation.dataPath, holding: secrets.keys) == [])
                #expect(try Self.files(in: installation.dataPath, holding: secrets.couriers) == ["courier-secrets"])
            }
        }
    }

    /// The only columns that hold a secret: what signing and paying cannot do without. That they are found shows that
    /// the search finds.
    private static let known: Set<String> = [
        "orders.db effects.request", "orders.db orders.payment_method",
        "orders.db webhook_endpoints.former_secrets", "orders.db webhook_endpoints.secrets",
    ]

    private typealias Said = (what: String, text: String)
}

/// Everything that must stay unknown.
private struct Secrets {
    /// The secret parts of API keys, current and former.
    var keys: [String] = []
    var webhooks: [String] = []
    var couriers: [String] = []
    let paymentMethods = ["tok_ok", "tok_declined"]
    var endpoint = ""

    var all: [String] { keys + webhooks + couriers }

    mutating func make(_ installation: Installation, hook: String) async throws {
        let shop = installation.shop
        keys.append(Self.secretPart(try #require(shop.token)))
        let made = try await shop.post("/v1/keys", #"{"name": "x", "scopes": ["orders:read"]}"#, key: "key")
        let id = try made.json.requireString("id")
        let rotated = try await shop.post("/v1/keys/\(id)/rotate", #"{"overlap_seconds": 60}"#, key: "rotate")
        keys += [made, rotated].compactMap { $0.json["token"]?.string }.map(Self.secretPart)
        try #require(keys.count == 3)
        let endpoint = try await shop.post("/v1/webhook-endpoints", #"{"url": "\#(hook)"}"#, key: "hook")
        self.endpoint = try endpoint.json.requireString("id")
        let changed = try await shop.post(
            "/v1/webhook-endpoints/\(self.endpoint)/rotate-secret", #"{"overlap_seconds": 3600}"#, key: "secret")
        webhooks = [endpoint, changed].compactMap { $0.json["secret"]?.string }.map { String($0.dropFirst(6)) }
        try #require(webhooks.count == 2, "\(endpoint.text) \(changed.text)")
        let text = try String(contentsOfFile: "\(installation.dataPath)/courier-secrets", encoding: .utf8)
        couriers = text.split(separator: "\n").compactMap { line in
            line.range(of: "whsec_").map { String(line[$0.upperBound...]) }
        }
        try #require(couriers.count == 2)
    }

    /// Behind the key's id, which is no secret.
    private static func secretPart(_ token: String) -> String {
        String(token.split(separator: "_", maxSplits: 2).last ?? "")
    }
}

extension SecretsTests {
    /// Requests that go wrong and carry secrets where they do not belong.
    private static func provoke(_ installation: Installation, _ secrets: Secrets) async throws -> [Said] {
        let shop = installation.shop
        var said: [Said] = []
        func note(_ what: String, _ answer: Answer) {
            // Whoever put a secret into an address finds the address in the answer.
            let members = (answer.json.object ?? []).filter { $0.name != "instance" }.map { "\($0.value)" }
            said.append((what, "\(answer.headers) \(members)"))
            #expect(answer.status >= 400, "\(what): \(answer.text)")
        }
        var stranger = shop
        stranger.token = (shop.token ?? "") + "x"
        note("a wrong key", try await stranger.get("/v1/orders"))
        for secret in secrets.all {
            note("an address", try await shop.get("/v1/nowhere/\(secret.replacing("/", with: "%2F"))?a=1"))
            note("a query", try await shop.get("/v1/orders?token=\(secret.replacing("+", with: "%2B"))"))
            note(
                "an id",
                try await shop.post("/v1/tasks/\(secret.replacing("/", with: "%2F"))/complete", "{}", key: "id"))
            note("a broken body", try await shop.post("/v1/keys", "{\"name\": \"\(secret)\"", key: "broken"))
            let body = #"{"url": "https://a.example", "secret": "\#(secret)"}"#
            note("a member", try await shop.post("/v1/webhook-endpoints", body, key: "member"))
            note(
                "a signature",
                try await shop.post(
                    "/v1/carriers/swift/tracking-events", #"{"events": []}"#, key: nil,
                    headers: [
                        "webhook-id": "1", "webhook-timestamp": "1764057600", "webhook-signature": "v1,\(secret)",
                    ]))
        }
        return said
    }

    /// What can be read with a key that may read everything, and what the first answers were kept as.
    private static func readEverything(_ installation: Installation, _ secrets: Secrets) async throws -> [Said] {
        let shop = installation.shop
        var said: [Said] = []
        for path in [
            "/v1/orders?limit=200", "/v1/feeds/orders/0?limit=200", "/v1/feeds/warehouse/0?limit=200",
            "/v1/feeds/shipping/0?limit=200", "/v1/audit-log?limit=200", "/v1/keys", "/v1/webhook-endpoints",
            "/v1/webhook-endpoints/\(secrets.endpoint)", "/v1/webhook-endpoints/\(secrets.endpoint)/deliveries",
            "/v1/circuits", "/v1/dead-letters/orders", "/v1/incidents", "/v1/audit", "/metrics", "/",
        ] {
            let answer = try await shop.get(path)
            #expect(answer.status == 200, "\(path): \(answer.text)")
            said.append((path, "\(answer.headers) \(answer.text)"))
        }
        for (path, body, key) in [
            ("/v1/keys", #"{"name": "x", "scopes": ["orders:read"]}"#, "key"),
            ("/v1/webhook-endpoints/\(secrets.endpoint)/rotate-secret", #"{"overlap_seconds": 3600}"#, "secret"),
        ] {
            let answer = try await shop.post(path, body, key: key)
            #expect(answer.headers["idempotent-replayed"] == "true", "\(answer.text)")
            said.append(("a repetition of \(path)", answer.text))
        }
        return said
    }

    private static func commands(_ installation: Installation) async throws -> [Said] {
        var said: [Said] = []
        for arguments in [
            ["keys", "list"], ["orders", "list"], ["dead-letters", "list"], ["audit"], ["audit", "--json"],
        ] {
            let run = try await Program.run(arguments + ["--data", installation.dataPath], in: installation.folder)
            #expect(run.end == .success, "\(arguments): \(run.errors)")
            said.append((arguments.joined(separator: " "), run.output + run.errors))
        }
        return said
    }

    /// What the server said on its terminal.
    private static func logs(_ installation: Installation) throws -> [Said] {
        let program = try installation.server
        return [("standard output", program.output), ("standard error", program.errors)]
    }

    /// Looks into every column of every table, as `file table.column`.
    private static func columns(in folder: String, holding secrets: Secrets) throws -> Set<String> {
        let kinds = [
            "keys": secrets.keys, "webhooks": secrets.webhooks, "couriers": secrets.couriers,
            "methods": secrets.paymentMethods,
        ]
        return try columns(in: folder, holding: kinds)
    }

    private static func columns(in folder: String, holding texts: [String: [String]]) throws -> Set<String> {
        var found: Set<String> = []
        for name in ["orders.db", "warehouse.db", "shipping.db", "access.db", "search.db"] {
            let database = try SQLiteDatabase(path: "\(folder)/\(name)").connect(.read)
            defer { database.close() }
            let columns = try database.rows(
                """
                SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c
                WHERE t.type = 'table'
                """
            ) { ($0.text(0), $0.text(1)) }
            #expect(columns.count > 10)
            for (table, column) in columns {
                for text in texts.values.joined() {
                    let count = try database.integer(
                        """
                        SELECT count(*) FROM "\(table)" WHERE instr(CAST("\(column)" AS BLOB), CAST($1 AS BLOB)) > 0
                        """, [.text(text)])
                    if count > 0 { found.insert("\(name) \(table).\(column)") }
                }
            }
        }
        return found
    }

    /// Files of the folder with one of these texts in their bytes, also where a database has deleted something.
    private static func files(in folder: String, holding texts: [String]) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().filter { name in
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return false }
            return texts.contains { bytes.range(of: Data($0.utf8)) != nil }
        }
    }
}
