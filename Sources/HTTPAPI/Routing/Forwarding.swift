import Contracts
import Hummingbird
import Kernel

/// Sends a request on to the process that can answer it, marked, and never further. Where it takes reading a service's
/// tables to know whose a request is, any process of that service is asked first, which may send it on once more.
struct Forwarding: Sendable {
    let request: Request
    let body: [UInt8]
    let services: APIServices
    /// Answers a part of a batch in this process.
    let handleHere: @Sendable (_ body: [UInt8], _ keySuffix: String) async throws(Problem) -> Reply

    /// - Returns: what the other process answers; the problem itself when it is none of rerouting, the request was sent
    ///   on already, or nobody can be reached.
    func follow(_ problem: Problem) async throws(Problem) -> Reply {
        guard let rerouting = problem.rerouting, let peers = services.peers else { throw problem }
        switch rerouting {
        case .elsewhere(let topic, let partition):
            let isLast = partition != nil
            guard isLast ? mayBeSentOn : !isForwarded,
                let address = await peers.address(of: topic, partition: partition)
            else { throw problem }
            return try await send(body, keySuffix: "", to: address, isLast: isLast, peers)
        case .split(let topic, let partitions):
            return try await share(topic, partitions, peers, problem)
        }
    }

    private var isForwarded: Bool { Self.isForwarded(request, services) }

    /// To a named owner: from wherever a client came in, or from whom only the service was known to.
    private var mayBeSentOn: Bool { !isForwarded || request.headers[.forwardedToAny] != nil }

    /// Whether a request came from another process of the same system.
    static func isForwarded(_ request: Request, _ services: APIServices) -> Bool {
        guard let secret = services.peers?.secret else { return false }
        return ForwardedRequest.isSecret(secret, of: request)
    }

    private func send(
        _ body: [UInt8], keySuffix: String, to address: String, isLast: Bool = true, _ peers: any Peers
    ) async throws(Problem) -> Reply {
        var headers: [(name: String, value: String)] = []
        for field in request.headers where !Self.ownFields.contains(field.name.canonicalName) {
            let isKey = field.name == .idempotencyKey
            headers.append((field.name.canonicalName, isKey ? field.value + keySuffix : field.value))
        }
        headers.append((FieldName.forwarded.canonicalName, peers.secret))
        if !isLast { headers.append((FieldName.forwardedToAny.canonicalName, "1")) }
        // Path and query alone: a request may name a whole address as its target, which must not be added to ours.
        let target = request.uri.path + (request.uri.query.map { "?\($0)" } ?? "")
        guard target.hasPrefix("/") else { throw .notFound("address") }
        let timeout = services.configuration.requestTimeout + .seconds(Call.waitSeconds(request))
        let sent = ForwardedRequest(
            method: request.method.rawValue, target: target, headers: headers, body: body, timeout: timeout)
        guard let reply = await peers.send(sent, to: address) else {
            throw Problem(
                .unavailable, "The process that does this did not answer. Repeat it with the same Idempotency-Key.",
                retryAfter: 1)
        }
        return Reply(reply)
    }

    /// Connection fields are this hop's own; the length follows from the body.
    private static let ownFields: Set<String> = [
        "connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect",
        FieldName.forwarded.canonicalName, FieldName.forwardedToAny.canonicalName,
    ]

    /// Each partition's elements to its owner, and the results in the order of the batch.
    private func share(
        _ topic: Topic, _ partitions: [Int], _ peers: any Peers, _ problem: Problem
    ) async throws(Problem) -> Reply {
        guard let batch = Batch(body, count: partitions.count) else { throw problem }
        var results = [JSONValue](repeating: .null, count: partitions.count)
        for (partition, places) in Dictionary(grouping: partitions.indices, by: { partitions[$0] }).sorted(by: {
            $0.key < $1.key
        }) {
            let part = batch.part(places)
            let suffix = "/\(partition)"
            let reply: Reply
            if services.isHere(topic, partition) {
                reply = try await handleHere(part, suffix)
            } else {
                guard mayBeSentOn, let address = await peers.address(of: topic, partition: partition) else {
                    throw problem
                }
                reply = try await send(part, keySuffix: suffix, to: address, peers)
            }
            guard reply.status == 200, case .bytes(let bytes) = reply.content,
                let answered = (try? JSONValue(parsing: bytes))?["results"]?.array, answered.count == places.count
            else { return reply }
            for (place, result) in zip(places, answered) { results[place] = result }
        }
        return .object { json in json.member("results", array: results) { $0.value($1) } }
    }

    /// A body whose only array is the batch.
    private struct Batch {
        let members: [JSONMember]
        let member: String
        let elements: [JSONValue]

        init?(_ body: [UInt8], count: Int) {
            guard case .object(let members)? = try? JSONValue(parsing: body),
                let found = members.first(where: { $0.value.array?.count == count }), let array = found.value.array
            else { return nil }
            self.members = members
            member = found.name
            elements = array
        }

        func part(_ places: [Int]) -> [UInt8] {
            var json = JSONWriter()
            json.object { json in
                for element in members {
                    json.name(element.name)
                    json.value(element.name == member ? .array(places.map { elements[$0] }) : element.value)
                }
            }
            return json.bytes
        }
    }
}

extension FieldName {
    static let forwarded = known("doorstep-forwarded")
    /// Beside the other: whoever sent it knew the service and not the partition.
    static let forwardedToAny = known("doorstep-forwarded-to-any")
}

extension Reply {
    init(_ reply: ForwardedReply) {
        self.init(reply.status, "", reply.body)
        headers = [:]
        for (name, value) in reply.headers {
            guard let name = FieldName(name),
                !["connection", "transfer-encoding", "content-length", "date", "server"]
                    .contains(name.canonicalName)
            else { continue }
            headers.append(.init(name: name, value: value))
        }
    }
}
