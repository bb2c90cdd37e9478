import Foundation
import Kernel
import Ports
import SQLiteStore
import Testing

@Suite struct ClosingTests {
    @Test func whateverClosesLastBringsTheLogIntoTheFile() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("closing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for round in 0..<150 {
            let path = folder.appendingPathComponent("\(round).db").path
            let database = SQLiteDatabase(path: path)
            let connections = try [DatabaseAccess.write, .read, .read].map { try database.connect($0) }
            try connections[0].executeScript("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);")
            for connection in connections { #expect(try connection.integer("SELECT count(*) FROM t") == 1) }
            nonisolated(unsafe) let ending = connections
            DispatchQueue.concurrentPerform(iterations: ending.count) { ending[$0].close() }
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"), "round \(round)")
        }
    }
}
