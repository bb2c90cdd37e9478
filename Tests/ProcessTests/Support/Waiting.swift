import Testing

/// Asks again until there is an answer; ends the test when there is none in time.
///
/// - Parameter what: what is waited for, as the failure tells it.
func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(20), _ ask: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await ask() { return value }
        try #require(ContinuousClock.now < deadline, "\(what) within \(limit)")
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Asks again until it is so.
func eventuallyTrue(
    _ what: String, within limit: Duration = .seconds(20), _ ask: () async throws -> Bool
) async throws {
    _ = try await eventually(what, within: limit) { try await ask() ? true : nil }
}
