import ArgumentParser
import Foundation
import Kernel

/// Where the data is, for every command that reads or writes it.
struct DataOption: ParsableArguments {
    @Option(name: .long, help: "The folder with the databases.")
    var data = "data"

    @Option(
        name: .customLong("database"),
        help: ArgumentHelp(
            "Where the tables are, when not in the folder: sqlite:FOLDER, postgres://…, or one for each of the services, "
                + "as in orders=postgres://….", valueName: "store"))
    var databases: [String] = []

    /// `nil` for the folder; checked by ``validate()``.
    var store: StoreLocation? { databases.isEmpty ? nil : StoreLocation(databases) }

    func validate() throws {
        guard databases.isEmpty || store != nil else {
            throw ValidationError(
                "--database is sqlite:FOLDER, postgres://…, or SERVICE=postgres://… for each of "
                    + StoreLocation.Part.allCases.map(\.rawValue).joined(separator: ", "))
        }
    }

    /// - Throws: `data_folder_missing` when there is nothing yet; nothing is created then.
    func existing() throws(Fault) -> DataFolder {
        let isThere =
            switch store ?? .sqlite(folder: data) {
            case .sqlite(let folder):
                // Services that run in processes of their own make their databases when they first start.
                FileManager.default.fileExists(atPath: StoreLocation.file(.access, in: folder))
            case .postgres: true
            }
        guard isThere else {
            throw Fault(
                "data_folder_missing", retryable: false,
                "There are no databases in '\(data)'. Start `doorstep serve` first, or name their folder with --data.")
        }
        return try DataFolder(data, store: store)
    }
}
