import ArgumentParser
import Contracts
import Foundation
import Kernel

/// Where the data is, for every command that reads or writes it.
struct DataOption: ParsableArguments {
    @Option(name: .long, help: "The folder with the databases.")
    var data = "data"

    /// - Throws: a clear message when there is nothing yet.
    func existing() throws -> DataFolder {
        guard Topic.allCases.allSatisfy({ FileManager.default.fileExists(atPath: "\(data)/\($0.rawValue).db") }) else {
            throw ValidationError("There are no databases in '\(data)'. Start `doorstep serve` first, or name --data.")
        }
        return try DataFolder(data)
    }
}
