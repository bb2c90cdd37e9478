import CLibRabbitMQ
import Contracts
import Kernel
import Ports

/// Publishes with publisher confirms: a window of messages is sent, and then all of them are waited for.
final class RabbitMQPublisher: EventPublisher {
    private let broker: RabbitMQBroker
    private let connection: RabbitMQConnection
    private let channel: amqp_channel_t
    /// Messages are numbered by the server from 1 on.
    private var sent: UInt64 = 0
    private var confirmed: UInt64 = 0
    /// Those that were confirmed before an earlier one was.
    private var early: Set<UInt64> = []

    private static let window = 1000
    private static let confirmPause = 500
    private static let confirmPausesMax = 30

    init(_ broker: RabbitMQBroker, _ connection: RabbitMQConnection) throws(Fault) {
        self.broker = broker
        self.connection = connection
        channel = try connection.openChannel()
        guard amqp_confirm_select(connection.handle, channel) != nil else {
            throw RabbitMQConnection.fault(amqp_get_rpc_reply(connection.handle), "asking for confirms")
        }
    }

    /// Streams do not tell their last offset, so they are read from the last chunk on until nothing more comes. What
    /// comes too late makes the answer too low, and is published twice.
    func extent(_ topic: Topic, partition: Int) throws(Fault) -> Int64 {
        let readings = try RabbitMQConnection(broker.settings, heartbeatSeconds: 0)
        let count = try broker.declare(topic, partition, readings)
        let reader = RabbitMQReader(broker, readings)
        defer { reader.close() }
        try reader.seek(topic, partition: partition, to: .end)
        var position: Int64 = 0
        var hasRead = false
        var quiet = 0
        // The count may be behind, above all after a restart; where there is something, it is waited for longer.
        while quiet < (hasRead ? 3 : count == 0 ? 10 : 50) {
            let records = try reader.poll(atMost: .milliseconds(100))
            quiet = records.isEmpty ? quiet + 1 : 0
            hasRead = hasRead || !records.isEmpty
            position = records.flatMap(\.envelopes).last?.position ?? position
        }
        guard hasRead || count == 0 else {
            throw Fault("broker_unavailable", retryable: true, "\(broker.name(topic, partition)) cannot be read")
        }
        return position
    }

    func publish(_ envelopes: [Envelope]) throws(Fault) {
        for message in EventMessage.pack(envelopes, batch: broker.settings.batch) {
            if sent - confirmed >= UInt64(Self.window) { try awaitConfirms(outstanding: UInt64(Self.window) / 2) }
            try send(message)
        }
        try awaitConfirms(outstanding: 0)
        amqp_maybe_release_buffers(connection.handle)
    }

    func verify() throws(Fault) {
        let (_, status) = next(milliseconds: 0)
        guard status == AMQP_STATUS_TIMEOUT.rawValue || status == AMQP_STATUS_OK.rawValue else {
            throw RabbitMQConnection.fault(status, "looking at the connection")
        }
    }

    func close() { connection.close() }

    private func send(_ message: EventMessage) throws(Fault) {
        let status = doorstep_amqp_publish(
            connection.handle, channel, broker.name(message.topic, message.partition), message.document,
            message.document.count, message.contentType, message.single?.event.type,
            "\(message.topic.rawValue)-\(message.partition)-\(message.position)", message.position,
            message.single.map(CloudEvents.traceParent))
        guard status == AMQP_STATUS_OK.rawValue else { throw RabbitMQConnection.fault(status, "publishing") }
        sent += 1
    }

    private func awaitConfirms(outstanding: UInt64) throws(Fault) {
        var pauses = 0
        while sent - confirmed > outstanding {
            let (frame, status) = next(milliseconds: Self.confirmPause)
            switch status {
            case AMQP_STATUS_OK.rawValue: pauses = 0
            case AMQP_STATUS_TIMEOUT.rawValue: pauses += 1
            default: throw RabbitMQConnection.fault(status, "waiting for confirms")
            }
            guard pauses < Self.confirmPausesMax else {
                throw Fault("broker_unavailable", retryable: true, "no confirms")
            }
            switch frame {
            case doorstep_amqp_returned:
                throw Fault("broker_unavailable", retryable: true, "a stream is gone: messages came back")
            case doorstep_amqp_refused:
                throw Fault("broker_unavailable", retryable: true, "the server could not keep a message")
            case doorstep_amqp_closed, doorstep_amqp_cancelled:
                throw Fault("broker_unavailable", retryable: true, "the server closed the channel")
            default: break
            }
        }
    }

    /// Reads a frame and counts what it confirms.
    private func next(milliseconds: Int) -> (doorstep_amqp_frame, Int32) {
        var tag: UInt64 = 0
        var multiple: Int32 = 0
        var status: Int32 = 0
        let frame = doorstep_amqp_next(connection.handle, milliseconds, &tag, &multiple, &status)
        if frame == doorstep_amqp_acknowledged { confirm(tag, multiple: multiple != 0) }
        return (frame, status)
    }

    private func confirm(_ tag: UInt64, multiple: Bool) {
        if multiple {
            confirmed = max(confirmed, tag)
            early = early.filter { $0 > confirmed }
        } else {
            early.insert(tag)
        }
        while early.remove(confirmed + 1) != nil { confirmed += 1 }
    }
}
