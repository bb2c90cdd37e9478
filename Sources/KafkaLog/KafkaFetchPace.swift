import CLibRdKafka
import Contracts
import Glibc
import Synchronization

/// Keeps a consumer from asking a server again at once that answered that there is nothing.
///
/// A server should let a fetch wait for records, for `fetch.wait.max.ms`. Not each does while it writes: librdkafka then
/// asks some thousand times a second, which costs both sides more than the records themselves. None of its settings slows
/// that down (`fetch.error.backoff.ms` is for errors), so its thread rests after such an answer. The thread serves
/// nothing else than the reading of one consumer, which is why it may be held up, against the rule for interceptors; the
/// price is that a record waits for the rest of a pause, but only when the fetch before it was answered with nothing.
final class KafkaFetchPace: Sendable {
    /// An answer of so many bytes or fewer holds no record.
    private let emptyAnswerMax = Atomic(0)
    private let restsTaken = Atomic(0)

    /// In milliseconds.
    private static let pause: Int32 = 2
    /// In microseconds: such a fetch has waited at the server.
    private static let waited: Int64 = 20_000
    private static let fetch: Int16 = 1

    /// Says what is read now.
    ///
    /// An answer without records has 18 bytes, 6 and the name for each topic, and 42 for each partition; a batch of records
    /// has 61 and what is in them. Where several servers share the partitions, an answer of one of them is shorter, and
    /// a small record in it may be taken for none: it then waits for one pause.
    ///
    /// - Source: Kafka protocol, Fetch response version 11, and record batch.
    func reads(_ partitions: [String: Int]) {
        let bytes = partitions.reduce(18) { $0 + 6 + $1.key.utf8.count + 42 * $1.value }
        emptyAnswerMax.store(bytes + 60, ordering: .relaxed)
    }

    /// Has the consumer that is made of it rest. It must live as long as that.
    func install(in configuration: OpaquePointer) {
        rd_kafka_conf_interceptor_add_on_new(
            configuration, "doorstep-fetch-pace",
            { client, _, opaque, _, _ in
                rd_kafka_interceptor_add_on_response_received(
                    client, "doorstep-fetch-pace",
                    { _, _, _, _, api, _, _, size, roundTrip, error, opaque in
                        guard let opaque, api == KafkaFetchPace.fetch, error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                            return RD_KAFKA_RESP_ERR_NO_ERROR
                        }
                        let pace = Unmanaged<KafkaFetchPace>.fromOpaque(opaque).takeUnretainedValue()
                        pace.answered(bytes: size, after: roundTrip)
                        return RD_KAFKA_RESP_ERR_NO_ERROR
                    }, opaque)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// How often it rested.
    var rests: Int { restsTaken.load(ordering: .relaxed) }

    private func answered(bytes: Int, after roundTrip: Int64) {
        guard roundTrip < Self.waited, bytes <= emptyAnswerMax.load(ordering: .relaxed) else { return }
        restsTaken.wrappingAdd(1, ordering: .relaxed)
        poll(nil, 0, Self.pause)
    }
}
