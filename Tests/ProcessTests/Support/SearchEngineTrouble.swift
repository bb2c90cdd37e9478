import TestServers

/// What is wrong with a search engine, as a ``Front`` before a real one makes it look.
enum SearchEngineTrouble: Sendable, Equatable {
    case none
    /// Every write is answered so, as a cluster does that has no room, or too much to do.
    case refusesWrites(status: Int, type: String)
    /// Everything is answered so.
    case refuses(status: Int)
    /// Everything is answered so much later.
    case late(Duration)
    /// Nothing is answered, and no connection closed.
    case silent
    /// Half of an answer comes, and then nothing.
    case stuck

    /// - Returns: `nil` for the engine's own answer.
    @Sendable func answer(_ asked: Front.Asked) -> Front.Answer? {
        switch self {
        case .none: nil
        case .refusesWrites(let status, let type):
            asked.path.split(separator: "?")[0].hasSuffix("_bulk") ? Self.refusal(status, type) : nil
        case .refuses(let status): Self.refusal(status, "unavailable")
        case .late(let delay): Front.Answer(body: nil, delay: delay)
        case .silent: Front.Answer(body: nil, delay: .seconds(3600))
        case .stuck: Front.Answer(body: #"{"took":1,"#, isEndless: true)
        }
    }

    private static func refusal(_ status: Int, _ type: String) -> Front.Answer {
        Front.Answer(
            status: status,
            body: #"{"error":{"type":"\#(type)","reason":"a test wants it so"},"status":\#(status)}"#)
    }
}
