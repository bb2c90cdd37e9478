import Hummingbird
import Kernel
import Ports
import Runtime

extension Call {
    /// Hands a command to a service and answers what came of it; a repetition is answered as the first time.
    ///
    /// - Parameters:
    ///   - audit: what the audit log is told in the same transaction; `nil` for the daily business.
    ///   - render: the answer to what was accepted. It runs on the service's thread too, for the answer that
    ///     is kept, and must be quick.
    func perform<Command, Answered>(
        _ command: Command, by mailbox: ServiceMailbox<Command, Answered>, audit: Audited? = nil,
        _ render: @escaping @Sendable (Answered) -> StoredAnswer
    ) async throws(Problem) -> Reply {
        switch try await outcome(of: command, by: mailbox, audit: audit, render) {
        case .done(_, let answer): answer.reply
        case .replayed(let answer): answer.reply.with(.idempotentReplayed, "true")
        }
    }

    /// As ``perform(_:by:audit:_:)``, for routes that go on from there.
    func outcome<Command, Answered>(
        of command: Command, by mailbox: ServiceMailbox<Command, Answered>, audit: Audited? = nil,
        _ render: @escaping @Sendable (Answered) -> StoredAnswer
    ) async throws(Problem) -> Performed<Answered> {
        try mailbox.checkIsHere(command, self)
        let note = audit.map { $0.note(by: actor, render) }
        let answer = await mailbox.answer(to: command, idempotency: idempotency, audit: note) { render($0).bytes }
        switch answer {
        case .accepted(let answered): return .done(answered, render(answered))
        case .replayed(let bytes): return .replayed(try StoredAnswer(bytes))
        case .keyReused: throw .keyReused
        case .rejected(let rejection): throw Problem(rejection)
        case .parked:
            throw Problem(.entityParked, "An earlier step of this failed and waits for a person; nothing was changed.")
        case .unavailable(let fault): throw Problem(fault)
        }
    }
}

/// What became of a command that was not refused.
enum Performed<Answered: Sendable>: Sendable {
    case done(Answered, StoredAnswer)
    case replayed(StoredAnswer)
}

extension ReadPool {
    /// Reads for a route: faults become problems.
    func ask<Result: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Problem) -> Result {
        do throws(Fault) {
            return try await read(body)
        } catch {
            throw Problem(error)
        }
    }

    /// As ``ask(_:)``, for what a document can do without; `nil` where other processes run the service.
    func askIfHere<Result: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Problem) -> Result? {
        do throws(Fault) {
            return try await readIfHere(body)
        } catch {
            throw Problem(error)
        }
    }
}
