import Foundation
import Kernel
import Testing

@testable import OnlineRetail

/// The shop's own file, where it is at hand beside the project.
private let realFile = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/orders/online_retail_dev_2010-12_2011-08.csv.xz").standardizedFileURL

@Suite struct RealFileTests {
    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: realFile.path),
            "../shared/data/orders is not here: the real shop's file is not read"))
    func everyInvoiceOfTheRealFileIsUnderstood() throws {
        let packed = [UInt8](try Data(contentsOf: realFile))
        let decoder = try XZDecoder()
        var reader = RetailReader()
        try decoder.decode(packed) { reader.read($0) }
        try decoder.finish { reader.read($0) }
        let file = try reader.finish()

        #expect(file.rows == 320_705 && file.malformedCount == 0 && file.invoices.count == 16_459)
        let kinds = Dictionary(grouping: file.invoices, by: \.kind).mapValues(\.count)
        #expect(kinds[.cancellation] == 2554 && kinds[.adjustment] == 3)
        #expect(kinds.values.reduce(0, +) == 16_459)
        #expect((kinds[.stockCorrection] ?? 0) > 925 - 1 && kinds[.chargesOnly] != nil)
        #expect(file.products.allSatisfy { $0.inventedStock.reduce(0, +) >= $0.sold + $0.writtenOff })
        #expect(file.invoices.map { $0.sold.count }.max().map { $0 <= 2000 } == true)
        // The great order of 74,215 pieces and its cancellation 16 minutes later.
        let great = file.matching.returns.first { $0.lines.contains { $0.quantity == 74_215 } }
        #expect(great?.sale == "541431" && great?.number == "C541433" && great?.isWhole == true)
        #expect(file.matching.matchedLines > file.matching.unmatchedLines)
    }
}
