import Kernel
import PostgresStore

/// Which PostgreSQL databases hold the services' tables: one with a schema per service, or one of its own for some.
struct PostgresAddress: Sendable, Equatable {
    /// Of the services without one of their own; `nil` when each has one.
    private(set) var shared: String?
    private(set) var own: [StoreLocation.Part: String] = [:]
    /// How long a lease outlives its owner: no longer may what a stopped process has locked stay so.
    var leaseDuration = Sharing().leaseDuration

    /// - Parameter texts: as `--database` takes them: `postgres://…`, or `orders=postgres://…` for one service.
    /// - Returns: `nil` when one is neither, when one is named twice, or when a service is left without a database.
    init?(_ texts: [String]) {
        for text in texts {
            let url: String
            if let sign = text.firstIndex(of: "="), let part = StoreLocation.Part(rawValue: String(text[..<sign])) {
                url = String(text[text.index(after: sign)...])
                guard own.updateValue(url, forKey: part) == nil else { return nil }
            } else {
                url = text
                guard shared == nil else { return nil }
                shared = url
            }
            guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else { return nil }
        }
        guard shared != nil || StoreLocation.Part.allCases.allSatisfy({ own[$0] != nil }) else { return nil }
    }

    func database(_ part: StoreLocation.Part) -> PostgresDatabase {
        guard let url = own[part] ?? shared else { preconditionFailure("no database for \(part)") }
        return PostgresDatabase(url: url, schema: part.rawValue, standstillMax: leaseDuration)
    }

    /// Without user and password, for messages.
    var text: String {
        (own.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value) + [shared].compactMap { $0 })
            .map { url in
                let place = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().joined(
                    separator: "/")
                return "postgres://\(place.split(separator: "@").last ?? "")".split(separator: "?").first.map(
                    String.init)
                    ?? ""
            }
            .joined(separator: ", ")
    }
}
