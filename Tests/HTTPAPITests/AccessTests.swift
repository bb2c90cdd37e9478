import Kernel
import Runtime
import SQLiteStore
import Testing

@testable import HTTPAPI

@Suite struct AccessTests {
    let folder: TemporaryFolder
    let clock = TestClock()
    let store: AccessStore

    init() async throws {
        folder = try TemporaryFolder()
        store = try await AccessStore.open(SQLiteDatabase(path: folder.path + "/access.db"), clock: clock)
    }

    @Test func aKeyProvesItsScopes() async throws {
        let made = try await store.create(
            name: "shop", scopes: [.ordersRead, .ordersWrite], expiresAt: nil, actor: "test")
        let caller = try await store.authenticate(made.token)
        #expect(caller == Caller(keyID: made.key.id, name: "shop", scopes: [.ordersRead, .ordersWrite]))
    }

    @Test func theSecretIsNotStored() async throws {
        let made = try await store.create(name: "shop", scopes: [.ordersRead], expiresAt: nil, actor: "test")
        let secret = try #require(APIKeyToken.parse(made.token)).secret
        #expect(secret.utf8.count == 43)
        let connection = try SQLiteDatabase(path: folder.path + "/access.db").connect(.read)
        let stored = try connection.rows("SELECT secret_hash FROM api_keys") { $0.text(0) }
        #expect(stored.count == 1)
        #expect(!stored[0].contains(secret))
    }

    @Test(arguments: [
        "", "dsk_", "dsk_x_y", "Bearer", "dsk_01jd3q8f6v000_wrong", "key_01jd3q8f6v000",
    ])
    func anythingElseIsRefused(_ token: String) async throws {
        await #expect(throws: Problem.self) { try await store.authenticate(token) }
    }

    @Test func aWrongSecretIsRefused() async throws {
        let made = try await store.create(name: "shop", scopes: [.ordersRead], expiresAt: nil, actor: "test")
        await #expect(throws: Problem.self) { try await store.authenticate(made.token + "x") }
        await #expect(throws: Problem.self) { try await store.authenticate(String(made.token.dropLast())) }
    }

    @Test func aKeyExpiresAtItsTime() async throws {
        let end = clock.now + .seconds(60)
        let made = try await store.create(name: "shop", scopes: [.ordersRead], expiresAt: end, actor: "test")
        clock.advance(.milliseconds(59_999))
        _ = try await store.authenticate(made.token)
        clock.advance(.milliseconds(1))
        await #expect(throws: Problem.self) { try await store.authenticate(made.token) }
    }

    @Test func aRotatedKeyHasTwoSecretsForAWhile() async throws {
        let made = try await store.create(name: "shop", scopes: [.ordersRead], expiresAt: nil, actor: "test")
        let new = try #require(try await store.rotate(made.key.id, overlap: .seconds(60), actor: "test"))
        _ = try await store.authenticate(made.token)
        _ = try await store.authenticate(new)
        clock.advance(.seconds(60))
        await #expect(throws: Problem.self) { try await store.authenticate(made.token) }
        _ = try await store.authenticate(new)
    }

    @Test func aRevokedKeyIsRefusedAndStaysSo() async throws {
        let made = try await store.create(name: "shop", scopes: [.ordersRead], expiresAt: nil, actor: "test")
        #expect(try await store.revoke(made.key.id, actor: "test"))
        await #expect(throws: Problem.self) { try await store.authenticate(made.token) }
        #expect(try await store.revoke(made.key.id, actor: "test") == false)
        #expect(try await store.rotate(made.key.id, overlap: .seconds(1), actor: "test") == nil)
    }

    @Test func anotherProcessesKeyIsFound() async throws {
        let other = try await AccessStore.open(SQLiteDatabase(path: folder.path + "/access.db"), clock: clock)
        let made = try await other.create(name: "cli", scopes: [.keysManage], expiresAt: nil, actor: "command line")
        clock.advance(.seconds(2))
        #expect(try await store.authenticate(made.token).name == "cli")
    }

    @Test func everyAdministrationIsInTheAuditLog() async throws {
        let made = try await store.create(name: "shop", scopes: [.ordersRead], expiresAt: nil, actor: "root")
        _ = try await store.rotate(made.key.id, overlap: .zero, actor: "root")
        _ = try await store.revoke(made.key.id, actor: "root")
        _ = try await store.revoke(made.key.id, actor: "root")
        let log = try await store.auditLog(after: (Instant(milliseconds: 0), 0), limit: 10)
        #expect(log.map(\.record.action) == ["create_key", "rotate_key", "revoke_key"])
        #expect(log.allSatisfy { $0.record.actor == "root" && $0.record.subject == made.key.id.text })
        #expect(log[0].record.before.isEmpty)
        #expect(log[1].record.before == log[0].record.after)
        #expect(log[2].record.after.contains("revoked_at"))
        let check = try AuditLog.check("access", try SQLiteDatabase(path: folder.path + "/access.db").connect(.read))
        #expect(check.holds && check.figure == 3)
    }
}
