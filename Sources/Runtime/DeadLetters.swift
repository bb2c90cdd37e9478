import Contracts
import Kernel
import Ports

/// Inputs that could not be handled, and all later inputs of their keys behind them, in order.
public enum DeadLetters {
    /// What the console and the command line show.
    public struct Letter: Sendable, Equatable {
        public let id: Int64
        public let key: Int64
        /// `event`, `outcome` or `withdrawn`.
        public let input: String
        /// The event's type or the effect's reference.
        public let label: String
        public let payload: String
        /// Why the first of a key failed; `nil` for those behind it.
        public let error: String?
        public let parkedAt: Instant
        public let discardedBecause: String?
        /// Whose owner replays and discards it.
        public let partition: Int
    }

    /// Letters in the order of their parking.
    ///
    /// - Parameter id: the last letter of the page before.
    public static func list(_ database: any DatabaseConnection, limit: Int, after id: Int64 = 0) throws(Fault)
        -> [Letter]
    {
        try database.rows(
            """
            SELECT id, key, input, label, payload, error, parked_at, discarded_because, partition FROM dead_letters
            WHERE id > $1 ORDER BY id LIMIT $2
            """, [.integer(id), .int(limit)], letter)
    }

    /// Those that wait for a person, oldest first.
    public static func open(_ database: any DatabaseConnection, limit: Int) throws(Fault) -> [Letter] {
        try database.rows(
            """
            SELECT id, key, input, label, payload, error, parked_at, discarded_because, partition FROM dead_letters
            WHERE discarded_because IS NULL ORDER BY id LIMIT $1
            """, [.int(limit)], letter)
    }

    /// How many wait for a person.
    public static func openCount(_ database: any DatabaseConnection) throws(Fault) -> Int64 {
        try database.integer("SELECT count(*) FROM dead_letters WHERE discarded_because IS NULL")
    }

    static func keys(_ database: any DatabaseConnection, partition: Int) throws(Fault) -> Set<Int64> {
        Set(
            try database.rows(
                "SELECT DISTINCT key FROM dead_letters WHERE partition = $1 AND discarded_because IS NULL",
                [.int(partition)]
            ) { $0.integer(0) })
    }

    static func open(_ database: any DatabaseConnection, key: Int64, partition: Int) throws(Fault) -> [Letter] {
        try database.rows(
            """
            SELECT id, key, input, label, payload, error, parked_at, discarded_because, partition FROM dead_letters
            WHERE key = $1 AND partition = $2 AND discarded_because IS NULL ORDER BY id
            """, [.integer(key), .int(partition)], letter)
    }

    private static func letter(_ row: any SQLRow) -> Letter {
        Letter(
            id: row.integer(0), key: row.integer(1), input: row.text(2), label: row.text(3), payload: row.text(4),
            error: row.optionalText(5), parkedAt: row.instant(6), discardedBecause: row.optionalText(7),
            partition: row.int(8))
    }

    static func park<Command>(
        _ input: Input<Command>, key: Int64, error: Fault?, _ database: any DatabaseConnection, partition: Int,
        of count: Int, now: Instant
    ) throws(Fault) {
        guard let stored = StoredInput(input) else { return }
        // Partitions take turns in the numbers, so that none waits for another.
        let id = try database.integer(
            "SELECT coalesce(max(id) + $2, $1 + 1) FROM dead_letters WHERE partition = $1",
            [.int(partition), .int(count)])
        try database.execute(
            """
            INSERT INTO dead_letters (id, partition, key, input, label, payload, error, parked_at, discarded_because)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)
            """,
            [
                .integer(id), .int(partition), .integer(key), .text(stored.input), .text(stored.label),
                .text(stored.payload), .text(error?.description), .instant(now),
            ])
    }

    static func remove(_ letters: [Letter], _ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater("DELETE FROM dead_letters WHERE id = $1", letters.map { [.integer($0.id)] })
    }

    static func discard(_ letter: Letter, because reason: String, _ database: any DatabaseConnection) throws(Fault) {
        try database.execute(
            "UPDATE dead_letters SET discarded_because = $2 WHERE id = $1", [.integer(letter.id), .text(reason)])
    }
}

