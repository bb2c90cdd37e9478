import Foundation
import Kernel
import PostgresStore
import SQLiteStore
import TestServers

@testable import Ports

/// A store that the suite is run on, and what it declares it can do.
enum Store: String, CaseIterable, Sendable {
    case sqlite
    case postgres

    /// Text may contain a character of code zero.
    var keepsZeroCharacters: Bool { self == .sqlite }
    /// Several transactions may write at a time, and then wait for each other's rows only.
    var hasManyWriters: Bool { self == .postgres }
    /// A lost connection is made anew for the next statement.
    var isServer: Bool { self == .postgres }

    /// A database that nobody else has, for as long as `body` runs.
    func withDatabase<Value>(_ body: (any Database) throws -> Value) throws -> Value {
        switch self {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            return try body(SQLiteDatabase(path: folder.appending(path: "test.db").path))
        case .postgres:
            let server = try PostgresServer.shared()
            return try body(PostgresDatabase(url: server.url, schema: server.schema("store")))
        }
    }

    /// The same with one connection that writes, on tables that a script makes.
    func withTables<Value>(
        _ script: String, _ body: (any DatabaseConnection, any Database) throws -> Value
    ) throws -> Value {
        try withDatabase { database in
            let connection = try database.connect(.write)
            defer { connection.close() }
            try connection.beginMigration()
            try connection.executeScript(script)
            try connection.commit()
            return try body(connection, database)
        }
    }
}
