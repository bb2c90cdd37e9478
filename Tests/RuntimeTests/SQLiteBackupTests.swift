import Foundation
import Kernel
import Ports
import SQLiteStore
import Synchronization
import Testing

@Suite struct SQLiteBackupTests {
    private static func folder() throws -> String {
        let path = NSTemporaryDirectory() + "doorstep-backup-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static func database(_ path: String) throws -> SQLiteDatabase {
        let database = SQLiteDatabase(path: path)
        let connection = try database.connect(.write)
        defer { connection.close() }
        try connection.executeScript("CREATE TABLE counts (value BIGINT NOT NULL); INSERT INTO counts VALUES (0)")
        return database
    }

    private static func value(_ path: String) throws -> Int64 {
        let connection = try SQLiteDatabase(path: path).connect(.read)
        defer { connection.close() }
        return try connection.integer("SELECT value FROM counts")
    }

    /// Whoever follows is never ahead of whom it follows, in any copy, however fast both are.
    @Test func copiesAreOfOneMomentWhileOthersWrite() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let leader = try Self.database("\(folder)/leader.db")
        let follower = try Self.database("\(folder)/follower.db")
        let isDone = Atomic(false)
        let writing = DispatchGroup()
        let failure = Mutex<Fault?>(nil)
        writing.enter()
        Thread.detachNewThread {
            defer { writing.leave() }
            do throws(Fault) {
                let connections = [try leader.connect(.write), try follower.connect(.write)]
                while !isDone.load(ordering: .acquiring) {
                    for connection in connections {
                        _ = try connection.transaction { () throws(Fault) in
                            try connection.execute("UPDATE counts SET value = value + 1")
                        }
                    }
                }
                for connection in connections { connection.close() }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        var last: Int64 = -1
        for round in 0..<20 {
            // Copied one after the other, the follower would be too far behind, or ahead.
            let copies = [(follower, "\(folder)/f\(round).db"), (leader, "\(folder)/l\(round).db")]
            try SQLiteBackup.make(round % 2 == 0 ? copies : copies.reversed()) { _, _, _ in }
            let (behind, ahead) = (try Self.value("\(folder)/f\(round).db"), try Self.value("\(folder)/l\(round).db"))
            #expect(behind <= ahead && ahead <= behind + 1)
            #expect(behind >= last)
            last = behind
        }
        isDone.store(true, ordering: .releasing)
        writing.wait()
        #expect(failure.withLock { $0 } == nil)
        #expect(last > 0)
    }

    @Test(arguments: [0, 1])
    func copiesWaitForWhatIsBeingWritten(index: Int) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let databases = [try Self.database("\(folder)/0.db"), try Self.database("\(folder)/1.db")]
        let writer = try databases[index].connect(.write)
        defer { writer.close() }
        try writer.begin()
        try writer.execute("UPDATE counts SET value = 1")
        let copying = DispatchGroup()
        let failure = Mutex<Fault?>(nil)
        copying.enter()
        Thread.detachNewThread {
            defer { copying.leave() }
            do throws(Fault) {
                try SQLiteBackup.make(databases.enumerated().map { ($1, "\(folder)/copy-\($0).db") }) { _, _, _ in }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        #expect(copying.wait(timeout: .now() + .milliseconds(300)) == .timedOut)
        try writer.commit()
        copying.wait()
        #expect(failure.withLock { $0 } == nil)
        #expect(try Self.value("\(folder)/copy-\(index).db") == 1)
    }

    @Test func aCopyThatExistsIsRefused() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try Self.database("\(folder)/one.db")
        _ = try Self.database("\(folder)/copy.db")
        let refused = #expect(throws: Fault.self) {
            try SQLiteBackup.make([(database, "\(folder)/copy.db")]) { _, _, _ in }
        }
        #expect(refused?.code == "backup_target_unusable")
    }

    @Test func progressGoesToTheEnd() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try Self.database("\(folder)/one.db")
        var last = (0, 0)
        try SQLiteBackup.make([(database, "\(folder)/copy.db")]) { _, done, all in last = (done, all) }
        #expect(last.0 == last.1 && last.1 > 0)
    }
}
