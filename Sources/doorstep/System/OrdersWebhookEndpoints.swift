import Kernel
import OrdersService
import Ports
import Runtime

/// Looks webhook endpoints up in Orders' tables, for whoever delivers.
struct OrdersWebhookEndpoints: WebhookEndpointDirectory {
    let reads: ReadPool
    let clock: any WallClock

    func endpoint(_ id: EndpointID) async throws(Fault) -> Ports.WebhookEndpoint? {
        let now = clock.now
        return try await reads.read { database throws(Fault) in
            guard let endpoint = try OrdersQueries.endpoint(id, database), endpoint.isActive else { return nil }
            return Ports.WebhookEndpoint(id: endpoint.id, url: endpoint.url, secrets: endpoint.signingSecrets(at: now))
        }
    }
}
