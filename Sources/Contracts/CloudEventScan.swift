import Kernel

/// Reads a document of ``CloudEvents`` in the order in which we write it, without a tree of its members: what came from
/// us is read in a fraction of the time, and anything else is left to the general parser.
struct CloudEventScan {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    /// - Returns: `nil` when the document is not written as we write.
    /// - Throws: as ``Event/init(topic:type:json:)``.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) -> Envelope? {
        var scan = CloudEventScan(bytes: bytes)
        guard scan.skip(#"{"specversion":"1.0","id":""#), scan.passText(), scan.skip(#","source":"/doorstep/"#),
            let topic = scan.text().flatMap({ Topic(rawValue: $0) }), scan.skip(#","type":""#), let type = scan.text(),
            scan.skip(#","subject":""#), scan.passText(), scan.skip(#","time":""#),
            let time = scan.text().flatMap({ Instant(rfc3339: $0) }),
            scan.skip(#","datacontenttype":"application/json","dataschema":""#), scan.passText(),
            scan.skip(#","sequence":""#), let position = scan.number(), position > 0, scan.skip(#"","partition":"#),
            let partition = scan.number(), scan.skip(#","data":"#), bytes.last == UInt8(ascii: "}"),
            scan.offset < bytes.count - 1
        else { return nil }
        let data = UnsafeBufferPointer(rebasing: bytes[scan.offset..<bytes.count - 1])
        return Envelope(
            partition: Int(partition), position: position, recordedAt: time,
            event: try Event(topic: topic, type: type, json: data))
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func skip(_ expected: StaticString) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard bytes.count - offset >= count else { return false }
        for index in 0..<count where bytes[offset + index] != expected.utf8Start[index] { return false }
        offset += count
        return true
    }

    /// The rest of a text and its quote; `nil` when it has escapes, or what needs checking.
    private mutating func text() -> String? {
        let start = offset
        guard passText() else { return nil }
        return String(decoding: bytes[start..<offset - 1], as: UTF8.self)
    }

    private mutating func passText() -> Bool {
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\") || byte < 0x20 || byte > 0x7E { return false }
        }
        return false
    }

    /// Digits, without a leading zero.
    private mutating func number() -> Int64? {
        var value: Int64 = 0
        let start = offset
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]), offset - start < 18
        {
            value = value * 10 + Int64(bytes[offset] - UInt8(ascii: "0"))
            offset += 1
        }
        guard offset > start, offset - start == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }
}
