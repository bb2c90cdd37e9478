/// One record of a CSV file.
public struct CSVRecord: Sendable, Equatable {
    /// Of its first byte, from 1.
    public let line: Int
    public let fields: [String]
}

/// Why bytes are no record.
public enum CSVFlaw: String, Sendable, Equatable {
    /// A quote inside a field that does not begin with one.
    case strayQuote = "a quote inside an unquoted field"
    /// Something other than a comma or a line end after a closing quote.
    case textAfterQuote = "text after a closing quote"
    case unclosedQuote = "a quote that is never closed"
    case invalidUTF8 = "bytes that are not UTF-8"
    /// Longer than ``CSVReader/recordLengthMax``.
    case tooLong = "a record of more than 64 KiB"
}

/// Reads CSV strictly, byte by byte as it comes, in bounded memory. A flawed record is reported with its line and
/// skipped to the end of the line on which the flaw shows; reading goes on after it.
///
/// Lines end in LF or CRLF; the last may lack it. An empty line is skipped.
///
/// - Source: RFC 4180.
public struct CSVReader: Sendable {
    public enum Item: Sendable, Equatable {
        case record(CSVRecord)
        case malformed(line: Int, CSVFlaw)
    }

    /// Bytes.
    public static let recordLengthMax = 1 << 16

    private enum State: Sendable { case fieldStart, unquoted, quoted, afterQuote, skipping }

    private var state = State.fieldStart
    private var line = 1
    private var recordLine = 1
    private var recordLength = 0
    private var fields: [String] = []
    private var field: [UInt8] = []
    private var hasInvalidText = false

    public init() {}

    public mutating func read(_ bytes: some Sequence<UInt8>, _ take: (Item) -> Void) {
        for byte in bytes { read(byte, take) }
    }

    /// The file has ended.
    public mutating func finish(_ take: (Item) -> Void) {
        switch state {
        case .quoted: take(.malformed(line: recordLine, .unclosedQuote))
        case .skipping: break
        case .fieldStart, .unquoted, .afterQuote: endRecord(take)
        }
        beginRecord()
    }

    private mutating func read(_ byte: UInt8, _ take: (Item) -> Void) {
        recordLength += 1
        if byte == UInt8(ascii: "\n") { line += 1 }
        if recordLength > Self.recordLengthMax, state != .skipping { fail(.tooLong, take) }
        switch (state, byte) {
        case (.skipping, UInt8(ascii: "\n")): beginRecord()
        case (.skipping, _): break
        case (.quoted, UInt8(ascii: "\"")): state = .afterQuote
        case (.quoted, _): field.append(byte)
        case (.afterQuote, UInt8(ascii: "\"")):
            field.append(byte)
            state = .quoted
        case (_, UInt8(ascii: ",")): endField()
        case (_, UInt8(ascii: "\n")): endRecord(take)
        case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
        case (.unquoted, UInt8(ascii: "\"")): fail(.strayQuote, take)
        case (.afterQuote, UInt8(ascii: "\r")): break
        case (.afterQuote, _): fail(.textAfterQuote, take)
        default:
            field.append(byte)
            state = .unquoted
        }
    }

    private mutating func fail(_ flaw: CSVFlaw, _ take: (Item) -> Void) {
        take(.malformed(line: recordLine, flaw))
        state = .skipping
    }

    private mutating func endField() {
        if let text = String(validating: field, as: UTF8.self) { fields.append(text) } else { hasInvalidText = true }
        field.removeAll(keepingCapacity: true)
        state = .fieldStart
    }

    private mutating func endRecord(_ take: (Item) -> Void) {
        if state != .afterQuote, field.last == UInt8(ascii: "\r") { field.removeLast() }
        let isEmpty = fields.isEmpty && field.isEmpty && state != .afterQuote
        if !isEmpty {
            endField()
            if hasInvalidText {
                take(.malformed(line: recordLine, .invalidUTF8))
            } else {
                take(.record(CSVRecord(line: recordLine, fields: fields)))
            }
        }
        beginRecord()
    }

    private mutating func beginRecord() {
        state = .fieldStart
        recordLine = line
        recordLength = 0
        fields.removeAll(keepingCapacity: true)
        field.removeAll(keepingCapacity: true)
        hasInvalidText = false
    }
}
