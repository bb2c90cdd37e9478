import BPMN
import Catalog
import Kernel
import Orders
import Runtime

/// What callers ask of Orders.
public enum OrdersCommand: Sendable, Equatable {
    indirect case placeOrder(PlaceOrder)
    case cancelOrder(CancelOrder)
    case cancelUnits(CancelUnits)
    case requestReturn(RequestReturn)
    case decideReturn(DecideReturn)
    /// Asks for a return's refund again that the provider refused.
    case retryReturnRefund(ReturnID)
    case createProduct(CreateProduct)
    /// Each is answered on its own: one that is refused does not spoil the others.
    case createProducts([CreateProduct])
    case updateProduct(UpdateProduct)
    /// Tries again where a process stopped.
    case resolveIncident(ResolveIncident)
    case registerWebhookEndpoint(RegisterWebhookEndpoint)
    case updateWebhookEndpoint(UpdateWebhookEndpoint)
    case rotateWebhookSecret(RotateWebhookSecret)
    case disableWebhookEndpoint(EndpointID)
    case replayWebhook(ReplayWebhook)
    /// Forgets who an order went to; what was ordered stays.
    case eraseRecipient(OrderID)
}

extension OrdersLogic {
    public static var routing: CommandRouting<OrdersCommand, OrdersReply> {
        CommandRouting { command in
            switch command {
            case .placeOrder: .anywhere
            case .cancelOrder(let command): .entity(command.orderID.rawValue)
            case .cancelUnits(let command): .entity(command.orderID.rawValue)
            case .requestReturn(let command): .entity(command.orderID.rawValue)
            case .decideReturn(let command): .entity(command.returnID.rawValue)
            case .retryReturnRefund(let id): .entity(id.rawValue)
            case .resolveIncident(let command): .entity(command.orderID.rawValue)
            case .eraseRecipient(let id): .entity(id.rawValue)
            case .replayWebhook(let command): .entity(command.delivery)
            case .createProduct, .createProducts, .updateProduct, .registerWebhookEndpoint, .updateWebhookEndpoint,
                .rotateWebhookSecret, .disableWebhookEndpoint:
                .first
            }
        }
    }
}

/// What an accepted command answers.
public enum OrdersReply: Sendable, Equatable {
    indirect case placed(OrderReceipt)
    indirect case order(OrderReceipt)
    case customerReturn(ReturnView)
    case product(Product)
    case products([Result<Product, ProductRejection>])
    case endpoint(WebhookEndpoint)
    /// The number of the new delivery.
    case delivery(Int64)
    case done
}

/// An order in short.
public struct OrderReceipt: Sendable, Equatable {
    public let id: OrderID
    public let number: String?
    public let trackingToken: TrackingToken
    public let state: OrderState
    public let cancellation: Cancellation.Status
    public let total: Money
    public let placedAt: Instant
    /// The whole of an order that was placed just now.
    public let view: OrderView?

    /// - Parameter lines: of an order that was placed just now.
    init(_ order: Order, lines: [OrderLine]? = nil) {
        id = order.id
        number = order.number
        trackingToken = order.trackingToken
        state = order.state
        cancellation = order.cancellation.status
        total = order.total
        placedAt = order.placedAt
        view = lines.map { OrderView(order: order, lines: $0) }
    }
}

/// Why Orders as a service says no; what its contexts say is in ``PlaceOrderRejection``, ``CancelOrderRejection``,
/// ``CancelUnitsRejection``, ``RequestReturnRejection``, ``ReturnRejection`` and ``ProductRejection``.
public enum OrdersRejection: Rejection {
    case orderNotFound
    case returnNotFound
    case incidentNotFound
    case endpointNotFound
    case deliveryNotFound
    /// Somebody changed it in between.
    case endpointChanged(expected: Int64, current: Int64)
    /// It takes no messages until it is switched on again.
    case endpointDisabled
    case invalidURL
    case invalidSecret
    case invalidTypes

    public var code: String {
        switch self {
        case .orderNotFound: "order_not_found"
        case .returnNotFound: "return_not_found"
        case .incidentNotFound: "incident_not_found"
        case .endpointNotFound: "endpoint_not_found"
        case .deliveryNotFound: "delivery_not_found"
        case .endpointChanged: "version_mismatch"
        case .endpointDisabled: "endpoint_disabled"
        case .invalidURL: "invalid_url"
        case .invalidSecret: "invalid_secret"
        case .invalidTypes: "invalid_types"
        }
    }

    public var detail: String {
        switch self {
        case .orderNotFound: "There is no such order."
        case .returnNotFound: "There is no such return."
        case .incidentNotFound: "The order's process has no such incident."
        case .endpointNotFound: "There is no such webhook endpoint."
        case .deliveryNotFound: "There is no such webhook delivery."
        case .endpointChanged(let expected, let current):
            "The webhook endpoint is at version \(current), not \(expected)."
        case .endpointDisabled: "The webhook endpoint is disabled; enable it first."
        case .invalidURL: "An endpoint is an http or https URL of at most 2,000 printable characters."
        case .invalidSecret: "Give 1–3 secrets of 1–200 printable characters."
        case .invalidTypes: "Name statuses such as shipment.delivered, or none for all."
        }
    }
}
