import Contracts
import Kernel
import Ports
import SQLiteStore

/// Where the tables are. Names the store and makes a database of it for each service; nothing else in the program knows
/// which store it is.
enum StoreLocation: Sendable, Equatable {
    /// A SQLite file per service in this folder.
    case sqlite(folder: String)

    /// The services' databases: each is one service's alone.
    enum Part: String, CaseIterable, Sendable {
        case orders, warehouse, shipping
        /// API keys.
        case access

        init(_ topic: Topic) {
            self =
                switch topic {
                case .orders: .orders
                case .warehouse: .warehouse
                case .shipping: .shipping
                }
        }
    }

    /// - Parameter text: as `--database` takes it: `sqlite:FOLDER`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0] == "sqlite" else { return nil }
        self = .sqlite(folder: String(parts[1]))
    }

    /// Whether the lock on the data folder proves that no other process works on the tables.
    var isLockedWithFolder: Bool {
        switch self {
        case .sqlite: true
        }
    }

    /// Into how many partitions a new store is divided unless the operator says otherwise.
    var standardPartitions: Int {
        switch self {
        // SQLite has one writer: more partitions would only wait for one another.
        case .sqlite: 1
        }
    }

    func database(_ part: Part) -> any Database {
        switch self {
        case .sqlite(let folder): SQLiteDatabase(path: Self.file(part, in: folder))
        }
    }

    static func file(_ part: Part, in folder: String) -> String { "\(folder)/\(part.rawValue).db" }
}
