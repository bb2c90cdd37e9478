import Foundation
import Kernel
import Testing

@Suite(.serialized) struct ImportCommandTests {
    private static let header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

    private static func file(_ folder: TemporaryFolder, _ rows: String...) throws -> String {
        let path = "\(folder.path)/retail.csv"
        let text = rows.joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test func aSmallShopIsReplayedToItsEndAndAudited() async throws {
        let folder = try TemporaryFolder()
        let file = try Self.file(
            folder, Self.header, "10001,22423,CAKE STAND,2,2011-01-04 10:00:00,12.75,1.0,France",
            "10001,POST,POSTAGE,1,2011-01-04 10:00:00,18.0,1.0,France",
            "10002,22424,BOX,3,2011-01-04 11:00:00,1.50,2.0,Germany",
            "10003,22424,lost,-1,2011-01-05 11:00:00,0.0,,United Kingdom",
            "10004,22424,BOX,x,2011-01-05 12:00:00,1.50,2.0,Germany")
        let data = "\(folder.path)/data"
        let run = try await CommandRun(["import", "online-retail", file, "--data", data, "--json"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let document = try run.document
        #expect(document["is_clean"]?.bool == true)
        let counts = ["rows", "rows_malformed", "orders_placed", "orders_completed", "corrections_made"]
        #expect(counts.map { document[$0]?.integer } == [5, 1, 2, 2, 1])
        #expect(document["details"]?.array?.first?.string == "line 6: Quantity 'x'")
        #expect(run.errors.contains("2 of 2 orders placed, ") || run.errors.contains("0 of 2 orders placed, "))

        let again = try await CommandRun(["import", "online-retail", file, "--data", data])
        #expect(again.status == 64 && again.errors.contains("is not empty"))
    }

    @Test func aFileThatIsMissingOrIsNoneOfTheseIsTold() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        let missing = try await CommandRun(["import", "online-retail", "\(folder.path)/none.csv", "--data", data])
        #expect(missing.status == 66 && missing.errors.contains("cannot be opened"))
        let other = try Self.file(folder, "a,b,c", "1,2,3")
        let malformed = try await CommandRun(["import", "online-retail", other, "--data", data])
        #expect(malformed.status == 65, "\(malformed.errors)")
        #expect(!FileManager.default.fileExists(atPath: data))
    }
}
