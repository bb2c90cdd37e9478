import Foundation
import Kernel
import Ports
import Signing
import Testing

@testable import Gateways

@Suite("Customers' webhooks")
struct WebhookSenderTests {
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let older = "whsec_b2xkZXItc2VjcmV0LW9mLTI0LWJ5dGVz"

    private func withSender(
        url: String, secrets: [String] = [Self.secret], privateAddresses: Bool = true, plainHTTP: Bool = true,
        _ body: (WebhookSender, EndpointID) async throws -> Void
    ) async throws {
        let id = EndpointID(rawValue: 9)
        let threads = BlockingThreads(count: 1)
        let sender = WebhookSender(
            directory: EndpointTable(endpoints: [id: WebhookEndpoint(id: id, url: url, secrets: secrets)]),
            options: .init(
                allowsPrivateAddresses: privateAddresses, allowsPlainHTTP: plainHTTP,
                limits: HTTPLimits(connect: .milliseconds(500), total: .seconds(2))),
            threads: threads)
        try await body(sender, id)
        await sender.close()
        threads.close()
    }

    private func fault(_ sender: WebhookSender, _ id: EndpointID, body: String = "{}") async -> GatewayFault? {
        do {
            try await sender.deliver(
                to: id, messageID: "msg_1", type: "order.confirmed", body: body, now: SystemClock().now)
            return nil
        } catch {
            return error
        }
    }

    @Test("A message arrives signed by every secret that is valid now")
    func signed() async throws {
        let receiver = try ScriptedReceiver()
        let url = "http://127.0.0.1:\(receiver.port)/hooks?shop=1"
        try await withSender(url: url, secrets: [Self.secret, Self.older]) { sender, id in
            #expect(await fault(sender, id, body: #"{"type":"order.confirmed"}"#) == nil)
        }
        let message = try #require(receiver.received.first)
        #expect(message.path == "/hooks?shop=1")
        #expect(message.headers["webhook-id"] == "msg_1")
        #expect(message.headers["content-type"] == "application/json")
        #expect(message.headers["host"] == "127.0.0.1:\(receiver.port)")
        #expect(message.body == Array(#"{"type":"order.confirmed"}"#.utf8))
        #expect(message.isSigned(by: Self.secret))
        #expect(message.isSigned(by: Self.older))
        #expect(!message.isSigned(by: WebhookSecret.random().text))
        receiver.close()
    }

