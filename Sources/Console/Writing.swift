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

    /// How long ago, or how far ahead; the full time is shown on pointing at it. The script keeps it up to date.
    static func time(_ instant: Instant, now: Instant) -> HTML {
        let text = distance(now.milliseconds - instant.milliseconds)
        return HTML("<time class=\"age\" datetime=\"\(instant.rfc3339)\" title=\"\(absolute(instant))\">\(text)</time>")
    }

    /// `12 s ago`, `in 3 d`: in the largest unit that gives at least one. The script has the same function.
    static func distance(_ milliseconds: Int64) -> String {
        let seconds = milliseconds.magnitude / 1000
        let text =
            switch seconds {
            case ..<60: "\(seconds) s"
            case ..<3600: "\(seconds / 60) min"
            case ..<86_400: "\(seconds / 3600) h"
            default: "\(seconds / 86_400) d"
            }
        return milliseconds < 0 ? "in \(text)" : "\(text) ago"
    }

    /// To the second: `2026-11-24 12:23:50 UTC`.
    static func absolute(_ instant: Instant) -> String {
        String(instant.rfc3339.prefix(19).map { $0 == "T" ? " " : $0 }) + " UTC"
    }

    /// A state as a pill whose color says how it goes; the word says it too.
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
