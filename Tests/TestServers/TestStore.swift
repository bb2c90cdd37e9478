import Foundation
import Kernel
import Ports
import PostgresStore
import SQLiteStore
import Testing

/// On which store a test runs.
public enum TestStore: String, CaseIterable, Sendable {
    case sqlite
    case postgres

    /// Of the test that runs now; set by ``OnEveryStore``.
    @TaskLocal public static var current = TestStore.sqlite

    /// A database that no other test has.
    ///
    /// - Parameters:
    ///   - name: of the file or the schema; letters and digits.
    ///   - folder: where a file would be.
    /// - Throws: ``PostgresServer/Failure``.
    public func database(_ name: String, in folder: URL) throws -> any Database {
        switch self {
        case .sqlite: return SQLiteDatabase(path: folder.appending(path: "\(name).db").path)
        case .postgres:
            let server = try PostgresServer.shared()
            return PostgresDatabase(url: server.url, schema: server.schema(name))
        }
    }
}

/// Runs each test of a suite once per store.
public struct OnEveryStore: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        for store in TestStore.allCases {
            do {
                try await TestStore.$current.withValue(store) { try await function() }
            } catch {
                throw OnStore(store: store, error: error)
            }
        }
    }
}

extension Trait where Self == OnEveryStore {
    public static var onEveryStore: Self { Self() }
}

/// An error with the store on which it came.
private struct OnStore: Error, CustomStringConvertible {
    let store: TestStore
    let error: any Error
    var description: String { "on \(store): \(error)" }
}
