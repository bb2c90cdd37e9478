import Kernel
import Ports
import Runtime
import Signing

/// Answers under idempotency keys for what is done in no service's mailbox: keys and dead letters.
struct KeptAnswer<Subject: Sendable>: Sendable {
    let key: IdempotencyKey
    let render: @Sendable (Subject) -> StoredAnswer

    func save(_ subject: Subject, _ database: any DatabaseConnection, now: Instant) throws(Fault) {
        try AccessAnswers.insert(key, render(subject), database, now: now)
    }
}

enum AccessAnswers {
    static let window = Duration.seconds(24 * 3600)

    static func insert(
        _ key: IdempotencyKey, _ answer: StoredAnswer, _ database: any DatabaseConnection, now: Instant
    ) throws(Fault) {
        try database.execute("DELETE FROM access_answers WHERE created_at < $1", [.instant(now - window)])
        try database.execute(
            "INSERT INTO access_answers (client, key, fingerprint, answer, created_at) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(key.client), .text(key.key), .text(Hexadecimal.encode(key.fingerprint)),
                .text(String(decoding: answer.bytes, as: UTF8.self)), .instant(now),
            ])
    }

    static func find(
        _ key: IdempotencyKey, _ database: any DatabaseConnection
    ) throws(Fault) -> (fingerprint: String, answer: [UInt8])? {
        try database.first(
            "SELECT fingerprint, answer FROM access_answers WHERE client = $1 AND key = $2",
            [.integer(key.client), .text(key.key)]
        ) { ($0.text(0), Array($0.text(1).utf8)) }
    }
}

extension AccessStore {
    /// The answer to an earlier request with the same key.
    ///
    /// - Throws: 422 when that request was another one.
    func replay(_ key: IdempotencyKey) async throws(Problem) -> Reply? {
        let found = try await attempt { () async throws(Fault) in
            try await self.transaction { connection throws(Fault) in try AccessAnswers.find(key, connection) }
        }
        guard let found else { return nil }
        guard found.fingerprint == Hexadecimal.encode(key.fingerprint) else { throw .keyReused }
        return try StoredAnswer(found.answer).reply.with(.idempotentReplayed, "true")
    }

    func keep(_ answer: StoredAnswer, under key: IdempotencyKey) async throws(Fault) {
        let now = clock.now
        try await transaction { connection throws(Fault) in
            try AccessAnswers.insert(key, answer, connection, now: now)
        }
    }
}

/// Turns faults into problems.
func attempt<Result>(_ body: () async throws(Fault) -> Result) async throws(Problem) -> Result {
    do throws(Fault) {
        return try await body()
    } catch {
        throw Problem(error)
    }
}
