import Gateways
import Kernel
import OrdersService
import Ports
import Runtime

/// Everything that reaches the outside: carriers, the payment provider, mail and webhooks.
struct OutsideConnections: Sendable {
    let gateway: OutsideWorld
    private let connections: PartyConnections
    private let webhooks: WebhookSender
    private let threads: BlockingThreads

    /// - Parameters:
    ///   - partiesURL: under which `/couriers/CODE` and `/payments` are reached.
    ///   - carriers: their codes.
    ///   - publicURL: under which customers reach their tracking pages.
    ///   - dataFolder: in which mail is written that is not handed to `sendmail`.
    ///   - recipients: who orders go to.
    ///   - allowsLocalWebhooks: they may then go to this machine and private networks, over plain HTTP too.
    init(
        partiesURL: String, carriers: [String], mail: MailConfiguration, publicURL: String, dataFolder: String,
        allowsLocalWebhooks: Bool, ordersReads: ReadPool, recipients: any RecipientDirectory
    ) throws(Fault) {
        let connections = PartyConnections()
        threads = BlockingThreads()
        webhooks = WebhookSender(
            directory: OrdersWebhookEndpoints(reads: ordersReads, clock: SystemClock()),
            options: WebhookSender.Options(
                allowsPrivateAddresses: allowsLocalWebhooks, allowsPlainHTTP: allowsLocalWebhooks),
            threads: threads)
        gateway = OutsideWorld(
            carriers: carriers.map {
                HTTPCarrierGateway(code: $0, baseURL: "\(partiesURL)/couriers/\($0)", connections: connections)
            },
            payment: HTTPPaymentGateway(baseURL: "\(partiesURL)/payments", connections: connections),
            recipients: recipients,
            mail: MailWriter(
                delivery: mail.delivery(dataFolder: dataFolder), fromName: mail.senderName, fromAddress: mail.sender,
                trackingURL: "\(publicURL)/track/", threads: threads),
            webhooks: webhooks)
        self.connections = connections
    }

    /// Why a URL may not be registered as a webhook endpoint; `nil` when it may. A name that does not resolve now may.
    func refusal(ofWebhookURL url: String) async -> String? {
        do {
            try await webhooks.check(url: url)
        } catch GatewayFault.refused(_, let detail) {
            return detail
        } catch {
            return nil
        }
        return nil
    }

    func close() async {
        await webhooks.close()
        do throws(Fault) {
            try await connections.close()
        } catch {
            Terminal.tell("Closing connections: \(error)")
        }
        threads.close()
    }
}
