import Testing

@testable import OnlineRetail

@Suite struct CSVReaderTests {
    private func read(_ bytes: [UInt8], piece: Int = 1 << 20) -> [CSVReader.Item] {
        var reader = CSVReader()
        var items: [CSVReader.Item] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            reader.read(bytes[start..<min(start + piece, bytes.count)]) { items.append($0) }
        }
        reader.finish { items.append($0) }
        return items
    }

    private func read(_ text: String, piece: Int = 1 << 20) -> [CSVReader.Item] { read(Array(text.utf8), piece: piece) }

    private func record(_ line: Int, _ fields: String...) -> CSVReader.Item {
        .record(CSVRecord(line: line, fields: fields))
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func theSameRecordsComeOutHoweverTheBytesAreCut(piece: Int) {
        let text = "a,b\r\n\"x,\"\"y\"\"\",\"two\r\nlines\"\n\n,\n£,last"
        #expect(
            read(text, piece: piece) == [
                record(1, "a", "b"), record(2, "x,\"y\"", "two\r\nlines"), record(5, "", ""), record(6, "£", "last"),
            ])
    }

    @Test func aQuotedEmptyFieldIsARecordAndAnEmptyLineIsNone() {
        #expect(read("\"\"\r\n\r\n\n") == [record(1, "")])
    }

    @Test func aFlawIsReportedWithItsLineAndReadingGoesOn() {
        #expect(
            read("ok,1\nst\"ray,2\nok,3\n\"x\"y,4\nok,5\n\"open,6\nnever") == [
                record(1, "ok", "1"), .malformed(line: 2, .strayQuote), record(3, "ok", "3"),
                .malformed(line: 4, .textAfterQuote), record(5, "ok", "5"), .malformed(line: 6, .unclosedQuote),
            ])
    }

    @Test func bytesThatAreNotUTF8AreAFlawOfTheirRecordAlone() {
        #expect(read([0x61, 0xFF, 0x0A, 0x62, 0x0A]) == [.malformed(line: 1, .invalidUTF8), record(2, "b")])
    }

    @Test(arguments: [(-1, true), (0, true), (1, false)])
    func aRecordHasAtMost64KiB(difference: Int, isRead: Bool) {
        let text = String(repeating: "x", count: CSVReader.recordLengthMax - 1 + difference)
        let first = isRead ? record(1, text) : .malformed(line: 1, .tooLong)
        #expect(read(text + "\nnext") == [first, record(2, "next")])
    }
}
