import Kernel
import Shipping
import Signing

/// The small texts inside requests: times, ids, numbers of goods, codes. What is read is written as a text that reads as
/// the same.
func fuzzText(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let instant = Instant(rfc3339: text) {
        precondition(Instant(rfc3339: instant.rfc3339) == instant, "\(text) was read as \(instant)")
    }
    fuzzID(text, OrderKind.self)
    fuzzID(text, ShipmentKind.self)
    for digits in [GTIN(text)?.digits, SSCC(text)?.digits, GLN(text)?.digits] {
        precondition(digits.map { $0 == text && $0.utf8.allSatisfy { (48...57).contains($0) } } ?? true, text)
    }
    if let sku = SKU(text) { precondition(SKU(sku.text) == sku && !sku.text.isEmpty, text) }
    if let currency = Currency(text) { precondition(Currency(currency.code) == currency, text) }
    if let status = ShipmentStatus(name: text) { precondition(status.name == text, text) }
    if let decoded = Base64.decode(text) {
        precondition(Base64.decode(Base64.encode(decoded)) == decoded, text)
    }
    if let secret = WebhookSecret(text: text) {
        precondition(WebhookSecret(text: secret.text) == secret, "a secret changed")
    }
}

private func fuzzID<Kind: EntityKind>(_ text: String, _: Kind.Type) {
    guard let id = EntityID<Kind>(text: text) else { return }
    precondition(id.rawValue > 0 && id.text == text, "\(text) was read as \(id.text)")
}
