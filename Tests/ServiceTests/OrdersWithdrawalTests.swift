import Contracts
import Foundation
import Kernel
import OrdersService
import Ports
import Runtime
import TestServers
import Testing

@Suite(.onEveryStore) struct OrdersWithdrawalTests {
    @Test func aWithdrawalThatNobodyAskedForIsAFaultOfItsInput() throws {
        let capture = EffectRequest.capturePayment(orderID: Self.order, authorization: "a", amount: Money(1, .eur))
        let fault = try #require(try fault(of: .capturePayment, capture))
        #expect(fault.code == "unexpected_withdrawal")
        #expect(!fault.isRetryable)
    }

    @Test func aWithdrawnAuthorizationNeedsNothingMore() throws {
        let request = EffectRequest.authorizePayment(orderID: Self.order, amount: Money(1, .eur), method: "card")
        #expect(try fault(of: .authorizePayment, request) == nil)
    }

    private static let order = OrderID(rawValue: 1)

    private func fault(of kind: EffectKind, _ request: EffectRequest) throws -> Fault? {
        let bench = try OrdersBench()
        let logic = try OrdersLogic(process: Array(try Data(contentsOf: OrdersBench.processFile)))
        let effect = Effect(
            key: EffectKey(kind, Self.order.rawValue), entity: Self.order.rawValue, request: request,
            dueAt: bench.clock.now)
        let connection = try bench.database.connect(.write)
        defer { connection.close() }
        do throws(Fault) {
            try connection.transaction { () throws(Fault) in
                var outbox = Outbox<OrdersReply>()
                try logic.process([.withdrawn(effect)], now: bench.clock.now, in: connection, outbox: &outbox)
            }
            return nil
        } catch {
            return error
        }
    }
}
