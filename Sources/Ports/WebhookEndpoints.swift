import Kernel

/// Where a customer wants to be told.
public struct WebhookEndpoint: Sendable, Equatable {
    public let id: EndpointID
    /// `https://…`, as the customer entered it: untrusted.
    public let url: String
    /// `whsec_…`, the newest first, one or more: all sign while they rotate.
    public let secrets: [String]

    public init(id: EndpointID, url: String, secrets: [String]) {
        self.id = id
        self.url = url
        self.secrets = secrets
    }
}

/// Looks up a customer's endpoint at the moment a delivery needs it.
public protocol WebhookEndpointDirectory: Sendable {
    /// - Returns: `nil` when it was removed or is disabled.
    func endpoint(_ id: EndpointID) async throws(Fault) -> WebhookEndpoint?
}
