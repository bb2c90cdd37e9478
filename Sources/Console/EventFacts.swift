import Contracts
import Kernel

/// What an event says beside its type, in one line.
enum EventFacts {
    /// Words, numbers and amounts of the event itself; ids and what is nested deeper stay in the API.
    /// When it occurred is left out too: the page says so beside it.
    static func line(_ event: Event) -> String {
        // Its own writing is always JSON; were it not, the event's type still tells what happened.
        guard let members = (try? JSONValue(parsing: event.json))?.object else { return "" }
        return members.compactMap { member in
            hidden.contains(member.name) ? nil : text(member.value).map { "\(Writing.words(member.name)): \($0)" }
        }.joined(separator: " · ")
    }

    private static let hidden: Set<String> = ["occurred_at", "request"]

    private static func text(_ value: JSONValue) -> String? {
        if let amount = value["amount"]?.integer, let currency = value["currency"]?.string.flatMap({ Currency($0) }) {
            return Money(amount, currency).description
        }
        if let text = value.string { return text.isEmpty || isID(text) ? nil : text }
        return value.integer.map(String.init)
    }

    /// Three letters, an underscore and 13 digits in base 32, as ``Kernel/EntityID`` writes them.
    private static func isID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 17 && bytes[3] == UInt8(ascii: "_") && OrderID(text: "ord" + text.dropFirst(3)) != nil
    }
}
