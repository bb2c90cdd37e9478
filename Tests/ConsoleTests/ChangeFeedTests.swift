import Contracts
import Kernel
import NIOCore
import Testing

@testable import Console

@Suite struct ChangeFeedTests {
    @Test(.timeLimit(.minutes(1))) func theLastChangeIsAlwaysToldAfterIt() async {
        let (commits, source) = AsyncStream.makeStream(of: [Envelope].self)
        var told = ChangeFeed.changes(commits, every: .milliseconds(20)) { _ in true }.makeAsyncIterator()
        source.yield([])
        #expect(await told.next() != nil)
        // Within the pause after the first message: a second one stands for all of them.
        for _ in 0..<100 { source.yield([]) }
        #expect(await told.next() != nil)
        source.finish()
        var more = 0
        while await told.next() != nil { more += 1 }
        #expect(more <= 1)
    }

    @Test(.timeLimit(.minutes(1))) func whatDoesNotConcernThePageIsNotTold() async {
        let (commits, source) = AsyncStream.makeStream(of: [Envelope].self)
        var told = ChangeFeed.changes(commits, every: .milliseconds(1)) { _ in false }.makeAsyncIterator()
        source.yield([])
        source.finish()
        #expect(await told.next() == nil)
    }

    @Test(.timeLimit(.minutes(1))) func aPageThatIsGoneListensNoMore() async {
        let (commits, source) = AsyncStream.makeStream(of: [Envelope].self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        source.onTermination = { _ in end.finish() }
        let reading = Task {
            for await _ in ChangeFeed.changes(commits, every: .seconds(60), where: { _ in true }) {}
        }
        source.yield([])
        reading.cancel()
        for await _ in ended {}
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:0:1::7", "32:1:13:184:0:0:0:1"),
        ("2001:db8:0:1:ffff::9", "32:1:13:184:0:0:0:1"), ("2001:db8:0:2::7", "32:1:13:184:0:0:0:2"),
    ])
    func aNetworkOfOneCustomerIsOneClient(_ address: String, _ key: String) throws {
        #expect(ClientAddress.key(try SocketAddress(ipAddress: address, port: 1)) == key)
    }
}
