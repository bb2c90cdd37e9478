/// What is asked of the search service.
public enum SearchCommand: Sendable, Equatable {
    /// An index has everything up to there.
    case noteWritten(IndexPosition)
    /// Folds of a partition are what the log says, where they have not changed since.
    case mend([MendedFold], partition: Int)
    /// Keeps a query under a name, in place of the one that had it.
    case saveSearch(SavedSearch)
    /// Forgets the query of a name; one that is not there stays so.
    case removeSearch(name: String)
}

/// What the search service answers.
public enum SearchReply: Sendable, Equatable {
    case done
}
