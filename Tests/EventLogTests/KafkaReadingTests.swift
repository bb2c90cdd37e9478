import Contracts
import Kernel
import Ports
import TestServers
import Testing

@testable import KafkaLog

@Suite struct KafkaReadingTests {
    @Test func aBacklogIsReadWithoutPauses() throws {
        let cluster = try KafkaCluster()
        let broker = try cluster.broker
        let count = 40_000
        try Strangers.write(Array(repeating: "{}", count: count), to: broker)
        var read = 0
        let elapsed = try ContinuousClock().measure { read = try Self.read(count, from: broker) }
        #expect(read == count)
        // It was a second for some 7,000 once; it takes 0.2 s.
        #expect(elapsed < .seconds(4))
    }

    /// The server for tests answers at once that there is nothing while others write.
    @Test func aServerThatDoesNotWaitIsAskedSlowly() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let broker = try #require(try Rig.broker(.kafka) as? KafkaBroker)
        let client = try KafkaClient.consumer(broker.settings)
        try KafkaTopics.ensure(broker, client)
        let reader = try KafkaReader(broker, client)
        try reader.seek(.orders, partition: 1, to: .end)
        let pace = try #require(client.pace)
        var read = 0
        while pace.rests < 50, clock.now - start < .seconds(30) {
            try Strangers.write(["{}"], to: broker, partition: 0)
            read += try reader.poll(atMost: .zero).count
        }
        #expect(read == 0)
        #expect(pace.rests >= 50)
        #expect(clock.now - start > .milliseconds(50 * 2))
    }

    private static func read(_ count: Int, from broker: KafkaBroker) throws -> Int {
        let reader = try broker.connectReader()
        try reader.seek(.orders, partition: 0, to: .offset(0))
        let clock = ContinuousClock()
        let start = clock.now
        var read = 0
        while read < count, clock.now - start < .seconds(30) {
            read += try reader.poll(atMost: .milliseconds(100)).count
        }
        return read
    }
}
