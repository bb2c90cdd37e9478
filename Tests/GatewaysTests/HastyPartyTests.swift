import AsyncHTTPClient
import Foundation
import NIOCore
import Testing

@testable import Gateways

@Suite("A party in a hurry")
struct HastyPartyTests {
    @Test("One that answers and hangs up, without a word of closing, costs one connection and no more")
    func answersAndHangsUp() async throws {
        let receiver = try ScriptedReceiver()
        receiver.answerAlways("200 OK\r\ncontent-length: 2\r\n\r\n{}")
        receiver.linger(microseconds: 0...4_000)
        let connections = PartyConnections()
        // Busy now and then, as a server's loops are.
        let load = HTTPClient.defaultEventLoopGroup.makeIterator().map { loop in
            loop.scheduleRepeatedTask(initialDelay: .zero, delay: .microseconds(300)) { _ in
                usleep(.random(in: 0...2_000))
            }
        }
        defer { for task in load { task.cancel() } }
        let url = "http://127.0.0.1:\(receiver.port)/"
        // Whether the answer comes before the client has noted its own request's end is the scheduler's choice.
        let answered = await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    var answered = 0
                    for _ in 0..<200 {
                        let exchange = await HTTPCaller.exchange(
                            .POST, url, headers: [:], body: [UInt8](repeating: 0x20, count: 64), limits: HTTPLimits(),
                            client: connections.client)
                        if case .answered(let answer) = exchange, answer.status == 200 { answered += 1 }
                    }
                    return answered
                }
            }
            return await group.reduce(0, +)
        }
        // Each connection answers its first call, and at most one is lost on it.
        #expect(answered >= 800, "of 1600")
        receiver.close()
        try await connections.close()
    }
}
