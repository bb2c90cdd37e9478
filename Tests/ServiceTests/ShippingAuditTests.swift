import Kernel
import Ports
import Runtime
import Shipping
import ShippingService
import TestServers
import Testing

/// Each kind of drift is injected, and found by exactly the check that is there for it.
@Suite(.onEveryStore) struct ShippingAuditTests {
    let bench: ShippingBench

    init() throws { bench = try ShippingBench() }

    private func inject(_ sql: String) throws {
        let connection = try bench.database.connect(.write)
        defer { connection.close() }
        try connection.executeScript(sql)
    }

    private func failing() throws -> [String] {
        try ShippingAudit.audit(bench.reader, policy: bench.policy).filter { !$0.holds }.map(\.name)
    }

    @Test func aHealthyServiceIsGreenAndCounted() throws {
        let id = try bench.booked(1, "TT1")
        _ = try bench.send([
            .report(about: .shipment(id), bench.report(.delivered, 1), messageID: nil)
        ])
        let checks = try ShippingAudit.audit(bench.reader, policy: bench.policy)
        #expect(checks.count == 5)
        #expect(checks.flatMap(\.offenders) == [])
        #expect(checks.map(\.figure) == [1, 1, 0, 0, 1])
    }

    @Test func aSecondLabelIsFound() throws {
        _ = try bench.booked(1, "TT1")
        try inject(
            """
            INSERT INTO effects SELECT kind, subject, 2, entity, status, attempts, due_at, uncertain, withdrawal,
                request, result, decided_at, remove_at, partition FROM effects WHERE kind = 5
            """)
        #expect(try failing() == ["shipping: no shipment has two labels"])
    }

    @Test func aNumberThatNoCarrierGaveIsFound() throws {
        _ = try bench.booked(1, "TT1")
        try inject("UPDATE effects SET status = 2 WHERE kind = 5")
        #expect(
            try failing() == [
                "shipping: a shipment has a tracking number where its last booking succeeded, and only there"
            ])
    }

    @Test func aCancelledShipmentWithALivingLabelIsFound() throws {
        _ = try bench.booked(1, "TT1")
        try inject("UPDATE shipments SET label = 5, status = 12")
        #expect(
            try failing() == [
                "shipping: the labels of cancelled shipments are void, or the carrier refused to void them"
            ])
    }

    @Test func aShipmentThatWaitsForNothingIsFound() throws {
        bench.request(1)
        try bench.run()
        try inject("UPDATE effects SET status = 3")
        #expect(try failing() == ["shipping: whatever waits for a carrier has a call that is not ended"])
    }

    @Test func aStatusThatItsReportsDoNotSayIsFound() throws {
        let id = try bench.booked(1, "TT1")
        _ = try bench.send([.report(about: .shipment(id), bench.report(.inTransit, 1), messageID: nil)])
        try inject("UPDATE shipments SET status = 7")
        #expect(try failing() == ["shipping: a shipment's status is the fold of its reports"])
        try inject("UPDATE shipments SET status = 2, failed_attempts = 1")
        #expect(try failing() == ["shipping: a shipment's status is the fold of its reports"])
        try inject("UPDATE shipments SET failed_attempts = 0; DELETE FROM shipment_events")
        #expect(try failing() == ["shipping: a shipment's status is the fold of its reports"])
    }

    @Test func theStoreItselfRefusesWhatCannotBe() throws {
        _ = try bench.booked(1, "TT1")
        _ = try bench.booked(2, "TT2")
        for drift in [
            "UPDATE shipments SET tracking_number = 'TT1', label_date = (SELECT max(label_date) FROM shipments)",
            "UPDATE shipments SET label = 0",
            "UPDATE shipments SET status = 12",
            "UPDATE shipments SET handed_over_at = 1, label = 4",
            "UPDATE shipments SET fulfillment_id = 1",
            "UPDATE shipments SET status = 99",
        ] {
            #expect(throws: Fault.self, "\(drift)") { () throws -> Void in try inject(drift) }
        }
        #expect(try bench.offenders() == [])
    }
}
