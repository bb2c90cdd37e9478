import CLibRdKafka
import Contracts
import Kernel
import Ports

/// Publishes through librdkafka's idempotent producer and waits for every delivery report.
final class KafkaPublisher: EventPublisher {
    private let broker: KafkaBroker
    private let client: KafkaClient
    /// The last offset that was acknowledged here; offsets never go back unless the broker lost records.
    private var offsets: [KafkaReader.Place: Int64] = [:]
    /// Where a partition must end for its extent: before what was published after the broker had lost records.
    private var ends: [KafkaReader.Place: Int64] = [:]
    /// Delivery reports come within `message.timeout.ms` of sending.
    private static let reportPause: Int32 = 500
    private static let reportPausesMax = 60

    init(_ broker: KafkaBroker, _ client: KafkaClient) {
        self.broker = broker
        self.client = client
    }

    func extent(_ topic: Topic, partition: Int) throws(Fault) -> Int64 {
        let place = KafkaReader.Place(topic: topic, partition: partition)
        let offsets = try client.offsets(of: broker.name(topic), partition)
        let end = ends.removeValue(forKey: place) ?? offsets.upperBound
        var start = end
        // Records of others may be the last ones: then farther back.
        var step: Int64 = 32
        let reader = try KafkaReader(broker, try KafkaClient.consumer(broker.settings))
        while start > offsets.lowerBound {
            start = max(offsets.lowerBound, start - step)
            step *= 16
            if let position = try last(in: place, from: start, before: end, reader) { return position }
        }
        return 0
    }

    /// The position of the last event of ours among these offsets.
    private func last(
        in place: KafkaReader.Place, from start: Int64, before end: Int64, _ reader: KafkaReader
    ) throws(Fault) -> Int64? {
        try reader.seek(place.topic, partition: place.partition, to: .offset(start))
        var last: Int64?
        var quiet = 0
        while !reader.ended.contains(place) {
            let records = try reader.poll(atMost: .milliseconds(Int64(Self.reportPause)))
            quiet = records.isEmpty ? quiet + 1 : 0
            guard quiet < 10 else {
                throw Fault("broker_unavailable", retryable: true, "the end of \(place) cannot be read")
            }
            for record in records where record.offset < end { last = record.envelopes.last?.position ?? last }
            if let offset = records.last?.offset, offset >= end - 1 { break }
        }
        return last
    }

    func publish(_ envelopes: [Envelope]) throws(Fault) {
        let messages = EventMessage.pack(envelopes, batch: broker.settings.batch)
        var reports = Reports()
        for (index, message) in messages.enumerated() {
            while true {
                let code = produce(message, token: index + 1)
                if code == RD_KAFKA_RESP_ERR_NO_ERROR { break }
                guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                    throw KafkaText.fault(code, "publishing \(message.topic.rawValue) \(message.position)")
                }
                try collect(&reports, messages)
            }
        }
        var pauses = 0
        while reports.count < messages.count {
            pauses = try collect(&reports, messages) ? 0 : pauses + 1
            guard pauses < Self.reportPausesMax else {
                throw Fault("broker_unavailable", retryable: true, "no delivery reports")
            }
        }
        if let fault = reports.fault { throw fault }
        if let place = reports.truncated {
            throw Fault(
                "broker_truncated", retryable: true,
                "\(broker.name(place.topic)) \(place.partition) went back to \(ends[place] ?? 0)")
        }
    }

    func verify() throws(Fault) { try client.checkErrors() }

    /// What is left to do is done when the last reference goes.
    func close() {}

    private struct Reports {
        var count = 0
        var fault: Fault?
        var truncated: KafkaReader.Place?
    }

    private func produce(_ message: EventMessage, token: Int) -> rd_kafka_resp_err_t {
        let key = message.single.map { Array(CloudEvents.subject(of: $0.event).utf8) } ?? []
        return doorstep_kafka_produce(
            client.handle, broker.name(message.topic), Int32(message.partition), key, key.count, message.document,
            message.document.count, message.contentType, String(message.position),
            message.single.map(CloudEvents.traceParent), token)
    }

    /// - Returns: whether anything was reported.
    @discardableResult
    private func collect(_ reports: inout Reports, _ messages: [EventMessage]) throws(Fault) -> Bool {
        guard let event = rd_kafka_queue_poll(client.events, Self.reportPause) else { return false }
        defer { rd_kafka_event_destroy(event) }
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR:
            while let message = rd_kafka_event_message_next(event) {
                reports.count += 1
                note(message.pointee, messages, &reports)
            }
            return true
        case RD_KAFKA_EVENT_ERROR:
            try KafkaClient.check(event)
            return false
        default: return false
        }
    }

    private func note(_ report: rd_kafka_message_t, _ messages: [EventMessage], _ reports: inout Reports) {
        guard report.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let text = rd_kafka_err2str(report.err).map { String(cString: $0) } ?? ""
            reports.fault = reports.fault ?? KafkaText.fault(report.err, text)
            return
        }
        let message = messages[Int(bitPattern: report._private) - 1]
        let place = KafkaReader.Place(topic: message.topic, partition: message.partition)
        // A repetition that the broker recognized has no offset.
        guard report.offset >= 0 else { return }
        if let last = offsets[place], report.offset <= last {
            ends[place] = min(ends[place] ?? report.offset, report.offset)
            reports.truncated = place
        }
        offsets[place] = report.offset
    }
}
