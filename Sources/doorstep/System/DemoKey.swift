import Foundation
import HTTPAPI
import Kernel

/// The key that `serve --sandbox` shows. It is kept beside the data, so that a command that was copied once keeps
/// working; a server without a sandbox has no such key.
enum DemoKey {
    private static let lifetime = Duration.seconds(30 * 24 * 3600)
    private static let timeLeftMin = Duration.seconds(24 * 3600)

    /// The kept key's token, or a new one's when that is revoked or about to expire.
    ///
    /// - Throws: `data_folder_unusable` when it cannot be kept, and what the store throws.
    static func token(_ folder: DataFolder, _ access: AccessStore, now: Instant) async throws(Fault) -> String {
        let path = "\(folder.path)/demo-key"
        if let kept = kept(path) {
            let isGood = try await access.list().contains { key in
                key.id == kept.id && key.revokedAt == nil && key.expiresAt.map { $0 - now > timeLeftMin } ?? true
            }
            if isGood { return kept.token }
        }
        let made = try await access.create(
            name: "demo", scopes: Set(Scope.allCases), expiresAt: now + lifetime, actor: "server start")
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data("\(made.key.id) \(made.token)\n".utf8),
                attributes: [.posixPermissions: 0o600])
        else { throw Fault("data_folder_unusable", retryable: false, "\(path) cannot be written") }
        return made.token
    }

    private static func kept(_ path: String) -> (id: APIKeyID, token: String)? {
        guard let content = FileManager.default.contents(atPath: path) else { return nil }
        let parts = String(decoding: content, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let id = APIKeyID(text: parts[0]) else { return nil }
        return (id, String(parts[1]))
    }
}
