import Contracts
import Kernel
import Ports
import Runtime
import TestServers
import Testing

/// A broker that is killed: the one that speaks Kafka's protocol here forgets everything then, topics included.
@Suite(.serialized) struct BrokerLossTests {
    @Test func aBrokerThatComesBackEmptyIsFilledAgain() throws {
        let server = try BrokerServer(.kafka)
        defer { server.remove() }
        let rig = try Rig(.kafka, server: server, hasOrigin: true)
        let log = rig.log()
        try rig.producer.say(200)
        expectSame(try rig.read(200, from: log), rig.producer.said[0])
        server.killHard()
        try rig.producer.say(100)
        // While it is away, readers go on.
        expectSame(try rig.read(100, from: log, after: 200), Array(rig.producer.said[0][200...]))
        try server.start()
        try rig.producer.say(50)
        expectSame(try rig.read(50, from: log, after: 300), Array(rig.producer.said[0][300...]))
        // Everything is at the broker again: this reader has nothing else.
        let broker = try #require(rig.broker)
        let reading = Reading(broker, rig.producer, origin: nil)
        expectSame(try reading.read(350, within: 90), rig.producer.said[0])
    }

    @Test func aRelayDoesNotPublishWhatItsDatabaseForgot() throws {
        let rig = try Rig(.kafka)
        try rig.producer.say(20)
        #expect(try rig.read(20, from: rig.log()).count == 20)
        // As after the restore of a backup: a log that ends earlier than the broker.
        let broker = try #require(rig.broker)
        let younger = try Producer()
        try younger.say(5)
        let relay = Relay(
            .orders, partitions: { [0] }, broker: broker, database: younger.database, log: younger.origin,
            clock: younger.clock, status: RelayStatus())
        #expect { try relay.step() } throws: { ($0 as? Fault)?.code == "broker_ahead" }
        relay.close()
    }
}