    @Test("2xx is success, 410 ends it, everything else is tried again, and no redirect is followed")
    func statuses() async throws {
        let receiver = try ScriptedReceiver()
        let elsewhere = try ScriptedReceiver()
        try await withSender(url: "http://localhost:\(receiver.port)/") { sender, id in
            for status in [200, 201, 202, 204] {
                receiver.answerNext("\(status) Fine\r\n")
                #expect(await fault(sender, id) == nil)
            }
            receiver.answerNext("410 Gone\r\n")
            #expect(
                await fault(sender, id)
                    == .refused(code: "endpoint_gone", detail: "the endpoint answered 410 Gone"))
            for status in [301, 302, 307, 308, 400, 401, 404, 500, 502] {
                receiver.answerNext("\(status) No\r\nlocation: http://127.0.0.1:\(elsewhere.port)/\r\n")
                #expect(await fault(sender, id) == .failed(reason: "HTTP \(status)", retryAfter: nil))
            }
            receiver.answerNext("429 Slow Down\r\nretry-after: 120\r\n")
            #expect(await fault(sender, id) == .failed(reason: "HTTP 429", retryAfter: .seconds(120)))
        }
        #expect(elsewhere.received.isEmpty)
        #expect(receiver.received.count == 15)
        receiver.close()
        elsewhere.close()
    }

    @Test(
        "Hosts on this machine and in private networks are refused before any connection",
        arguments: [
            "127.0.0.1", "localhost", "127.1.2.3", "10.0.0.8", "192.168.1.1", "172.16.0.1", "169.254.169.254",
            "100.64.0.1", "0.0.0.0", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]", "224.0.0.1", "255.255.255.255",
        ])
    func privateAddresses(host: String) async throws {
        let receiver = try ScriptedReceiver()
        try await withSender(url: "http://\(host):\(receiver.port)/", privateAddresses: false) { sender, id in
            #expect(
                await fault(sender, id)
                    == .refused(code: "address_refused", detail: "the host is not on the public Internet"))
        }
        #expect(receiver.received.isEmpty)
        receiver.close()
    }

    @Test(
        "URLs that readers could understand in two ways are refused",
        arguments: [
            "ftp://example.com/", "http:/example.com", "http://", "http://user@example.com/", "http://a:b@example.com/",
            "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://017700000001/", "http://127.0.0.1.:80/",
            "http://example.com:0/", "http://example.com:65536/", "http://example.com:8a/", "http://exa mple.com/",
            "http://example.com/\r\nX: y", "http://example.com#@127.0.0.1/", "http://example.com\\@127.0.0.1/",
            "http://[::1/", "http://[example.com]/", "http://::1/", "http://ex%61mple.com/", "http://bücher.example/",
            "http://.example.com/", "http://example..com/", "javascript:alert(1)", "",
        ])
    func ambiguousURLs(text: String) async throws {
        #expect(WebhookURL(text) == nil)
        try await withSender(url: text) { sender, id in
            guard case .refused("endpoint_invalid", _) = await fault(sender, id) else {
                Issue.record("not refused: \(text)")
                return
            }
        }
    }

    @Test("URLs are taken apart")
    func urls() throws {
        let plain = try #require(WebhookURL("HTTP://Example.COM?a=b"))
        #expect((plain.host, plain.port, plain.target) == ("example.com", 80, "/?a=b"))
        #expect(plain.text == "http://example.com:80/?a=b")
        let six = try #require(WebhookURL("https://[2001:DB8::1]:8443/x"))
        #expect((six.host, six.port, six.target) == ("2001:db8::1", 8_443, "/x"))
        #expect(six.text == "https://[2001:db8::1]:8443/x")
        #expect(six.isEncrypted)
    }

    @Test(
        "Public addresses are public",
        arguments: [
            "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "2606:4700::1111",
            "64:ff9b::808:808", "2002:808:808::",
        ])
    func publicAddresses(text: String) throws {
        #expect(AddressPolicy.isPublic(try #require(IPAddress(text))))
    }

    @Test("Plain HTTP is refused unless it is allowed, and an endpoint that is gone is known to be")
    func otherRefusals() async throws {
        try await withSender(url: "http://127.0.0.1:1/", plainHTTP: false) { sender, id in
            #expect(
                await fault(sender, id)
                    == .refused(code: "endpoint_insecure", detail: "the URL must begin with https://"))
            guard case .refused("endpoint_unknown", _) = await fault(sender, EndpointID(rawValue: 10)) else {
                Issue.record("an endpoint that is not there")
                return
            }
        }
        try await withSender(url: "http://127.0.0.1:1/", secrets: ["whsec_"]) { sender, id in
            guard case .refused("endpoint_invalid", _) = await fault(sender, id) else {
                Issue.record("an endpoint without a secret")
                return
            }
        }
    }

    @Test("A name that does not resolve and a port where nobody listens are tried again")
    func unreachable() async throws {
        try await withSender(url: "http://no-such-host.invalid/") { sender, id in
            guard case .failed = await fault(sender, id) else {
                Issue.record("a name that does not resolve")
                return
            }
        }
        let receiver = try ScriptedReceiver()
        let port = receiver.port
        receiver.close()
        try await withSender(url: "http://127.0.0.1:\(port)/") { sender, id in
            try await eventually("the port is closed") {
                if case .failed = await fault(sender, id) { true } else { false }
            }
        }
    }

    @Test("A client that is pinned to an address connects there, whatever its host's name means")
    func pinned() async throws {
        let receiver = try ScriptedReceiver()
        let clients = PinnedClients(limits: HTTPLimits(), capacity: 1)
        for host in ["shop.invalid", "other.invalid", "shop.invalid"] {
            let exchange = await clients.with(host: host, address: try #require(IPAddress("127.0.0.1"))) { client in
                await HTTPCaller.exchange(
                    .GET, "http://\(host):\(receiver.port)/", headers: [:], body: nil, limits: HTTPLimits(),
                    client: client)
            }
            guard case .answered(let answer) = exchange else {
                Issue.record("\(exchange)")
                return
            }
            #expect(answer.status == 204)
        }
        #expect(
            receiver.received.map { $0.headers["host"] }
                == ["shop", "other", "shop"].map { "\($0).invalid:\(receiver.port)" })
        await clients.close()
        receiver.close()
    }
}
