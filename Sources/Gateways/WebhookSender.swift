import Kernel
import NIOHTTP1
import Ports
import Signing

/// Delivers messages to customers' endpoints, whose addresses are chosen by strangers.
///
/// A name is resolved, every address it has is checked, and the connection is made to an address that was checked.
/// Redirects are failures.
///
/// - Source: Standard Webhooks, "Deliverability and reliability", "Server side request forgery".
public final class WebhookSender: Sendable {
    public struct Options: Sendable {
        /// Lets endpoints be on this machine and in private networks: for demonstrations and tests.
        public var allowsPrivateAddresses: Bool
        /// Lets endpoints be without TLS.
        public var allowsPlainHTTP: Bool
        public var limits: HTTPLimits

        public init(
            allowsPrivateAddresses: Bool = false, allowsPlainHTTP: Bool = false,
            limits: HTTPLimits = HTTPLimits(connect: .seconds(5), total: .seconds(20), bodyBytesMax: 64 * 1024)
        ) {
            self.allowsPrivateAddresses = allowsPrivateAddresses
            self.allowsPlainHTTP = allowsPlainHTTP
            self.limits = limits
        }
    }

    private let directory: any WebhookEndpointDirectory
    private let options: Options
    private let threads: BlockingThreads
    private let clients: PinnedClients

    public init(directory: any WebhookEndpointDirectory, options: Options = Options(), threads: BlockingThreads) {
        self.directory = directory
        self.options = options
        self.threads = threads
        clients = PinnedClients(limits: options.limits)
    }

    /// Closes all connections. Call it once, when nothing is in flight.
    public func close() async { await clients.close() }

    /// Delivers one message: one try.
    ///
    /// - Parameters:
    ///   - messageID: the same over all tries; receivers drop what they have seen by it.
    ///   - body: JSON.
    ///   - now: the signature's time.
    /// - Throws: refused with `endpoint_unknown`, `endpoint_invalid`, `endpoint_insecure`, `address_refused` or
    ///   `endpoint_gone` (HTTP 410); unknown when no answer came back; failed for anything else.
    public func deliver(
        to endpointID: EndpointID, messageID: String, type: String, body: String, now: Instant
    ) async throws(GatewayFault) {
        let (url, secrets) = try await target(endpointID)
        let address = try await checkedAddress(of: url.host)
        let bytes = Array(body.utf8)
        let seconds = now.milliseconds / 1000
        let headers: HTTPHeaders = [
            "content-type": "application/json", "user-agent": "Doorstep-Webhooks/1",
            WebhookSignature.idHeader: messageID, WebhookSignature.timestampHeader: String(seconds),
            WebhookSignature.signatureHeader: WebhookSignature.sign(
                id: messageID, timestamp: seconds, body: bytes, secrets: secrets),
            "webhook-type": type,
        ]
        let exchange = await clients.with(host: url.host, address: address) { client in
            await HTTPCaller.exchange(
                .POST, url.text, headers: headers, body: bytes, limits: options.limits, client: client)
        }
        try Self.judge(exchange)
    }

    /// Whether a URL may be registered as an endpoint at all: the checks of ``deliver(to:messageID:type:body:now:)``
    /// without a delivery. Names are resolved again at each delivery, since they may change.
    /// - Throws: as a delivery does.
    public func check(url text: String) async throws(GatewayFault) {
        _ = try await checkedAddress(of: try parsed(text).host)
    }

    private func target(_ endpointID: EndpointID) async throws(GatewayFault) -> (WebhookURL, [WebhookSecret]) {
        let found: WebhookEndpoint?
        do {
            found = try await directory.endpoint(endpointID)
        } catch {
            throw .failed(reason: error.description, retryAfter: nil)
        }
        guard let endpoint = found else {
            throw .refused(code: "endpoint_unknown", detail: "\(endpointID) was removed or is disabled")
        }
        let secrets = endpoint.secrets.compactMap { WebhookSecret(text: $0) }
        guard !secrets.isEmpty else {
            throw .refused(code: "endpoint_invalid", detail: "\(endpointID) has no valid secret")
        }
        return (try parsed(endpoint.url), secrets)
    }

    private func parsed(_ text: String) throws(GatewayFault) -> WebhookURL {
        guard let url = WebhookURL(text) else {
            throw .refused(code: "endpoint_invalid", detail: "the URL is not one that we call")
        }
        guard url.isEncrypted || options.allowsPlainHTTP else {
            throw .refused(code: "endpoint_insecure", detail: "the URL must begin with https://")
        }
        return url
    }

    private func checkedAddress(of host: String) async throws(GatewayFault) -> IPAddress {
        let addresses: [IPAddress]
        switch await threads.run({ NameResolution.addresses(of: host) }) {
        case .success(let found): addresses = found
        case .failure(let failure): throw .failed(reason: "name resolution: \(failure.reason)", retryAfter: nil)
        }
        // One bad address spoils all: a name that has both is an attack or a mistake.
        guard options.allowsPrivateAddresses || addresses.allSatisfy(AddressPolicy.isPublic) else {
            throw .refused(code: "address_refused", detail: "the host is not on the public Internet")
        }
        return addresses[0]
    }

    private static func judge(_ exchange: HTTPExchange) throws(GatewayFault) {
        switch exchange {
        case .notSent(let reason): throw .failed(reason: reason, retryAfter: nil)
        case .lost(let reason): throw .unknown(reason: reason)
        case .answered(let answer):
            switch answer.status {
            case 200..<300: return
            case 410: throw .refused(code: "endpoint_gone", detail: "the endpoint answered 410 Gone")
            default: throw .failed(reason: "HTTP \(answer.status)", retryAfter: answer.retryAfter)
            }
        }
    }
}
