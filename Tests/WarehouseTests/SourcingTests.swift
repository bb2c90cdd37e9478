import Contracts
import Kernel
import Testing
import Warehouse

/// The order goes to Berlin, where warehouse 0 stands; 1 is in Munich, 2 in Madrid.
@Suite struct SourcingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let rule: String
        /// Per warehouse: product to quantity.
        let stock: [[Int: Int]]
        let demand: [[Int]]
        /// Per parcel: the warehouse and its `line:first+count`.
        let expected: [String]
        var testDescription: String { rule }
    }

    static let cases: [Case] = [
        Case(rule: "nearest of equals", stock: [[1: 1], [1: 9], [1: 9]], demand: [[1, 1]], expected: ["0 1:0+1"]),
        Case(rule: "one parcel before near", stock: [[1: 1], [:], [1: 5]], demand: [[1, 2]], expected: ["2 1:0+2"]),
        Case(
            rule: "one parcel for two lines", stock: [[1: 5], [2: 5], [1: 5, 2: 5]], demand: [[1, 1], [2, 1]],
            expected: ["2 1:0+1 2:0+1"]),
        Case(
            rule: "two parcels from the nearest two", stock: [[1: 2], [1: 2], [1: 2]], demand: [[1, 3]],
            expected: ["0 1:0+2", "1 1:2+1"]),
        Case(
            rule: "a line stays whole where it can", stock: [[1: 1, 2: 5], [1: 3], [:]], demand: [[1, 3], [2, 1]],
            expected: ["0 2:0+1", "1 1:0+3"]),
        Case(
            rule: "all three when they must", stock: [[1: 1], [1: 1], [1: 1]], demand: [[1, 3]],
            expected: ["0 1:0+1", "1 1:1+1", "2 1:2+1"]),
        Case(
            rule: "lines of one product share", stock: [[1: 2], [1: 2], [:]], demand: [[1, 1], [1, 2]],
            expected: ["0 1:0+1", "1 2:0+2"]),
    ]

    @Test(arguments: cases) func chooses(_ sample: Case) throws {
        let floor = try Floor()
        for (site, quantities) in sample.stock.enumerated() { try floor.receive(quantities, at: site) }
        _ = floor.reserve(1, sample.demand.map { ($0[0], $0[1]) })
        let parcels = floor.fulfillments(1).map { fulfillment in
            ([floor.sites.firstIndex(of: fulfillment.warehouseID).map(String.init) ?? "?"]
                + fulfillment.lines.map { "\($0.line):\($0.first)+\($0.quantity)" }).joined(separator: " ")
        }
        #expect(parcels == sample.expected)
        #expect(floor.contradictions().isEmpty)
    }

    @Test func mostStockDecidesWhenNoPlaceIsKnown() throws {
        let floor = try Floor()
        try floor.receive([1: 3], at: 0)
        try floor.receive([1: 9], at: 1)
        try floor.receive([1: 5], at: 2)
        let hold = try floor.state.placeHold(
            PlaceHold(
                cart: "c", lines: [.init(productID: floor.id(1), quantity: 2)], duration: .seconds(60)), now: floor.now)
        #expect(hold.lines.map(\.key.warehouseID) == [floor.sites[1]])
    }

    @Test func moreThanTenWarehousesStillCover() throws {
        let floor = try Floor()
        var sites = floor.sites
        for number in 4...14 {
            sites.append(
                try floor.state.register(
                    RegisterWarehouse(
                        code: "W\(number)", name: "W", country: "DE", place: Floor.place(Double(number), 0)),
                    now: floor.now
                ).id)
        }
        for (index, site) in sites.enumerated() {
            _ = try floor.state.receive(
                ReceiveStock(
                    warehouseID: site, lines: [.init(productID: floor.id(1), quantity: index + 1)], reference: "d"),
                now: floor.now)
        }
        floor.take()
        #expect(floor.reserve(1, [(1, 30)]).names == ["StockReserved"])
        #expect(floor.fulfillments(1).count == 3)
        #expect(floor.reserve(2, [(1, 105 - 30)]).names == ["StockReserved"])
        #expect(floor.contradictions().isEmpty)
    }
}
