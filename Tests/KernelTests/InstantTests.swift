import Kernel
import Testing

@Suite("Instant: RFC 3339")
struct InstantTests {
    static let read: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1969-12-31T23:59:59.999Z", -1),
        ("1985-04-12T23:20:50.52Z", 482_196_050_520),
        ("1996-12-19T16:39:57-08:00", 851_042_397_000),
        ("1990-12-31T23:59:60Z", 662_688_000_000),
        ("1990-12-31T15:59:60-08:00", 662_688_000_000),
        ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2024-02-29t12:00:00z", 1_709_208_000_000),
        ("2024-02-29 12:00:00+00:00", 1_709_208_000_000),
        ("2024-02-29T12:00:00-00:00", 1_709_208_000_000),
        ("2024-03-01T01:30:00+13:30", 1_709_208_000_000),
        ("2024-02-29T12:00:00.9999999Z", 1_709_208_000_999),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ]

    @Test("reads", arguments: read)
    func reads(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "refuses",
        arguments: [
            "", "2024", "2024-02-29", "2024-02-29T12:00:00", "2024-02-29T12:00Z", "2024-02-29T12:00:00.Z",
            "2024-02-29T12:00:00,5Z", "2024-02-29T12:00:00+0100", "2024-02-29T12:00:00+01", "2024-02-29T12:00:00+24:00",
            "2024-02-29T12:00:00+01:60", "2024-02-29T24:00:00Z", "2024-02-29T12:60:00Z", "2024-02-29T12:00:61Z",
            "2023-02-29T12:00:00Z", "1900-02-29T12:00:00Z", "2100-02-29T12:00:00Z", "2024-04-31T12:00:00Z",
            "2024-00-10T12:00:00Z", "2024-13-10T12:00:00Z", "2024-01-00T12:00:00Z", "2024-01-32T12:00:00Z",
            "0000-01-01T00:00:00Z", "24-02-29T12:00:00Z", "2024-2-29T12:00:00Z", "2024-02-29T12:00:00Zx",
            " 2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z ", "2024-02-29T12:00:00 Z", "-2024-02-29T12:00:00Z",
            "+2024-02-29T12:00:00Z", "２024-02-29T12:00:00Z", "2024/02/29T12:00:00Z",
        ])
    func refuses(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test(
        "an offset or a leap second cannot lead out of the years 1 to 9999",
        arguments: [
            "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
            "9999-12-31T23:59:59.999-23:59",
        ])
    func outsideYears(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("writes UTC with milliseconds")
    func writes() {
        #expect(Instant(milliseconds: 0).rfc3339 == "1970-01-01T00:00:00.000Z")
        #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Instant(milliseconds: 951_782_400_000).rfc3339 == "2000-02-29T00:00:00.000Z")
        #expect(Instant(milliseconds: 253_402_300_799_999).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(Instant(milliseconds: -62_135_596_800_000).rfc3339 == "0001-01-01T00:00:00.000Z")
    }

    @Test("years that four digits cannot write are not written")
    func refusesOtherYears() async {
        await #expect(processExitsWith: .failure) { _ = Instant(milliseconds: 253_402_300_800_000).rfc3339 }
        await #expect(processExitsWith: .failure) { _ = Instant(milliseconds: -62_135_596_800_001).rfc3339 }
        #expect(Instant(milliseconds: 253_402_300_800_000).description == "253402300800000 ms")
        #expect(Instant(milliseconds: -62_135_596_800_001).description == "-62135596800001 ms")
    }

    @Test("random instants of all years read back, and their texts sort as they do")
    func roundTrip() {
        var generator = SeededGenerator(seed: 42)
        let instants = (0..<5000).map { _ in
            Instant(
                milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator))
        }
        #expect(instants.allSatisfy { Instant(rfc3339: $0.rfc3339) == $0 })
        #expect(instants.sorted().map(\.rfc3339) == instants.map(\.rfc3339).sorted())
    }

    @Test("every day of 400 years follows the one before")
    func calendar() throws {
        var date = try #require(CivilDate(year: 1899, month: 12, day: 31))
        let first = date.daysSince1970
        for offset in Int64(1)...146_097 {
            let next = CivilDate(daysSince1970: first + offset)
            let isNextDay = next.year == date.year && next.month == date.month && next.day == date.day + 1
            let isNextMonth = next.day == 1 && (next.month == date.month + 1 || (date.month == 12 && next.month == 1))
            let lengthIsRight = CivilDate(year: date.year, month: date.month, day: date.day + 1) == nil
            guard isNextDay || (isNextMonth && lengthIsRight), next.daysSince1970 == first + offset else {
                Issue.record("\(next) after \(date)")
                return
            }
            date = next
        }
        #expect(date == CivilDate(year: 2299, month: 12, day: 31))
    }

    @Test("durations are added and subtracted in milliseconds, rounded toward zero")
    func arithmetic() {
        let instant = Instant(milliseconds: 1000)
        #expect(instant + .milliseconds(1) == Instant(milliseconds: 1001))
        #expect(instant - .seconds(2) == Instant(milliseconds: -1000))
        #expect(instant - Instant(milliseconds: 250) == .milliseconds(750))
        #expect(Duration.microseconds(1999).inMilliseconds == 1)
        #expect(Duration.microseconds(-1999).inMilliseconds == -1)
        #expect(instant < instant + .milliseconds(1))
    }
}
