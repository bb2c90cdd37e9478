import Kernel
import Runtime
import Warehouse

/// What callers ask of Warehouse.
public enum WarehouseCommand: Sendable, Equatable {
    case registerWarehouse(RegisterWarehouse)
    case receiveStock(ReceiveStock)
    case adjustStock(AdjustStock)
    case transferStock(TransferStock)
    case placeHold(PlaceHold)
    case releaseHold(HoldID, actor: String?)
    case work(WorkOnTask)
    /// Each is answered on its own: one that is refused does not spoil the others.
    case workBatch([WorkOnTask])
    case receiveReturn(ReceiveCustomerReturn)
    /// Each is answered on its own: one that is refused does not spoil the others.
    case receiveReturns([ReceiveCustomerReturn])
    case handOver(HandOver)
    /// Each is answered on its own: one that is refused does not spoil the others.
    case handOverBatch([HandOver])
    case stopFulfillment(StopFulfillment)
}

/// What an accepted command answers.
public enum WarehouseReply: Sendable, Equatable {
    case warehouse(WarehouseSite)
    /// Of what was received, adjusted or transferred, afterwards.
    case stock([Stock])
    case hold(Hold)
    case task(WorkTask)
    case tasks([Result<WorkTask, WarehouseRejection>])
    case received(ExpectedReturn)
    case receivedEach([Result<ExpectedReturn, WarehouseRejection>])
    case handedOver(HandoverReceipt)
    case handedOverEach([Result<HandoverReceipt, WarehouseRejection>])
    case stopped(StoppedFulfillment)
}

extension WarehouseLogic {
    public static var routing: CommandRouting<WarehouseCommand, WarehouseReply> {
        CommandRouting(place: place, part: part, join: join)
    }

    @Sendable private static func place(_ command: WarehouseCommand) -> CommandRouting<Command, Reply>.Place {
        switch command {
        case .registerWarehouse, .receiveStock, .adjustStock, .transferStock: .first
        case .placeHold: .anywhere
        case .releaseHold(let id, actor: _): .entity(id.rawValue)
        case .work(let command): .entity(command.taskID.rawValue)
        case .workBatch(let commands): .each(commands.map(\.taskID.rawValue))
        case .receiveReturn(let command): .entity(command.returnID.rawValue)
        case .receiveReturns(let commands): .each(commands.map(\.returnID.rawValue))
        case .handOver(let command): .entity(command.fulfillmentID.rawValue)
        case .handOverBatch(let commands): .each(commands.map(\.fulfillmentID.rawValue))
        case .stopFulfillment(let command): .entity(command.fulfillmentID.rawValue)
        }
    }

    @Sendable private static func part(_ command: WarehouseCommand, _ places: [Int]) -> WarehouseCommand {
        switch command {
        case .workBatch(let commands): .workBatch(places.map { commands[$0] })
        case .receiveReturns(let commands): .receiveReturns(places.map { commands[$0] })
        case .handOverBatch(let commands): .handOverBatch(places.map { commands[$0] })
        default: command
        }
    }

    @Sendable private static func join(_ parts: [(places: [Int], reply: WarehouseReply)]) -> WarehouseReply {
        typealias Routing = CommandRouting<WarehouseCommand, WarehouseReply>
        var tasks: [(places: [Int], elements: [Result<WorkTask, WarehouseRejection>])] = []
        var received: [(places: [Int], elements: [Result<ExpectedReturn, WarehouseRejection>])] = []
        var handovers: [(places: [Int], elements: [Result<HandoverReceipt, WarehouseRejection>])] = []
        for (places, reply) in parts {
            switch reply {
            case .tasks(let results): tasks.append((places, results))
            case .receivedEach(let results): received.append((places, results))
            case .handedOverEach(let results): handovers.append((places, results))
            default: preconditionFailure("\(reply) is no answer to a part of a batch")
            }
        }
        if !tasks.isEmpty { return .tasks(Routing.inOrder(tasks)) }
        if !received.isEmpty { return .receivedEach(Routing.inOrder(received)) }
        return .handedOverEach(Routing.inOrder(handovers))
    }
}
