import Kernel
import Ports

/// Notices a clock that was set back. Nothing breaks by it: positions and identifiers grow whatever the clock says. What
/// was scheduled before waits until the clock gets there again, so an operator should know.
struct ClockCheck {
    /// Clocks that are kept in step by NTP are moved by less.
    static let tolerance = Duration.seconds(10)

    private var latest: Instant

    /// - Throws: as ``DatabaseConnection`` says.
    init(_ database: any DatabaseConnection) throws(Fault) {
        let newest = try database.first("SELECT recorded_at FROM events ORDER BY place DESC LIMIT 1") { $0.instant(0) }
        latest = newest ?? Instant(milliseconds: 0)
    }

    /// - Returns: what to report, once for each time that the clock was set back.
    mutating func observe(_ now: Instant) -> Fault? {
        let behind = latest - now
        latest = behind > Self.tolerance || now > latest ? now : latest
        guard behind > Self.tolerance else { return nil }
        return Fault(
            "clock_set_back", retryable: false,
            "the clock is \(behind.inMilliseconds / 1000) s behind what it said at the last commit; "
                + "what was scheduled by then waits as much longer")
    }
}
