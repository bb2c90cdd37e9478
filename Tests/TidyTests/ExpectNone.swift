import Testing

/// Records one issue for each offence, so that all are listed with their places.
func expectNone(_ offences: [Offence], sourceLocation: SourceLocation = #_sourceLocation) {
    for offence in offences { Issue.record("\(offence)", sourceLocation: sourceLocation) }
}
