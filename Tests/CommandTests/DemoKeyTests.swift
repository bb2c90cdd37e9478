import Foundation
import HTTPAPI
import Kernel
import Testing

@testable import doorstep

@Suite struct DemoKeyTests {
    @Test func theKeyIsTheSameUntilItIsRevokedDamagedOrAboutToExpire() async throws {
        let temporary = try TemporaryFolder()
        let folder = try DataFolder("\(temporary.path)/data")
        let clock = SystemClock()
        let access = try await AccessStore.open(folder.access, clock: clock)
        defer { access.stop() }
        let now = clock.now
        let first = try await DemoKey.token(folder, access, now: now)
        #expect(try await DemoKey.token(folder, access, now: now) == first)

        let later = try await DemoKey.token(folder, access, now: now + .seconds(29 * 24 * 3600 + 60))
        #expect(later != first)

        let newest = try #require(try await access.list().last)
        _ = try await access.revoke(newest.id, actor: "test")
        let second = try await DemoKey.token(folder, access, now: now)
        #expect(second != later)

        try Data("nonsense".utf8).write(to: URL(filePath: "\(folder.path)/demo-key"))
        #expect(try await DemoKey.token(folder, access, now: now) != second)
        let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/demo-key")[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o600)
    }
}