/// What a person asks of parked inputs.
public struct DeadLetterRequest: Sendable {
    /// What shall be done.
    public enum Action: Sendable, Equatable {
        /// Handle all parked inputs of the key now, in order.
        case replay(key: Int64)
        /// Give one letter up, for a reason that is kept.
        case discard(id: Int64, reason: String)
    }

    public let action: Action
    /// The letter's.
    public let partition: Int
    /// What the audit log is told in the same transaction; `nil` for tests and tools.
    public let audit: AuditRecord?
    /// Called once: how many letters were replayed or discarded, or why none.
    public let completion: @Sendable (Result<Int, Fault>) -> Void

    public init(
        _ action: Action, partition: Int = 0, audit: AuditRecord? = nil,
        completion: @escaping @Sendable (Result<Int, Fault>) -> Void
    ) {
        self.action = action
        self.partition = partition
        self.audit = audit
        self.completion = completion
    }
}

/// An input as a row. Commands are never stored: whoever sent one was told.
struct StoredInput {
    let input: String
    let label: String
    let payload: String

    init?<Command>(_ input: Input<Command>) {
        switch input {
        case .event(let envelope):
            self.input = "event"
            label = "\(envelope.topic.rawValue)/\(envelope.event.type)"
            payload = Self.event(envelope)
        case .outcome(let effect, let outcome):
            self.input = "outcome"
            label = effect.key.reference
            payload = Self.effect(effect, outcome)
        case .withdrawn(let effect):
            self.input = "withdrawn"
            label = effect.key.reference
            payload = Self.effect(effect, nil)
        case .command, .timer: return nil
        }
    }

    private static func event(_ envelope: Envelope) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("topic", envelope.topic.rawValue)
            json.member("partition", envelope.partition)
            json.member("position", envelope.position)
            json.member("recorded_at", envelope.recordedAt)
            json.member("type", envelope.event.type)
            json.member("data", unsafeRawJSON: envelope.event.json)
        }
        return json.text
    }

    private static func effect(_ effect: Effect, _ outcome: EffectOutcome?) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("kind", effect.key.kind.rawValue)
            json.member("subject", effect.key.subject)
            json.member("sequence", effect.key.sequence)
            json.member("entity", effect.entity)
            json.member("attempts", effect.attempts)
            json.member("due_at", effect.dueAt)
            json.member("request", unsafeRawJSON: effect.request.json)
            switch outcome {
            case .done(let result): json.member("done", unsafeRawJSON: result.json)
            case .refused(let code, let detail):
                json.member("refused", code)
                json.member("detail", detail)
            default: break
            }
        }
        return json.text
    }

    static func restore<Command>(_ letter: DeadLetters.Letter) throws(Fault) -> Input<Command> {
        let json = try StoredJSON.parse(Array(letter.payload.utf8))
        if letter.input == "event" {
            guard let topic = Topic(rawValue: try json.requireString("topic")), let data = json["data"] else {
                throw Fault("malformed_document", retryable: false, "dead letter \(letter.id)")
            }
            return .event(
                Envelope(
                    partition: try json.requireInt("partition"), position: try json.requireInteger("position"),
                    recordedAt: try json.requireInstant("recorded_at"),
                    event: try Event(topic: topic, type: try json.requireString("type"), json: data.bytes)))
        }
        guard let kind = EffectKind(rawValue: try json.requireInteger("kind")) else {
            throw Fault("malformed_document", retryable: false, "dead letter \(letter.id)")
        }
        let effect = Effect(
            key: EffectKey(kind, try json.requireInteger("subject"), try json.requireInteger("sequence")),
            entity: try json.requireInteger("entity"),
            request: try EffectRequest(kind: kind, json: json["request"] ?? .null),
            attempts: try json.requireInt("attempts"), dueAt: try json.requireInstant("due_at"))
        if letter.input == "withdrawn" { return .withdrawn(effect) }
        if let done = json["done"] { return .outcome(effect, .done(try EffectResult(json: done))) }
        return .outcome(
            effect,
            .refused(code: try json.requireString("refused"), detail: try json.requireString("detail")))
    }
}
