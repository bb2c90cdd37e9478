import AsyncHTTPClient
import Contracts
import Foundation
import Gateways
import Kernel
import Logging
import NIOCore
import Ports
import Sandbox
import Synchronization
import Testing

struct SystemClock: WallClock {
    var now: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

/// Waits for a condition instead of for a time; fails when it does not come true.
func eventually(
    within limit: Duration = .seconds(20), _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("not within \(limit): \(what)", sourceLocation: sourceLocation)
}

/// A sandbox on a port of its own, reached over real sockets.
struct RunningSandbox: Sendable {
    let baseURL: String
    let port: Int

    func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> JSONValue {
        var request = HTTPClientRequest(url: "\(baseURL)/control/\(path)")
        request.method = .init(rawValue: method)
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        #expect(response.status.code == 200, "\(method) \(path): \(String(buffer: bytes))")
        return try JSONValue(parsing: bytes.readableBytesView)
    }

    func setFaults(_ party: String, _ document: String) async throws {
        _ = try await control("POST", "faults/\(party)", document)
    }

    func clearFaults(_ party: String) async throws { _ = try await control("DELETE", "faults/\(party)") }

    func books() async throws -> JSONValue { try await control("GET", "books") }
}

/// Runs a sandbox while `body` runs.
func withSandbox<Value: Sendable>(
    _ configure: (inout SandboxConfiguration) -> Void = { _ in },
    _ body: @Sendable (RunningSandbox) async throws -> Value
) async throws -> Value {
    var configuration = SandboxConfiguration(port: 0)
    for index in configuration.couriers.indices { configuration.couriers[index].journey.pickup = .seconds(3_600) }
    configure(&configuration)
    let (ports, announce) = AsyncStream<Int>.makeStream()
    let server = SandboxServer(configuration, logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }) {
        SystemClock().now
    }
    let running = Task {
        defer { announce.finish() }
        try await server.run { port in announce.yield(port) }
    }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else {
        try await running.value
        throw Fault("sandbox_ended", retryable: false, "before it listened")
    }
    defer { running.cancel() }
    let value = try await body(RunningSandbox(baseURL: "http://127.0.0.1:\(port)", port: port))
    running.cancel()
    try await running.value
    return value
}

/// One person for every order.
struct OnePerson: RecipientDirectory {
    var email: String? = "ada@example.com"
    var isErased = false

    func recipient(of orderID: OrderID) async throws(Fault) -> Recipient? {
        guard !isErased else { return nil }
        return Recipient(
            name: "Ada Example", street: "Main Street 1", city: "Berlin", postalCode: "10115", country: "DE",
            email: email)
    }
}

/// Endpoints from a table.
struct EndpointTable: WebhookEndpointDirectory {
    let endpoints: [EndpointID: WebhookEndpoint]

    func endpoint(_ id: EndpointID) async throws(Fault) -> WebhookEndpoint? { endpoints[id] }
}

/// Everything outside, wired to one sandbox; close it at the end.
struct Outside: Sendable {
    let world: OutsideWorld
    let payment: HTTPPaymentGateway
    let mailFolder: String
    let connections: PartyConnections
    let webhooks: WebhookSender
    let threads: BlockingThreads

    init(
        baseURL: String, total: Duration = .seconds(5), recipients: OnePerson = OnePerson(),
        endpoints: [EndpointID: WebhookEndpoint] = [:]
    ) throws {
        let limits = HTTPLimits(connect: .seconds(2), total: total)
        threads = BlockingThreads(count: 2)
        connections = PartyConnections(limits: limits)
        mailFolder = FileManager.default.temporaryDirectory.appendingPathComponent("mail-\(UUID().uuidString)").path
        webhooks = WebhookSender(
            directory: EndpointTable(endpoints: endpoints),
            options: .init(allowsPrivateAddresses: true, allowsPlainHTTP: true, limits: limits), threads: threads)
        let connections = connections
        payment = HTTPPaymentGateway(baseURL: "\(baseURL)/payments", limits: limits, connections: connections)
        world = OutsideWorld(
            carriers: ["swift", "turtle"].map {
                HTTPCarrierGateway(
                    code: $0, baseURL: "\(baseURL)/couriers/\($0)", limits: limits, connections: connections)
            },
            payment: payment, recipients: recipients,
            mail: MailWriter(
                delivery: .folder(path: mailFolder), fromName: "Doorstep",
                fromAddress: try #require(MailAddress("shop@example.com")),
                trackingURL: "https://shop.example/track/", threads: threads),
            webhooks: webhooks)
    }

    func close() async throws {
        await webhooks.close()
        try await connections.close()
        threads.close()
    }

    /// Performs an effect as a worker would, until it ends: what is unknown comes back uncertain.
    func resolve(_ effect: Effect, triesMax: Int = 10) async -> EffectOutcome {
        var effect = effect
        for _ in 0..<triesMax {
            let outcome = await world.perform(effect, now: SystemClock().now)
            switch outcome {
            case .done, .refused: return outcome
            case .failed, .withheld: effect.isUncertain = false
            case .unknown: effect.isUncertain = true
            }
            effect.attempts += 1
        }
        return .refused(code: "never_resolved", detail: "")
    }
}

enum Sample {
    static func booking(_ number: Int64, carrier: String = "swift", country: String = "DE") throws -> ShipmentBooking {
        ShipmentBooking(
            shipmentID: ShipmentID(rawValue: number), orderID: OrderID(rawValue: number),
            fulfillmentID: FulfillmentID(rawValue: number), warehouseID: WarehouseID(rawValue: 1), carrier: carrier,
            destination: Destination(
                country: country, place: try #require(GeoPoint(latitude: 52.5, longitude: 13.4))),
            packages: [
                PackedPackage(packageID: PackageID(rawValue: number), sscc: "340123450000000018", weightGrams: 1_200)
            ], value: Money(5_000, .eur))
    }

    static func book(_ number: Int64, carrier: String = "swift", country: String = "DE") throws -> Effect {
        effect(.bookShipment, number, .bookShipment(try booking(number, carrier: carrier, country: country)))
    }

    static func authorize(_ number: Int64, amount: Int64 = 5_000, method: String = "tok_ok") -> Effect {
        effect(
            .authorizePayment, number,
            .authorizePayment(orderID: OrderID(rawValue: number), amount: Money(amount, .eur), method: method))
    }

    static func capture(_ number: Int64, _ authorization: String, amount: Int64 = 5_000) -> Effect {
        effect(
            .capturePayment, number,
            .capturePayment(
                orderID: OrderID(rawValue: number), authorization: authorization, amount: Money(amount, .eur)))
    }

    static func effect(_ kind: EffectKind, _ number: Int64, _ request: EffectRequest) -> Effect {
        Effect(key: EffectKey(kind, number), entity: number, request: request, dueAt: Instant(milliseconds: 0))
    }
}

/// Outcomes in the order they came.
final class OutcomeRecorder: Sendable {
    private let state = Mutex<[(Effect, EffectOutcome)]>([])

    var all: [(effect: Effect, outcome: EffectOutcome)] { state.withLock { $0 } }
    var count: Int { state.withLock { $0.count } }
    func record(_ effect: Effect, _ outcome: EffectOutcome) { state.withLock { $0.append((effect, outcome)) } }
}
