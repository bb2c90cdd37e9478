import Foundation
import Kernel
import Ports
import Runtime
import TestServers
import Testing

@testable import OrdersService

@Suite(.onEveryStore) struct OrdersBatchTests {
    /// Sagas know their batch; if they owned it, every batch would stay in memory for ever.
    @Test func aBatchIsGoneWhenItIsDone() throws {
        let bench = try OrdersBench()
        weak var former: OrdersBatch?
        try {
            let logic = try OrdersLogic(process: Array(Data(contentsOf: OrdersBench.processFile)))
            let connection = try bench.database.connect(.write)
            defer { connection.close() }
            let batch = OrdersBatch(logic, ids: IDGenerator(after: 1 << 60), now: bench.clock.now, connection)
            let order = OrdersBench.order([OrdersBench.goods("MUG", 1, 500)])
            let command = Input.command(OrdersCommand.placeOrder(order), slot: 0)
            try batch.load([command])
            try batch.handle(command)
            #expect(batch.sequence.count == 1)
            former = batch
        }()
        #expect(former == nil)
    }
}
