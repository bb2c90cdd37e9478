import Kernel

/// A store that nothing is in yet, for demos and benchmarks.
enum FreshStore {
    /// - Parameter databases: as `--database` takes them; none for files in a new folder.
    /// - Returns: `nil` for files.
    /// - Throws: `store_in_use` when there are tables already, and what connecting throws.
    static func location(_ databases: [String]) throws(Fault) -> StoreLocation? {
        guard !databases.isEmpty, let location = StoreLocation(databases) else { return nil }
        for part in StoreLocation.Part.allCases {
            let connection = try location.database(part).connect(.read)
            defer { connection.close() }
            guard try !connection.hasTable("migrations") else {
                throw Fault(
                    "store_in_use", retryable: false,
                    "There is a schema '\(part.rawValue)' with tables in \(location.text); name an empty database.")
            }
        }
        return location
    }
}
