import Contracts
import Kernel

/// How requests and results of effects are stored: JSON with the kind as a column beside it.
extension EffectRequest {
    public var json: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.object { write(&$0) }
        return writer.bytes
    }

    private func write(_ json: inout JSONWriter) {
        switch self {
        case .authorizePayment(let orderID, let amount, let method):
            json.member("order", orderID)
            json.member("amount", amount)
            json.member("method", method)
        case .capturePayment(let orderID, let authorization, let amount),
            .refundPayment(let orderID, let authorization, let amount):
            json.member("order", orderID)
            json.member("authorization", authorization)
            json.member("amount", amount)
        case .voidPayment(let orderID, let authorization):
            json.member("order", orderID)
            json.member("authorization", authorization)
        case .bookShipment(let booking): booking.write(&json)
        case .voidShipment(let shipmentID, let carrier, let bookingReference):
            json.member("shipment", shipmentID)
            json.member("carrier", carrier)
            json.member("reference", bookingReference)
        case .sendMail(let orderID, let template, let facts):
            json.member("order", orderID)
            json.member("template", template)
            json.member("facts") { object in
                for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
                    object.name(name)
                    object.string(value)
                }
            }
        case .deliverWebhook(let endpointID, let messageID, let type, let body):
            json.member("endpoint", endpointID)
            json.member("message", messageID)
            json.member("type", type)
            json.member("body", body)
        }
    }

    public init(kind: EffectKind, json: JSONValue) throws(Fault) {
        switch kind {
        case .authorizePayment:
            self = .authorizePayment(
                orderID: try json.requireID("order"), amount: try json.requireMoney("amount"),
                method: try json.requireString("method"))
        case .capturePayment:
            self = .capturePayment(
                orderID: try json.requireID("order"), authorization: try json.requireString("authorization"),
                amount: try json.requireMoney("amount"))
        case .refundPayment:
            self = .refundPayment(
                orderID: try json.requireID("order"), authorization: try json.requireString("authorization"),
                amount: try json.requireMoney("amount"))
        case .voidPayment:
            self = .voidPayment(
                orderID: try json.requireID("order"), authorization: try json.requireString("authorization"))
        case .bookShipment: self = .bookShipment(try ShipmentBooking(json))
        case .voidShipment:
            self = .voidShipment(
                shipmentID: try json.requireID("shipment"), carrier: try json.requireString("carrier"),
                bookingReference: try json.requireString("reference"))
        case .sendMail:
            var facts: [String: String] = [:]
            for member in json["facts"]?.object ?? [] { facts[member.name] = member.value.string }
            self = .sendMail(
                orderID: try json.requireID("order"), template: try json.requireString("template"), facts: facts)
        case .deliverWebhook:
            self = .deliverWebhook(
                endpointID: try json.requireID("endpoint"), messageID: try json.requireString("message"),
                type: try json.requireString("type"), body: try json.requireString("body"))
        }
    }
}

extension ShipmentBooking {
    fileprivate func write(_ json: inout JSONWriter) {
        json.member("shipment", shipmentID)
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("warehouse", warehouseID)
        json.member("carrier", carrier)
        json.member("destination", object: { destination.write(&$0) })
        json.member("packages", array: packages) { json, package in json.object { package.write(&$0) } }
        json.member("value", value)
    }

    fileprivate init(_ json: JSONValue) throws(Fault) {
        self.init(
            shipmentID: try json.requireID("shipment"), orderID: try json.requireID("order"),
            fulfillmentID: try json.requireID("fulfillment"), warehouseID: try json.requireID("warehouse"),
            carrier: try json.requireString("carrier"), destination: try Destination(json["destination"] ?? .null),
            packages: try Array(try json.requireArray("packages")) { value throws(Fault) in try PackedPackage(value) },
            value: try json.requireMoney("value"))
    }
}

extension EffectResult {
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { json in
            switch self {
            case .payment(let id): json.member("payment", id)
            case .shipment(let trackingNumber, let price):
                json.member("tracking_number", trackingNumber)
                json.member("price", price)
            case .acknowledged: break
            }
        }
        return writer.bytes
    }

    public init(json: JSONValue) throws(Fault) {
        if let id = json["payment"]?.string {
            self = .payment(id: id)
        } else if json["tracking_number"] != nil {
            self = .shipment(
                trackingNumber: try json.requireString("tracking_number"), price: try json.requireMoney("price"))
        } else {
            self = .acknowledged
        }
    }
}
