import Hummingbird
import Kernel

/// An answer as it is kept under an idempotency key: the status, `Location` and the body.
///
/// Stored as a line `201 /v1/orders/ord_…` (the address may be missing), then the body.
struct StoredAnswer: Sendable, Equatable {
    let status: Int
    let location: String?
    let body: [UInt8]

    init(_ status: Int, location: String? = nil, _ body: [UInt8]) {
        self.status = status
        self.location = location
        self.body = body
    }

    /// An answer whose body is a JSON object.
    static func object(
        _ status: Int, location: String? = nil, _ write: (inout JSONWriter) -> Void
    ) -> StoredAnswer {
        var writer = JSONWriter(reserving: 512)
        writer.object(write)
        return StoredAnswer(status, location: location, writer.bytes)
    }

    var bytes: [UInt8] {
        Array("\(status)\(location.map { " " + $0 } ?? "")\n".utf8) + body
    }

    /// - Throws: 500 for bytes that are no stored answer.
    init(_ bytes: [UInt8]) throws(Problem) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { throw Self.malformed }
        let line = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard let first = line.first, let status = Int(first), (200...599).contains(status) else {
            throw Self.malformed
        }
        self.init(status, location: line.count > 1 ? String(line[1]) : nil, Array(bytes[(end + 1)...]))
    }

    private static let malformed = Problem(Fault("malformed_answer", retryable: false, "a stored answer"))

    var reply: Reply {
        let reply = status == 204 ? Reply.none : Reply.json(status, body)
        return location.map { reply.with(.location, $0) } ?? reply
    }
}
