import Kernel
import Ports

/// Makes the call that an effect stands for, or finds out what became of a former one.
public struct OutsideWorld: EffectGateway {
    private let carriers: [String: any CarrierGateway]
    private let payment: any PaymentGateway
    private let recipients: any RecipientDirectory
    private let mail: MailWriter
    private let webhooks: WebhookSender

    /// - Parameter carriers: one per code.
    public init(
        carriers: [any CarrierGateway], payment: any PaymentGateway, recipients: any RecipientDirectory,
        mail: MailWriter, webhooks: WebhookSender
    ) {
        var byCode: [String: any CarrierGateway] = [:]
        for carrier in carriers {
            precondition(byCode[carrier.code] == nil, "two carriers are called \(carrier.code)")
            byCode[carrier.code] = carrier
        }
        self.carriers = byCode
        self.payment = payment
        self.recipients = recipients
        self.mail = mail
        self.webhooks = webhooks
    }

    public func perform(_ effect: Effect, now: Instant) async -> EffectOutcome {
        do {
            if effect.isUncertain, let result = try await formerResult(effect) { return .done(result) }
            return .done(try await call(effect, now: now))
        } catch {
            return Self.outcome(of: error, effect, now: now)
        }
    }

    /// Looks up what a former call did.
    ///
    /// - Returns: `nil` when it did nothing, and for calls that are made again without harm: voiding twice is voiding,
    ///   a mail that is written stays as it is, and receivers know a webhook message by its id.
    /// - Throws: unknown when the look-up did not succeed either, however it failed: what it was about stays open.
    private func formerResult(_ effect: Effect) async throws(GatewayFault) -> EffectResult? {
        let reference = effect.key.reference
        do {
            switch effect.request {
            case .authorizePayment, .capturePayment, .refundPayment:
                return try await payment.lookUp(reference: reference).map { .payment(id: $0) }
            case .voidPayment:
                return try await payment.lookUp(reference: reference).map { _ in .acknowledged }
            case .bookShipment(let booking):
                guard let label = try await carrier(booking.carrier).lookUp(reference: reference) else { return nil }
                return .shipment(trackingNumber: label.trackingNumber, price: label.price)
            case .voidShipment, .sendMail, .deliverWebhook: return nil
            }
        } catch {
            switch error {
            case .refused(let code, let detail): throw .unknown(reason: "look-up refused: \(code) \(detail)")
            case .failed(let reason, _), .unknown(let reason): throw .unknown(reason: "look-up: \(reason)")
            }
        }
    }

    private func call(_ effect: Effect, now: Instant) async throws(GatewayFault) -> EffectResult {
        let reference = effect.key.reference
        switch effect.request {
        case .authorizePayment(_, let amount, let method):
            return .payment(id: try await payment.authorize(amount, method: method, reference: reference))
        case .capturePayment(_, let authorization, let amount):
            return .payment(id: try await payment.capture(authorization, amount, reference: reference))
        case .refundPayment(_, let authorization, let amount):
            return .payment(id: try await payment.refund(authorization, amount, reference: reference))
        case .voidPayment(_, let authorization):
            try await payment.void(authorization, reference: reference)
        case .bookShipment(let booking):
            let carrier = try carrier(booking.carrier)
            let label = try await carrier.book(
                booking, recipient: try await recipient(of: booking.orderID), reference: reference)
            return .shipment(trackingNumber: label.trackingNumber, price: label.price)
        case .voidShipment(_, let carrier, let bookingReference):
            try await self.carrier(carrier).void(reference: bookingReference)
        case .sendMail(let orderID, let template, let facts):
            try await mail.send(
                template: template, facts: facts, orderID: orderID, to: try await recipient(of: orderID),
                reference: reference, now: now)
        case .deliverWebhook(let endpointID, let messageID, let type, let body):
            try await webhooks.deliver(to: endpointID, messageID: messageID, type: type, body: body, now: now)
        }
        return .acknowledged
    }

    private func carrier(_ code: String) throws(GatewayFault) -> any CarrierGateway {
        guard let carrier = carriers[code] else {
            throw .refused(code: "carrier_unknown", detail: "no carrier '\(code)' is configured")
        }
        return carrier
    }

    private func recipient(of orderID: OrderID) async throws(GatewayFault) -> Recipient {
        let found: Recipient?
        do {
            found = try await recipients.recipient(of: orderID)
        } catch {
            throw .failed(reason: error.description, retryAfter: nil)
        }
        guard let recipient = found else {
            throw .refused(code: "recipient_erased", detail: "the person behind \(orderID) was erased")
        }
        return recipient
    }

    private static func outcome(of fault: GatewayFault, _ effect: Effect, now: Instant) -> EffectOutcome {
        switch fault {
        case .refused(let code, let detail): return .refused(code: code, detail: detail)
        case .unknown(let reason): return .unknown(reason: reason, lookUpAt: now)
        case .failed(let reason, let retryAfter):
            let at = now + (retryAfter ?? .zero)
            // This call certainly did nothing, a former one may still arrive.
            if effect.isUncertain { return .unknown(reason: reason, lookUpAt: at) }
            return .failed(reason: reason, retryAt: at)
        }
    }
}
