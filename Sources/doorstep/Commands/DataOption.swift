import ArgumentParser
import Contracts
import Foundation
import Kernel

/// Where the data is, for every command that reads or writes it.
struct DataOption: ParsableArguments {
    @Option(name: .long, help: "The folder with the databases.")
    var data = "data"

    /// - Throws: `data_folder_missing` when there is nothing yet; nothing is created then.
    func existing() throws(Fault) -> DataFolder {
        let files = Topic.allCases.map(\.rawValue) + ["access"]
        guard files.allSatisfy({ FileManager.default.fileExists(atPath: "\(data)/\($0).db") }) else {
            throw Fault(
                "data_folder_missing", retryable: false,
                "There are no databases in '\(data)'. Start `doorstep serve` first, or name their folder with --data.")
        }
        return try DataFolder(data)
    }
}
