import ArgumentParser
import Kernel

/// What carries events between services.
struct BrokerOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            What carries events between the services: kafka://HOST:PORT,…?name=value, amqp:// or \
            amqps://USER:PASSWORD@HOST:PORT/VHOST?name=value. Without it they read one another's logs.
            """, valueName: "url"))
    var broker: String?

    func validate() throws {
        do throws(Fault) {
            _ = try transport()
        } catch {
            throw ValidationError("--broker: \(error.debugDetail)")
        }
    }

    /// - Throws: `broker_url_invalid`.
    func transport() throws(Fault) -> EventTransport {
        guard let broker else { return .logs }
        return try EventTransport(broker: broker)
    }
}
