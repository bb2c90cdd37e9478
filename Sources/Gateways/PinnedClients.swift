import AsyncHTTPClient
import NIOCore
import Synchronization

/// HTTP clients that each connect to one address only: the one that was checked, whatever the name says a moment later.
///
/// Kept for the hosts used last, so that their connections are used again. The certificate is still checked against
/// the name.
final class PinnedClients: Sendable {
    private struct Pin: Hashable {
        let host: String
        let address: IPAddress
    }

    private struct Entry {
        let client: HTTPClient
        var users = 0
        var lastUse: UInt64 = 0
    }

    private struct State {
        var entries: [Pin: Entry] = [:]
        var uses: UInt64 = 0
    }

    private let state = Mutex(State())
    private let limits: HTTPLimits
    private let capacity: Int

    init(limits: HTTPLimits, capacity: Int = 128) {
        self.limits = limits
        self.capacity = capacity
    }

    // As with the connections to parties: a client that is let go without being shut down is a crash.
    deinit {
        for client in state.withLock({ $0.entries.values.map(\.client) }) { client.shutdown { _ in } }
    }

    /// Lends a client that connects to `address` only, for as long as `body` runs.
    func with<Value: Sendable>(
        host: String, address: IPAddress, _ body: (HTTPClient) async -> Value
    ) async -> Value {
        let pin = Pin(host: host, address: address)
        let client = state.withLock { state in
            var entry = state.entries[pin] ?? Entry(client: makeClient(pin))
            state.uses += 1
            entry.users += 1
            entry.lastUse = state.uses
            state.entries[pin] = entry
            return entry.client
        }
        let value = await body(client)
        let surplus = state.withLock { state -> HTTPClient? in
            state.entries[pin]?.users -= 1
            guard state.entries.count > capacity else { return nil }
            let idle = state.entries.filter { $0.value.users == 0 }
            guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return nil }
            return state.entries.removeValue(forKey: oldest.key)?.client
        }
        // Nothing is in flight on it; whether its idle connections closed cleanly is of no interest.
        if let surplus { try? await surplus.shutdown() }
        return value
    }

    func close() async {
        let clients = state.withLock { state in
            let clients = state.entries.values.map(\.client)
            state.entries = [:]
            return clients
        }
        for client in clients { try? await client.shutdown() }
    }

    private func makeClient(_ pin: Pin) -> HTTPClient {
        var configuration = HTTPCaller.configuration(limits, connections: 8)
        if IPAddress(pin.host) == nil { configuration.dnsOverride = [pin.host: pin.address.text] }
        let expected = pin.address
        // The override already decides; this notices if it ever did not.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            guard let actual = channel.remoteAddress?.ipAddress, IPAddress(actual)?.bytes == expected.bytes else {
                return channel.eventLoop.makeFailedFuture(UnexpectedAddress())
            }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        return HTTPCaller.client(configuration)
    }
}

struct UnexpectedAddress: Error {}
