import Contracts
import Kernel
import Ports
import Testing

/// What every event log promises, whatever carries it.
@Suite(.serialized) struct EventLogConformanceTests {
    @Test(arguments: Way.allCases) func everyEventArrivesInOrderAndAsItWasSaid(way: Way) throws {
        let rig = try Rig(way)
        try rig.producer.say(750)
        let log = rig.log()
        expectSame(try rig.read(750, from: log), rig.producer.said[0])
        #expect(try log.read(.orders, partition: 0, after: 750, limit: 10) == [])
    }

    @Test(arguments: Way.allCases) func readingGoesOnAfterAnyPosition(way: Way) throws {
        let rig = try Rig(way)
        try rig.producer.say(300)
        #expect(try rig.read(300, from: rig.log()).count == 300)
        for position in [299, 150, 1, 0] {
            let log = rig.log()
            let rest = try rig.read(300 - position, from: log, after: Int64(position))
            expectSame(rest, Array(rig.producer.said[0][position...]), "after \(position)")
        }
    }

    @Test(arguments: Way.allCases) func aPageIsNoLongerThanItsLimitAndNothingIsBetweenPages(way: Way) throws {
        let rig = try Rig(way)
        try rig.producer.say(64)
        expectSame(try rig.read(64, from: rig.log(), limit: 7), rig.producer.said[0])
        expectSame(try rig.read(64, from: rig.log(), limit: 1), rig.producer.said[0])
    }

    @Test(arguments: Way.allCases) func whatWasReadCanBeReadAgain(way: Way) throws {
        let rig = try Rig(way)
        try rig.producer.say(120)
        let log = rig.log()
        #expect(try rig.read(120, from: log).count == 120)
        // A worker whose transaction was rolled back, or that took a partition over, begins at its cursor.
        expectSame(try rig.read(70, from: log, after: 50), Array(rig.producer.said[0][50...]))
    }

    @Test(arguments: Way.allCases) func whatComesWhileReadingComesToo(way: Way) throws {
        let rig = try Rig(way)
        let log = rig.log()
        #expect(try log.read(.orders, partition: 0, after: 0, limit: 10) == [])
        var position: Int64 = 0
        for _ in 0..<5 {
            try rig.producer.say(40)
            let page = try rig.read(40, from: log, after: position)
            #expect(page.map(\.position) == Array(position + 1...position + 40))
            position += 40
        }
    }

    @Test(arguments: Way.allCases) func partitionsAreApart(way: Way) throws {
        let rig = try Rig(way)
        try rig.producer.say(30, partition: 1)
        try rig.producer.say(20, partition: 0)
        let log = rig.log()
        expectSame(try rig.read(20, from: log, partition: 0), rig.producer.said[0])
        expectSame(try rig.read(30, from: log, partition: 1), rig.producer.said[1])
        #expect(try log.read(.orders, partition: 0, after: 20, limit: 10) == [])
    }

    @Test(arguments: Way.allCases) func readersGoAtTheirOwnPace(way: Way) throws {
        let rig = try Rig(way)
        try rig.producer.say(200)
        let (quick, slow) = (rig.log(), rig.log())
        expectSame(try rig.read(10, from: slow), Array(rig.producer.said[0][..<10]))
        expectSame(try rig.read(200, from: quick), rig.producer.said[0])
        expectSame(try rig.read(190, from: slow, after: 10), Array(rig.producer.said[0][10...]))
        let late = rig.log()
        expectSame(try rig.read(200, from: late), rig.producer.said[0])
    }
}
