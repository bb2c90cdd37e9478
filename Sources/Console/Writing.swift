import Kernel

/// How things are written on pages.
enum Writing {
    /// A name of the API for people: `out_for_delivery` as `out for delivery`.
    static func words(_ name: some StringProtocol) -> String {
        String(name.map { $0 == "_" ? " " : $0 })
    }

    /// An event's type for people: `StockReserved` as `Stock reserved`.
    static func sentence(_ type: String) -> String {
        var result = ""
        for character in type {
            if character.isUppercase, !result.isEmpty {
                result += " " + character.lowercased()
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// To the second, readable by machines in full.
    static func time(_ instant: Instant) -> HTML {
        let full = instant.rfc3339
        let short = String(full.prefix(19).map { $0 == "T" ? " " : $0 })
        return HTML("<time datetime=\"\(full)\">\(short)</time>")
    }

    /// A state as a pill whose colour says how it goes; the word says it too.
    static func pill(_ name: some StringProtocol) -> HTML {
        let tone =
            switch String(name) {
            case "completed", "delivered", "fulfilled", "captured", "handed_over": "good"
            case "rejected", "lost", "damaged", "declined", "incomplete", "attempt_failed": "bad"
            case "cancelled", "voided", "refunded", "returned", "none": "quiet"
            default: "busy"
            }
        return HTML("<span class=\"pill \(tone)\">\(words(name))</span>")
    }

    static func plural(_ count: some BinaryInteger, _ one: String, _ many: String) -> String {
        count == 1 ? "1 \(one)" : "\(count) \(many)"
    }
}
