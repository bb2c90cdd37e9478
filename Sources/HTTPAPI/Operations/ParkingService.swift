import Contracts
import Kernel
import Runtime

/// A service whose inputs may wait in the dead letters, as people name it.
public enum ParkingService: String, Sendable, CaseIterable, Comparable {
    case orders, warehouse, shipping
    /// Publishes nothing, and so has no topic.
    case search

    /// `nil` for the one without.
    public var topic: Topic? { Topic(rawValue: rawValue) }

    /// The one that owns a topic.
    public init(_ topic: Topic) {
        self =
            switch topic {
            case .orders: .orders
            case .warehouse: .warehouse
            case .shipping: .shipping
            }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension APIServices {
    /// - Throws: a problem where nothing searches.
    func reads(_ service: ParkingService) throws(Problem) -> ReadPool {
        if let topic = service.topic { return reads(topic) }
        guard let search else { throw .searchIsNotHere }
        return search.reads
    }

    /// - Throws: a problem when another process owns the partition.
    func requireOwner(of service: ParkingService, _ partition: Int) throws(Problem) {
        guard let topic = service.topic else {
            guard let search, search.mailboxes.indices.contains(partition) else { throw .searchIsNotHere }
            return
        }
        guard isHere(topic, partition) else { throw Problem(.elsewhere(topic, partition: partition)) }
    }

    func submit(_ request: DeadLetterRequest, to service: ParkingService) {
        switch service {
        case .orders: orders.mailbox.request(request)
        case .warehouse: warehouse.mailbox.request(request)
        case .shipping: shipping.mailbox.request(request)
        case .search:
            guard let search, search.mailboxes.indices.contains(request.partition) else {
                request.completion(.failure(Fault("search_unavailable", retryable: true, "nothing searches here")))
                return
            }
            search.mailboxes[request.partition].request(request)
        }
    }
}
