import Kernel
import Ports
import Runtime

/// What a route wants the audit log to say of its command.
///
/// Orders placed, returns asked for, holds, work on the floor and couriers' reports are the daily business: their own
/// tables name who did them, or all there is to know of them. Everything else that changes something is audited: what is
/// found in a customer's return too, since it decides what is refunded.
public struct Audited: Sendable {
    let action: String
    /// The id of what is changed; `nil` takes the last part of the answer's `Location`.
    var subject: String?
    var reason: String = ""
    /// Whether what is answered is what it became.
    var keepsAnswer = true
    var before: @Sendable (any DatabaseConnection) throws(Fault) -> String = { _ in "" }

    init(
        _ action: String, _ subject: String? = nil, reason: String? = nil, keepsAnswer: Bool = true,
        before: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> String = { _ in "" }
    ) {
        self.action = action
        self.subject = subject
        self.reason = reason ?? ""
        self.keepsAnswer = keepsAnswer
        self.before = before
    }

    func note<Answered: Sendable>(
        by actor: String, _ render: @escaping @Sendable (Answered) -> StoredAnswer
    ) -> AuditNote<Answered> {
        let (subject, keepsAnswer) = (subject, keepsAnswer)
        return AuditNote(actor: actor, action: action, reason: reason, before: before) { reply in
            let answer = render(reply)
            let made = answer.location?.split(separator: "/").last.map(String.init)
            return (subject ?? made ?? "", keepsAnswer ? Self.lasting(answer.body) : "")
        }
    }

    /// An answer without what opens something to whoever reads it: the log is read by more than it is told to.
    private static func lasting(_ body: [UInt8]) -> String {
        let text = String(decoding: body, as: UTF8.self)
        guard let document = try? JSONValue(parsing: body), document["tracking_url"] != nil else { return text }
        return JSONWriter.text { json in
            for member in document.object ?? [] where member.name != "tracking_url" {
                json.name(member.name)
                json.value(member.value)
            }
        }
    }
}

extension JSONWriter {
    /// An object as a text, for what something was before.
    static func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter(reserving: 256)
        json.object(write)
        return json.text
    }
}
