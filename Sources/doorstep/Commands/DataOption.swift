import ArgumentParser
import Foundation
import Kernel

/// Where the data is, for every command that reads or writes it.
struct DataOption: ParsableArguments {
    @Option(name: .long, help: "The folder with the databases.")
    var data = "data"

    @Option(
        name: .customLong("database"),
        help: ArgumentHelp("Where the tables are, when not in the folder: sqlite:FOLDER.", valueName: "store"),
        transform: { text in
            guard let store = StoreLocation(text) else {
                throw ValidationError("--database is sqlite:FOLDER")
            }
            return store
        })
    var store: StoreLocation?

    /// - Throws: `data_folder_missing` when there is nothing yet; nothing is created then.
    func existing() throws(Fault) -> DataFolder {
        let isThere =
            switch store ?? .sqlite(folder: data) {
            case .sqlite(let folder):
                // Services that run in processes of their own make their databases when they first start.
                FileManager.default.fileExists(atPath: StoreLocation.file(.access, in: folder))
            }
        guard isThere else {
            throw Fault(
                "data_folder_missing", retryable: false,
                "There are no databases in '\(data)'. Start `doorstep serve` first, or name their folder with --data.")
        }
        return try DataFolder(data, store: store)
    }
}
