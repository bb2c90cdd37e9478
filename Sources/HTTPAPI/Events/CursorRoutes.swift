import Contracts
import Kernel
import Runtime

/// How far this process's services have read a topic, for its producer, which keeps what was not read yet.
enum CursorRoutes {
    static func all(_ services: APIServices) -> [Route] {
        Topic.allCases.map { topic in
            .get("/v1/cursors/\(topic.rawValue)/{partition}", .scope(topic.scope)) { call async throws(Problem) in
                try await read(topic, call, services)
            }
        }
    }

    private static func read(_ topic: Topic, _ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        guard let partition = Int(call.parameter("partition")), (0..<1 << 15).contains(partition) else {
            throw .notFound("partition")
        }
        try call.query.finish()
        var positions: [(reader: Topic, position: Int64)] = []
        for reader in Topic.allCases where reader != topic && services.isHere(reader) {
            let position = try await services.reads(reader).ask { database throws(Fault) in
                try database.first(
                    "SELECT position FROM cursors WHERE topic = $1 AND partition = $2",
                    [.text(topic.rawValue), .int(partition)]
                ) { $0.integer(0) }
            }
            if let position { positions.append((reader, position)) }
        }
        return .object { json in
            json.member("position", positions.map(\.position).min() ?? 0)
            json.member("readers", array: positions) { json, entry in
                json.object { json in
                    json.member("service", entry.reader.rawValue)
                    json.member("position", entry.position)
                }
            }
        }
    }
}
