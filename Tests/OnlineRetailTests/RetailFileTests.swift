import Kernel
import Testing

@testable import OnlineRetail

/// A file of rows `number,code,description,quantity,day,price,customer`.
func retailFile(_ rows: String...) throws -> RetailFile {
    var reader = RetailReader()
    reader.read(Array((RetailRow.columns.joined(separator: ",") + "\n").utf8))
    for row in rows {
        var fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        fields[4] = "2011-01-\(fields[4]) 10:00:00"
        reader.read(Array((fields.joined(separator: ",") + ",France\n").utf8))
    }
    return try reader.finish()
}

@Suite struct RetailFileTests {
    @Test(arguments: [
        ("10001,22423,CAKE STAND,2,04,12.75,1.0", RetailInvoice.Kind.sale),
        ("10001,22423,CAKE STAND,2,04,0,1.0", .sale), ("10001,22423,CAKE STAND,2,04,1.0,", .sale),
        ("10001,POST,POSTAGE,1,04,18.0,1.0", .chargesOnly), ("10001,POST,POSTAGE,1,04,18.0,", .chargesOnly),
        ("C10001,22423,CAKE STAND,-2,04,12.75,1.0", .cancellation), ("A10001,B,bad debt,1,04,-5.0,", .adjustment),
        ("10001,22423,lost,-2,04,0.0,", .stockCorrection), ("10001,22423,found,2,04,0.0,", .stockCorrection),
    ])
    func anInvoiceHasItsKind(row: String, kind: RetailInvoice.Kind) throws {
        #expect(try retailFile(row).invoices.map(\.kind) == [kind])
    }

    @Test func repeatedCodesAreAddedUpPerPrice() throws {
        let file = try retailFile(
            "10001,22423,CAKE STAND,2,04,12.75,1.0", "10001,22423,CAKE STAND,3,04,12.75,1.0",
            "10001,22423,CAKE STAND,4,04,10.95,1.0", "10001,POST,POSTAGE,1,04,18.0,1.0")
        #expect(file.invoices.count == 1)
        #expect(file.invoices[0].lines.map(\.quantity) == [5, 4, 1])
        #expect(file.invoices[0].lines.map(\.isGoods) == [true, true, false])
    }

    @Test func corrections() throws {
        let file = try retailFile(
            "10001,22423,lost,-2,04,0.0,", "10002,22423,found,7,04,0.0,", "10003,22423,CAKE STAND,1,05,1.0,1.0",
            "10003,22424,BOX,-3,05,1.0,1.0", "C10004,22423,CAKE STAND,-1,06,1.0,1.0")
        #expect(file.invoices.map { $0.corrections.map(\.quantity) } == [[-2], [7], [-3], []])
        #expect(file.invoices[2].kind == .sale && file.invoices[2].sold.map(\.code) == ["22423"])
    }

    @Test func invoicesComeInTheOrderOfTheirDates() throws {
        let file = try retailFile(
            "10001,22423,A,1,05,1.0,1.0", "10002,22423,A,1,04,1.0,1.0", "10003,22423,A,1,04,1.0,1.0")
        #expect(file.invoices.map(\.number) == ["10002", "10003", "10001"])
    }

