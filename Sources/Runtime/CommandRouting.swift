import Kernel

/// To which partition a service's commands go.
public struct CommandRouting<Command: Sendable, Reply: Sendable>: Sendable {
    /// What a command is about, as far as its partition goes.
    public enum Place: Sendable, Equatable {
        /// Nothing that exists yet: any partition may begin it.
        case anywhere
        /// What belongs to no order, such as the catalog and stock: all in the first partition.
        case first
        /// Something that exists; a raw identifier.
        case entity(Int64)
        /// A batch about several; a raw identifier for each element.
        case each([Int64])
    }

    let place: @Sendable (Command) -> Place
    let part: @Sendable (Command, [Int]) -> Command
    let join: @Sendable ([(places: [Int], reply: Reply)]) -> Reply

    /// - Parameters:
    ///   - place: what a command is about.
    ///   - part: the batch of some of a batch's elements.
    ///   - join: the answer to a batch from the answers to its parts; each with the places of its elements.
    public init(
        place: @escaping @Sendable (Command) -> Place, part: @escaping @Sendable (Command, [Int]) -> Command,
        join: @escaping @Sendable ([(places: [Int], reply: Reply)]) -> Reply
    ) {
        self.place = place
        self.part = part
        self.join = join
    }

    /// For a service that has no batches.
    public init(place: @escaping @Sendable (Command) -> Place) {
        self.init(place: place, part: { command, _ in command }, join: { $0[0].reply })
    }

    /// Elements of several parts in the order of the batch.
    public static func inOrder<Element>(_ parts: [(places: [Int], elements: [Element])]) -> [Element] {
        parts.flatMap { part in zip(part.places, part.elements) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
