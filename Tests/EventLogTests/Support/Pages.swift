import Contracts
import Ports
import Runtime
import Testing

/// Reads as a worker does: a position only after the one before it.
enum Pages {
    static func read(
        _ count: Int, from log: any EventLog, partition: Int, after position: Int64, limit: Int = 1000,
        within seconds: Int, signal: Signal
    ) throws -> [Envelope] {
        var found: [Envelope] = []
        let deadline = ContinuousClock.now + .seconds(seconds)
        while found.count < count, ContinuousClock.now < deadline {
            let asked = min(limit, count - found.count)
            let page = try log.read(
                .orders, partition: partition, after: found.last?.position ?? position, limit: asked)
            #expect(page.count <= asked)
            found += page
            if page.isEmpty { signal.wait(atMost: .milliseconds(50)) }
        }
        return found
    }
}
