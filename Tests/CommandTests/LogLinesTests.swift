import Kernel
import Logging
import Ports
import Synchronization
import Testing

@testable import doorstep

@Suite struct LogLinesTests {
    private struct Noon: WallClock {
        let now = Instant(milliseconds: 1_795_600_800_000)
    }

    private final class Written: Sendable {
        let lines = Mutex<[String]>([])
    }

    @Test func aRecordIsOneLineWhateverIsInIt() {
        let written = Written()
        let logger = Logger(
            label: "doorstep.http",
            factory: { label in
                LogLines(label: label, clock: Noon()) { line in written.lines.withLock { $0.append(line) } }
            })
        logger.error(
            "database_error\n2026-01-01T00:00:00.000Z info all is well",
            metadata: ["trace_id": "4b", "detail": "\u{1B}[2J\r\nSELECT 1\u{2028}\u{85}FROM x"])
        #expect(
            written.lines.withLock { $0 } == [
                """
                2026-11-25T10:00:00.000Z error doorstep.http: database_error 2026-01-01T00:00:00.000Z info all is well \
                detail= [2J  SELECT 1  FROM x trace_id=4b
                """
            ])
    }

    @Test func tablesDoNotSpeakToTheTerminal() {
        #expect(Terminal.table(["error"], [["no\u{1B}]0;x\u{07}such\nthing"]]) == "error\nno ]0;x such thing")
    }
}
