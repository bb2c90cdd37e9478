import Kernel
import Runtime
import Warehouse

/// What Warehouse answers to commands.
extension WarehouseLogic {
    func answer(
        _ command: WarehouseCommand, _ slot: Int, _ state: inout WarehouseState,
        _ outbox: inout Outbox<WarehouseReply>, now: Instant
    ) {
        do throws(WarehouseRejection) {
            outbox.reply(slot, try decide(command, &state, now: now))
        } catch {
            outbox.reject(slot, error)
        }
    }

    private func decide(
        _ command: WarehouseCommand, _ state: inout WarehouseState, now: Instant
    ) throws(WarehouseRejection) -> WarehouseReply {
        switch command {
        case .registerWarehouse(let command): return .warehouse(try state.register(command, now: now))
        case .receiveStock(let command): return .stock(try state.receive(command, now: now))
        case .adjustStock(let command): return .stock([try state.adjust(command, now: now)])
        case .transferStock(let command): return .stock(try state.transfer(command, now: now))
        case .placeHold(let command): return .hold(try state.placeHold(command, now: now))
        case .releaseHold(let id, let actor): return .hold(try state.releaseHold(id, by: actor, now: now))
        case .work(let command): return .task(try state.work(command, now: now))
        case .receiveReturn(let command): return .received(try state.receive(command, now: now))
        case .receiveReturns(let commands):
            return .receivedEach(
                commands.map { command in
                    Result { () throws(WarehouseRejection) in try state.receive(command, now: now) }
                })
        case .handOver(let command): return .handedOver(try state.handOver(command, now: now))
        case .stopFulfillment(let command): return .stopped(try state.stopFulfillment(command, now: now))
        case .workBatch(let commands):
            return .tasks(
                commands.map { command in
                    Result { () throws(WarehouseRejection) in try state.work(command, now: now) }
                })
        case .handOverBatch(let commands):
            return .handedOverEach(
                commands.map { command in
                    Result { () throws(WarehouseRejection) in try state.handOver(command, now: now) }
                })
        }
    }
}
