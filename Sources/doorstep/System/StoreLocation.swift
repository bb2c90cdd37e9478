import Contracts
import Kernel
import Ports
import SQLiteStore

/// Where the tables are. Names the store and makes a database of it for each service; nothing else in the program knows
/// which store it is.
enum StoreLocation: Sendable, Equatable {
    /// A SQLite file per service in this folder.
    case sqlite(folder: String)
    /// Schemas of PostgreSQL databases.
    case postgres(PostgresAddress)

    /// The services' databases: each is one service's alone.
    enum Part: String, CaseIterable, Sendable {
        case orders, warehouse, shipping
        /// API keys.
        case access
        /// What the log says of each order, for the index.
        case search

        init(_ topic: Topic) {
            self =
                switch topic {
                case .orders: .orders
                case .warehouse: .warehouse
                case .shipping: .shipping
                }
        }
    }

    /// - Parameter texts: as `--database` takes them: `sqlite:FOLDER` alone, or what ``PostgresAddress`` reads.
    init?(_ texts: [String]) {
        if texts.count == 1, let text = texts.first, text.hasPrefix("sqlite:"), text != "sqlite:" {
            self = .sqlite(folder: String(text.dropFirst("sqlite:".count)))
        } else if let address = PostgresAddress(texts) {
            self = .postgres(address)
        } else {
            return nil
        }
    }

    /// Whether the lock on the data folder proves that no other process works on the tables.
    var isLockedWithFolder: Bool {
        switch self {
        case .sqlite: true
        case .postgres: false
        }
    }

    /// For messages; without secrets.
    var text: String {
        switch self {
        case .sqlite(let folder): folder
        case .postgres(let address): address.text
        }
    }

    /// Into how many partitions a new store is divided unless the operator says otherwise.
    var standardPartitions: Int {
        switch self {
        // SQLite has one writer: more partitions would only wait for one another.
        case .sqlite: 1
        // As many processes can share a service; each partition has commits of its own, which cost a small machine its time.
        case .postgres: 4
        }
    }

    func database(_ part: Part) -> any Database {
        switch self {
        case .sqlite(let folder): SQLiteDatabase(path: Self.file(part, in: folder))
        case .postgres(let address): address.database(part)
        }
    }

    static func file(_ part: Part, in folder: String) -> String { "\(folder)/\(part.rawValue).db" }
}
