import Contracts
import Kernel

/// Events from a broker or a feed are refused, or read again as the same when they are written anew.
func fuzzEvents(_ bytes: [UInt8]) {
    for envelopes in [one(bytes), several(bytes)] {
        guard let envelopes else { continue }
        let batch = CloudEvents.batch(envelopes)
        guard let again = several(batch) else {
            preconditionFailure("\(String(decoding: batch, as: UTF8.self)) cannot be read back")
        }
        precondition(CloudEvents.batch(again) == batch, "\(String(decoding: batch, as: UTF8.self)) changed")
        precondition(one(CloudEvents.document(envelopes[0])) != nil, "the first alone cannot be read back")
    }
}

private func one(_ bytes: [UInt8]) -> [Envelope]? {
    do throws(Fault) { return [try CloudEvents.read(bytes)] } catch { return nil }
}

/// - Returns: `nil` for none, too.
private func several(_ bytes: [UInt8]) -> [Envelope]? {
    do throws(Fault) {
        let envelopes = try CloudEvents.readBatch(bytes)
        return envelopes.isEmpty ? nil : envelopes
    } catch {
        return nil
    }
}
