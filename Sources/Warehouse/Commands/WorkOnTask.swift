import Contracts
import Kernel

/// Somebody on the floor does something with a work task.
public struct WorkOnTask: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        /// It is the worker's from now on; it may be given to another until it is started.
        case assign
        case start
        /// All of it is done. A return is received and all of it restocked.
        case complete
        /// Picked, except for what was not on the shelf.
        case completeShort(reason: String, found: [LineQuantity])
        /// A return is received; these units of it are not fit to be sold again.
        case receive(scrapped: [LineQuantity])
    }

    public let taskID: WorkTaskID
    /// A name or number that the warehouse knows.
    public let worker: String
    public let action: Action

    public init(taskID: WorkTaskID, worker: String, action: Action) {
        self.taskID = taskID
        self.worker = worker
        self.action = action
    }
}

/// Units of an order line, without saying which.
public struct LineQuantity: Sendable, Equatable {
    public let line: Int
    public let quantity: Int

    public init(line: Int, quantity: Int) {
        self.line = line
        self.quantity = quantity
    }
}

extension WarehouseState {
    /// - Returns: the task as it is afterwards.
    /// - Throws: `unknownTask`, `taskNotReady`, `taskClosed`, `actionNotPossible`, `invalidQuantity`, `nothingMissing`.
    public mutating func work(_ command: WorkOnTask, now: Instant) throws(WarehouseRejection) -> WorkTask {
        let (kind, fulfillment) = try openTask(command.taskID)
        switch (command.action, kind) {
        case (.assign, _): return try progress(fulfillment, kind, to: .assigned, command, now: now)
        case (.start, _): return try progress(fulfillment, kind, to: .inProgress, command, now: now)
        case (.complete, .pick): completePick(fulfillment, by: command.worker, now: now)
        case (.complete, .pack): completePack(fulfillment, by: command.worker, now: now)
        case (.complete, .putBack): completePutBack(fulfillment, by: command.worker, now: now)
        case (.complete, .receive): try receiveReturn(fulfillment, scrapped: [], by: command.worker, now: now)
        case (.receive(let scrapped), .receive):
            try receiveReturn(fulfillment, scrapped: scrapped, by: command.worker, now: now)
        case (.completeShort(let reason, let found), .pick):
            try completeShort(fulfillment, reason: reason, found: found, by: command.worker, now: now)
        case (.completeShort, _), (.receive, _): throw .actionNotPossible(command.taskID)
        }
        let isShort = if case .completeShort = command.action { true } else { false }
        return WorkTask(
            kind: kind, fulfillmentID: fulfillment.id, orderID: fulfillment.orderID,
            warehouseID: fulfillment.warehouseID, status: isShort ? .short : .done, worker: command.worker, since: now)
    }

    private func openTask(_ id: WorkTaskID) throws(WarehouseRejection) -> (WorkKind, Fulfillment) {
        let (kind, fulfillmentID) = WorkTask.parts(of: id)
        guard let fulfillment = fulfillments[fulfillmentID] else { throw .unknownTask(id) }
        if fulfillment.step.work == kind { return (kind, fulfillment) }
        switch (kind, fulfillment.step) {
        case (.pick, .reserved), (.pack, .reserved), (.pack, .picking), (.receive, .handedOver):
            throw .taskNotReady(id)
        case (.putBack, .cancelled), (.pick, _), (.pack, _), (.receive, .returned): throw .taskClosed(id)
        case (.putBack, _), (.receive, _): throw .unknownTask(id)
        }
    }

    private mutating func progress(
        _ fulfillment: Fulfillment, _ kind: WorkKind, to status: WorkStatus, _ command: WorkOnTask, now: Instant
    ) throws(WarehouseRejection) -> WorkTask {
        guard fulfillment.taskStatus != .inProgress else { throw .actionNotPossible(command.taskID) }
        var changed = fulfillment
        changed.taskStatus = status
        changed.worker = command.worker
        save(changed)
        return WorkTask(
            kind: kind, fulfillmentID: changed.id, orderID: changed.orderID, warehouseID: changed.warehouseID,
            status: status, worker: command.worker, since: changed.since)
    }

    mutating func finish(
        _ kind: WorkKind, _ fulfillment: Fulfillment, _ status: WorkStatus, by worker: String?, reason: String? = nil,
        now: Instant
    ) {
        tracked.finishedTasks.append(
            FinishedTask(
                kind: kind, fulfillmentID: fulfillment.id, status: status, worker: worker, reason: reason,
                finishedAt: now))
    }
}
