import CLibRabbitMQ
import Contracts
import Glibc
import Kernel
import Ports

/// Reads streams, each over a channel of its own, so that stopping one stops no other.
final class RabbitMQReader: EventReader {
    private let broker: RabbitMQBroker
    private let connection: RabbitMQConnection
    private var channels: [Place: amqp_channel_t] = [:]
    private var places: [amqp_channel_t: Place] = [:]

    private struct Place: Hashable {
        let topic: Topic
        let partition: Int
    }

    /// Messages that the server sends ahead of being acknowledged.
    private static let prefetch: UInt16 = 2000
    private static let pageLimit = 2000

    init(_ broker: RabbitMQBroker, _ connection: RabbitMQConnection) {
        self.broker = broker
        self.connection = connection
    }

    func seek(_ topic: Topic, partition: Int, to place: ReadingPlace) throws(Fault) {
        try leave(topic, partition: partition)
        let channel = try connection.openChannel()
        guard amqp_basic_qos(connection.handle, channel, 0, Self.prefetch, 0) != nil else {
            throw RabbitMQConnection.fault(amqp_get_rpc_reply(connection.handle), "limiting what is sent ahead")
        }
        let offset: Int64 =
            switch place {
            case .end: -1
            case .offset(let offset): offset
            }
        let name = broker.name(topic, partition)
        guard doorstep_amqp_consume(connection.handle, channel, name, "doorstep-\(channel)", offset) != 0 else {
            throw RabbitMQConnection.fault(amqp_get_rpc_reply(connection.handle), "reading \(name)")
        }
        channels[Place(topic: topic, partition: partition)] = channel
        places[channel] = Place(topic: topic, partition: partition)
    }

    func leave(_ topic: Topic, partition: Int) throws(Fault) {
        guard let channel = channels.removeValue(forKey: Place(topic: topic, partition: partition)) else { return }
        places[channel] = nil
        connection.closeChannel(channel)
    }

    func poll(atMost wait: Duration) throws(Fault) -> [BrokerRecord] {
        var records: [BrokerRecord] = []
        var last: [amqp_channel_t: UInt64] = [:]
        var wait = timeval(tv_sec: Int(wait.inMilliseconds) / 1000, tv_usec: Int(wait.inMilliseconds) % 1000 * 1000)
        var events = 0
        while events < Self.pageLimit {
            var delivery = amqp_envelope_t()
            amqp_maybe_release_buffers(connection.handle)
            let reply = amqp_consume_message(connection.handle, &delivery, &wait, 0)
            guard reply.reply_type == AMQP_RESPONSE_NORMAL else {
                if reply.library_error == AMQP_STATUS_TIMEOUT.rawValue { break }
                try checkFrame(reply)
                continue
            }
            // What is there already is taken along, nothing is waited for.
            wait = timeval(tv_sec: 0, tv_usec: 0)
            if let place = places[delivery.channel] {
                last[delivery.channel] = delivery.delivery_tag
                let body = delivery.message.body
                records.append(
                    BrokerRecord(
                        topic: place.topic, partition: place.partition,
                        offset: doorstep_amqp_stream_offset(&delivery.message.properties),
                        document: UnsafeBufferPointer(
                            start: body.bytes?.assumingMemoryBound(to: UInt8.self), count: body.len)))
                // Others' records are counted too, so that many of them do not hold a page up.
                events += max(1, records.last?.envelopes.count ?? 0)
            }
            amqp_destroy_envelope(&delivery)
        }
        for (channel, tag) in last {
            let status = amqp_basic_ack(connection.handle, channel, tag, 1)
            guard status == AMQP_STATUS_OK.rawValue else {
                throw RabbitMQConnection.fault(status, "acknowledging")
            }
        }
        // Runs of one place, as they came within each.
        return records.isEmpty ? [] : grouped(records)
    }

    func close() { connection.close() }

    private func grouped(_ records: [BrokerRecord]) -> [BrokerRecord] {
        guard channels.count > 1 else { return records }
        let groups = Dictionary(grouping: records) { Place(topic: $0.topic, partition: $0.partition) }
        return groups.sorted { ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition) }.flatMap(\.value)
    }

    /// Something else than a delivery came.
    private func checkFrame(_ reply: amqp_rpc_reply_t) throws(Fault) {
        guard reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION,
            reply.library_error == AMQP_STATUS_UNEXPECTED_STATE.rawValue
        else { throw RabbitMQConnection.fault(reply, "reading") }
        var tag: UInt64 = 0
        var multiple: Int32 = 0
        var status: Int32 = 0
        switch doorstep_amqp_next(connection.handle, 0, &tag, &multiple, &status) {
        case doorstep_amqp_closed, doorstep_amqp_cancelled:
            throw Fault("broker_unavailable", retryable: true, "the server ended the reading of a stream")
        default: break
        }
        guard status == AMQP_STATUS_OK.rawValue || status == AMQP_STATUS_TIMEOUT.rawValue else {
            throw RabbitMQConnection.fault(status, "reading")
        }
    }
}
