import Foundation
import Kernel
import Ports
import PostgresStore
import Runtime

/// What a PostgreSQL server does by itself on this machine: the floor that Doorstep's figures stand on.
struct PostgresFloor: Sendable {
    let database: BenchDatabase

    private static let rowsPerStatement = 2048
    /// Three integers in front of the bytes that fill a row.
    private static let integerWidth = 24

    // MARK: One row, one client per transaction

    /// Transactions per second of 16 clients of `pgbench` that update the same row.
    ///
    /// - Throws: `pgbench_missing` when it is not installed; `pgbench_failed` with what it said.
    func updatesOfOneRow(seconds: Int) throws -> Double {
        let connection = try database.connect()
        defer { connection.close() }
        try connection.executeScript(
            """
            CREATE TABLE one_row (id BIGINT PRIMARY KEY, quantity BIGINT NOT NULL);
            INSERT INTO one_row VALUES (1, 0);
            """)
        let script = TemporaryFolder.newPath(for: "pgbench")
        try Data("UPDATE one_row SET quantity = quantity + 1 WHERE id = 1;\n".utf8).write(
            to: URL(fileURLWithPath: script))
        defer { try? FileManager.default.removeItem(atPath: script) }
        let said = try Self.run(
            try Self.pgbench(),
            ["-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", String(seconds), "-f", script, database.url])
        guard let line = said.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = line.dropFirst("tps = ".count).split(separator: " ").first.flatMap({ Double($0) })
        else { throw Fault("pgbench_failed", retryable: false, said) }
        return rate
    }

    private static func pgbench() throws(Fault) -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        let folders =
            path.split(separator: ":").map(String.init)
            + versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }.map { "\(debian)/\($0)/bin" }
        let places = folders.map { "\($0)/pgbench" }
        guard let place = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Fault("pgbench_missing", retryable: false, "pgbench comes with PostgreSQL; it is not installed")
        }
        return place
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Fault("pgbench_failed", retryable: false, said) }
        return said
    }

    // MARK: Rows in batches

    /// Rows per second that connections insert at a time, in transactions of one `unnest` statement each.
    ///
    /// - Parameters:
    ///   - connections: how many, each into a table of its own.
    ///   - width: bytes of a row, 24 or more.
    ///   - rows: how many each connection inserts.
    func plainInserts(connections: Int, width: Int, rows: Int) async throws -> Double {
        let connection = try database.connect()
        try connection.executeScript(
            (0..<connections).map {
                "DROP TABLE IF EXISTS plain_\($0); CREATE TABLE plain_\($0) (id BIGINT PRIMARY KEY, a BIGINT NOT NULL, b BIGINT NOT NULL, "
                    + "content BYTEA NOT NULL);"
            }.joined(separator: "\n"))
        connection.close()
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<connections {
                group.addTask {
                    try await OwnThread.run {
                        Result { try insert(into: "plain_\(writer)", width: width, rows: rows) }
                    }.get()
                }
            }
            try await group.waitForAll()
        }
        return Double(connections * rows) / (ContinuousClock.now - start).inSeconds
    }

    private func insert(into table: String, width: Int, rows: Int) throws {
        let connection = try database.connect()
        defer { connection.close() }
        let content = [UInt8](repeating: 7, count: max(0, width - Self.integerWidth))
        for first in stride(from: 0, to: rows, by: Self.rowsPerStatement) {
            let batch = (first..<min(rows, first + Self.rowsPerStatement)).map { number -> [SQLValue] in
                [.int(number), .int(number), .int(number), .blob(content)]
            }
            try connection.begin()
            // A batch statement is one statement over unnest here.
            try connection.executeEach("INSERT INTO \(table) (id, a, b, content) VALUES ($1, $2, $3, $4)", batch)
            try connection.commit()
        }
    }
}
