import Kernel
import Shipping
import Signing

/// Lines before an empty one are headers, the rest is the body: no headers that a stranger writes are ever accepted,
/// and a body that was signed is read or refused with reasons.
func fuzzWebhook(_ bytes: [UInt8]) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)[...]
    let headers = (0..<3).map { _ in lines.popFirst().map { String(decoding: $0, as: UTF8.self) } }
    let body = lines.first.map { Array($0) } ?? []
    let now = Instant(milliseconds: 1_800_000_000_000)
    let secret = WebhookSecret(text: "whsec_c2VjcmV0IG9mIHRoZSBjb3VyaWVyIGluIGZ1enppbmc=")
    guard let secret else { preconditionFailure("the secret is no secret") }
    precondition(!isAccepted(headers[0], headers[1], headers[2], body, secret, now), "a forged signature was accepted")

    if let id = headers[0], !id.isEmpty {
        let signature = WebhookSignature.sign(id: id, timestamp: 1_800_000_000, body: body, secrets: [secret])
        precondition(isAccepted(id, "1800000000", signature, body, secret, now), "an own signature was refused")
    }
    for vocabulary in [CourierReportReading.Vocabulary.threeStatuses, .all(carrier: "swift")] {
        readReport(body, vocabulary, now)
    }
}

private func isAccepted(
    _ id: String?, _ timestamp: String?, _ signature: String?, _ body: [UInt8], _ secret: WebhookSecret, _ now: Instant
) -> Bool {
    do throws(WebhookRejection) {
        try WebhookSignature.verify(
            id: id, timestamp: timestamp, signature: signature, body: body, secrets: [secret], now: now)
        return true
    } catch {
        return false
    }
}

private func readReport(_ body: [UInt8], _ vocabulary: CourierReportReading.Vocabulary, _ now: Instant) {
    guard let json = try? JSONValue(parsing: body) else { return }
    do throws(CourierReportRejection) {
        let report = try CourierReportReading(vocabulary).read(json, now: now)
        precondition(report.occurredAt - now <= CourierReportReading.clockTolerance, "from the future")
    } catch {
        precondition(!error.problems.isEmpty, "refused without a reason")
    }
}
