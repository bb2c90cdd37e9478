import Foundation
import Kernel
import Signing

/// The secrets with which couriers sign what they report, made at the first start and kept beside the data.
struct CourierSecrets: Sendable {
    let byCourier: [String: WebhookSecret]

    /// - Throws: `data_folder_unusable` when the file cannot be written or is damaged.
    static func load(_ folder: DataFolder, couriers: [String]) throws(Fault) -> CourierSecrets {
        try folder.alone { () throws(Fault) in try loadAlone(folder, couriers) }
    }

    private static func loadAlone(_ folder: DataFolder, _ couriers: [String]) throws(Fault) -> CourierSecrets {
        let path = "\(folder.path)/courier-secrets"
        var known: [String: WebhookSecret] = [:]
        if let data = FileManager.default.contents(atPath: path) {
            for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
                let parts = line.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, let secret = WebhookSecret(text: parts[1]) else {
                    throw Fault("data_folder_unusable", retryable: false, "\(path) is damaged")
                }
                known[String(parts[0])] = secret
            }
        }
        let missing = couriers.filter { known[$0] == nil }
        for courier in missing { known[courier] = WebhookSecret.random() }
        if !missing.isEmpty {
            let text = known.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)\n" }.joined()
            guard
                FileManager.default.createFile(
                    atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            else { throw Fault("data_folder_unusable", retryable: false, "\(path) cannot be written") }
        }
        return CourierSecrets(byCourier: known)
    }
}
