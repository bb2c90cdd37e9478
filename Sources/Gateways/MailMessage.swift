import Kernel
import Signing

/// One message to one person, as bytes that mail servers accept.
///
/// - Source: RFC 5322 (form), RFC 2047 (encoded words), RFC 2045 (quoted-printable).
struct MailMessage: Sendable {
    let fromName: String
    let fromAddress: MailAddress
    let toName: String
    let toAddress: MailAddress
    let subject: String
    let body: String
    /// What stands before the `@` of the Message-ID: the same for the same effect.
    let identifier: String
    let date: Instant

    /// Header and body with CRLF at the end of every line.
    var bytes: [UInt8] {
        let headers = [
            "Date: \(MailText.date(date))",
            "From: \(MailText.mailbox(fromName, fromAddress))",
            "To: \(MailText.mailbox(toName, toAddress))",
            "Subject: \(MailText.unstructured(subject, firstLineUsed: 9))",
            "Message-ID: <\(identifier)@\(fromAddress.domain)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ]
        let text = headers.joined(separator: "\r\n") + "\r\n\r\n" + MailText.quotedPrintable(body)
        return Array(text.utf8)
    }
}

/// An address that fits between angle brackets as it is.
public struct MailAddress: Sendable, Equatable {
    public let text: String

    /// - Returns: `nil` unless it is a dot-atom, `@` and a domain in ASCII, at most 254 characters. Quoted local parts
    ///   and addresses beyond ASCII are legal elsewhere and refused here.
    /// - Source: RFC 5322, section 3.4.1; RFC 5321, section 4.5.3.1.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].utf8.count) else { return nil }
        let symbols = Set("!#$%&'*+-/=?^_`{|}~".utf8)
        for atom in parts[0].split(separator: ".", omittingEmptySubsequences: false) {
            guard !atom.isEmpty, atom.utf8.allSatisfy({ Self.isAlphanumeric($0) || symbols.contains($0) }) else {
                return nil
            }
        }
        for label in parts[1].split(separator: ".", omittingEmptySubsequences: false) {
            guard !label.isEmpty, label.utf8.allSatisfy({ Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }),
                !label.hasPrefix("-"), !label.hasSuffix("-")
            else { return nil }
        }
        self.text = text
    }

    var domain: Substring { text.split(separator: "@")[1] }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// The pieces of a message's text.
enum MailText {
    /// `"Name" <address>`, or the address alone when there is no name.
    static func mailbox(_ name: String, _ address: MailAddress) -> String {
        let name = singleLine(name)
        guard !name.isEmpty else { return "<\(address.text)>" }
        if isPlain(name), name.utf8.count <= 60 {
            let quoted = name.replacing(#"\"#, with: #"\\"#).replacing("\"", with: "\\\"")
            return "\"\(quoted)\"\r\n <\(address.text)>"
        }
        return encodedWords(name, firstLineUsed: 6) + "\r\n <\(address.text)>"
    }

    /// A header's free text, encoded when it is not plain ASCII or too long for one line.
    static func unstructured(_ text: String, firstLineUsed: Int) -> String {
        let text = singleLine(text)
        if isPlain(text), text.utf8.count + firstLineUsed <= 76, !text.contains("=?") { return text }
        return encodedWords(text, firstLineUsed: firstLineUsed)
    }

    /// Takes out everything that could end a line or hide something: a header is one line, whatever it was given.
    static func singleLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(500) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format: line.unicodeScalars.append(" ")
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line.split(separator: " ").joined(separator: " ")
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    /// Encoded words of at most 75 characters, never split within a character, one a line.
    private static func encodedWords(_ text: String, firstLineUsed: Int) -> String {
        // 75 characters less `=?UTF-8?B?` and `?=` leave 63, which is 45 bytes in whole groups of base 64.
        var words: [String] = []
        var chunk: [UInt8] = []
        var room = min(45, (75 - firstLineUsed - 12) / 4 * 3)
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if chunk.count + bytes.count > room {
                words.append("=?UTF-8?B?\(Base64.encode(chunk))?=")
                chunk = []
                room = 45
            }
            chunk += bytes
        }
        if !chunk.isEmpty { words.append("=?UTF-8?B?\(Base64.encode(chunk))?=") }
        return words.joined(separator: "\r\n ")
    }

    /// Lines of at most 76 characters; line ends are CRLF, everything else beyond visible ASCII is escaped.
    static func quotedPrintable(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var output = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let bytes = Array(line.utf8)
            var column = 0
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let piece: String
                switch byte {
                case UInt8(ascii: " ") where !isLast: piece = " "
                // A line that is a lone dot ends a message for some readers of `sendmail`'s input.
                case UInt8(ascii: ".") where column == 0: piece = "=2E"
                case 0x21...0x3C, 0x3E...0x7E: piece = String(Character(Unicode.Scalar(byte)))
                default: piece = "=\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
                }
                if column + piece.utf8.count > 75 {
                    output += "=\r\n"
                    column = 0
                }
                output += piece
                column += piece.utf8.count
            }
            output += "\r\n"
        }
        return output
    }

    /// For example `Tue, 24 Nov 2026 09:15:00 +0000`.
    /// - Source: RFC 5322, section 3.3.
    static func date(_ instant: Instant) -> String {
        let days = Int64((Double(instant.milliseconds) / 86_400_000).rounded(.down))
        let date = CivilDate(daysSince1970: days)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(((days % 7) + 7) % 7)]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let time = instant.rfc3339.dropFirst(11).prefix(8)
        return "\(weekday), \(date.day) \(months[Int(date.month) - 1]) \(date.year) \(time) +0000"
    }
}