    @Test func malformedRowsAreCountedAndNamedByTheirLine() throws {
        let file = try retailFile(
            "10001,22423,A,1,05,1.0,1.0", "10002,22423,A,x,05,1.0,1.0", "10003,22423,A\"B,1,05,1.0,1.0",
            "10004,22423,A,1,05,1.0,1.0")
        #expect(file.rows == 4 && file.malformedCount == 2 && file.invoices.count == 2)
        #expect(
            file.malformed == [
                MalformedRow(line: 3, flaw: .quantity("x")), MalformedRow(line: 4, flaw: .csv(.strayQuote)),
            ])
    }

    @Test(arguments: [(0, 0), (1, 2), (2, 3), (3, 3)])
    func aLimitCountsOrdersAndKeepsWhatHappenedUntilTheLast(limit: Int, invoices: Int) throws {
        var reader = RetailReader()
        reader.read(Array((RetailRow.columns.joined(separator: ",") + "\n").utf8))
        for number in ["C10001", "10002", "10003"] {
            let quantity = number.hasPrefix("C") ? "-1" : "1"
            reader.read(Array("\(number),22423,A,\(quantity),2011-01-04 10:00:00,1.0,1.0,France\n".utf8))
        }
        #expect(try reader.finish(firstOrders: limit).invoices.count == invoices)
    }

    @Test func anotherFileIsRefused() {
        var reader = RetailReader()
        reader.read(Array("a,b\n1,2\n".utf8))
        #expect { try reader.finish() } throws: { ($0 as? Fault)?.code == "not_online_retail" }
    }

    @Test func aProductHasItsMostFrequentNameAndStockForAllItsSales() throws {
        let file = try retailFile(
            "10001,22423a,CAKE STAND,20,04,1.0,1.0", "10002,22423A,CAKE STAND,30,04,1.0,2.0",
            "10003,22423A,damaged,-5,05,0.0,", "10003,POST,POSTAGE,1,05,1.0,", "10004,99999,,1,05,1.0,1.0")
        #expect(file.products.map(\.sku) == ["22423A", "99999"])
        #expect(file.products.map(\.name) == ["CAKE STAND", "99999"])
        #expect(file.products.map(\.sold) == [50, 1] && file.products.map(\.writtenOff) == [5, 0])
        for product in file.products {
            #expect(product.inventedStock.reduce(0, +) >= product.sold + product.writtenOff + 12)
            #expect(product.inventedStock.allSatisfy { $0 > 0 } && (50...1500).contains(product.inventedWeightGrams))
        }
    }
}

@Suite struct ReturnMatchingTests {
    @Test func aReturnBelongsToTheLatestEarlierSaleThatStillHasItsUnits() throws {
        let matching = try retailFile(
            "10001,22423,A,5,04,1.0,1.0", "10002,22423,A,3,05,1.0,1.0", "C10003,22423,A,-3,06,1.0,1.0",
            "C10004,22423,A,-3,07,1.0,1.0", "10005,22423,A,9,08,1.0,1.0", "C10006,22423,A,-3,09,1.0,1.0"
        ).matching
        #expect(matching.returns.map(\.sale) == ["10002", "10001", "10005"])
        #expect(matching.returns.map(\.isWhole) == [true, false, false])
        #expect(matching.matchedLines == 3 && matching.unmatchedLines == 0)
    }

    @Test func otherCustomersOtherCodesAndLaterSalesDoNotCount() throws {
        let matching = try retailFile(
            "10001,22423,A,5,04,1.0,1.0", "C10002,22423,A,-3,05,1.0,2.0", "C10003,22424,A,-3,05,1.0,1.0",
            "C10004,22423,A,-6,05,1.0,1.0", "C10005,22423,A,-1,05,1.0,", "C10006,POST,P,-1,05,1.0,1.0",
            "C10007,22425,A,-1,05,1.0,1.0", "10008,22425,A,1,06,1.0,1.0"
        ).matching
        #expect(matching.returns.isEmpty && matching.unmatchedLines == 5 && matching.chargeLines == 1)
    }

    @Test func oneReturnOfSeveralLinesIsOnePerSale() throws {
        let matching = try retailFile(
            "10001,22423,A,5,04,1.0,1.0", "10001,22424,B,2,04,1.0,1.0", "10002,22425,C,1,04,1.0,1.0",
            "C10003,22423,A,-5,05,1.0,1.0", "C10003,22425,C,-1,05,1.0,1.0", "C10003,22424,B,-2,05,1.0,1.0"
        ).matching
        #expect(matching.returns.map(\.sale) == ["10001", "10002"])
        #expect(matching.returns.map { $0.lines.map(\.code) } == [["22423", "22424"], ["22425"]])
        #expect(matching.returns.map(\.isWhole) == [true, true])
    }
}
