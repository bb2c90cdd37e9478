import HTTPAPI
import Hummingbird
import Kernel
import NIOCore
import OrdersService
import Ports
import Runtime
import SearchLanguage
import SearchService

/// What the search page asks and keeps.
extension ConsoleRoutes {
    static let searchPageSize = 50

    func addSearch(to router: Router<APIContext>) {
        router.get("/search") { request, context in
            await operations(request, context) { () async throws(Fault) in try await search(request) }
        }
        router.get("/search/suggestions") { request, context in await suggestions(request, context) }
        router.post("/search/saved") { request, context in
            await keep(request, context) { fields in
                guard let name = fields["name"], let query = fields["query"] else { return nil }
                return .saveSearch(SavedSearch(name: name, query: query))
            }
        }
        router.post("/search/saved/remove") { request, context in
            await keep(request, context) { fields in fields["name"].map { .removeSearch(name: $0) } }
        }
    }

    func search(_ request: Request) async throws(Fault) -> Page {
        let parameters = request.uri.queryParameters
        let text = parameters.get("q") ?? ""
        let sort = parameters.get("sort").flatMap(SearchSort.init(rawValue:)) ?? .newest
        let after = parameters.get("after").flatMap { SearchLink.cursor($0) }
        guard let access = services.search, let api = services.searchLag else {
            return SearchPage(
                text: text, sort: sort, outcome: .unavailable, kept: [], lag: nil, now: services.clock.now
            ).page
        }
        let outcome = try await outcome(
            OrderSearch.Question(
                text, includesPeople: true, sort: sort, limit: Self.searchPageSize, after: after,
                facets: FacetCount.fields), access)
        let saved = try await access.reads.read { database throws(Fault) in try SavedSearches.all(database) }
        var kept: [SearchPage.Kept] = []
        for search in saved {
            kept.append(SearchPage.Kept(search: search, total: await total(search, access)))
        }
        // A store that cannot be read is told by whatever needs it.
        let lag = try? await api()
        return SearchPage(
            text: text, sort: sort, outcome: outcome, kept: kept, lag: lag, now: services.clock.now
        ).page
    }

    private func outcome(
        _ question: OrderSearch.Question, _ access: SearchAccess
    ) async throws(Fault) -> SearchPage.Outcome {
        let found: OrderSearch.Found
        do throws(OrderSearch.Refusal) {
            found = try await access.search.find(question)
        } catch {
            if case .syntax(let syntax) = error { return .refused(Problem(error), syntax) }
            do throws(Problem) {
                let views = try await StoreSearch.orders(
                    question.text, after: nil, limit: question.limit, now: services.clock.now, services.orders)
                return views.map { .fromStore($0) } ?? .refused(Problem(error), nil)
            } catch { return .refused(error, nil) }
        }
        let ids = found.answer.hits.map(\.orderID)
        let views = try await services.orders.read { database throws(Fault) in
            try OrdersQueries.orders(ids, database)
        }
        return .found(found, views)
    }

    private func total(_ search: SavedSearch, _ access: SearchAccess) async -> Int64? {
        do throws(OrderSearch.Refusal) {
            let question = OrderSearch.Question(search.query, includesPeople: true, limit: 1)
            return try await access.search.find(question).answer.total
        } catch {
            // The page says already that the index does not answer.
            return nil
        }
    }

    /// For the script: a JSON array of queries.
    private func suggestions(_ request: Request, _ context: APIContext) async -> Response {
        guard access.admits(authority: request.head.authority) else { return closedAnswer }
        var json = JSONWriter()
        do throws(OrderSearch.Refusal) {
            let text = String((request.uri.queryParameters.get("q") ?? "").prefix(SearchParser.lengthMax))
            let found = try await services.search?.search.suggestions(text, includesPeople: true) ?? []
            json.array(found) { $0.string($1) }
        } catch {
            json.array([String]()) { $0.string($1) }
        }
        var response = asset("application/json", json.text)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    /// Changes what is kept and goes back to the page. Only pages of our own may ask for it: a browser says where a
    /// form comes from, by name or, where pages hide theirs as ours do, by kind.
    private func keep(
        _ request: Request, _ context: APIContext, _ command: ([String: String]) -> SearchCommand?
    ) async -> Response {
        let origin = request.headers[.origin]
        let host = request.head.authority ?? ""
        let isOurs =
            request.headers[.secFetchSite] == "same-origin" || origin == "http://\(host)" || origin == "https://\(host)"
        guard access.admits(authority: request.head.authority), isOurs else { return closedAnswer }
        guard let access = services.search,
            let body = try? await request.body.collect(upTo: 16_384), let wish = command(FormFields.read(body))
        else { return note(.badRequest, "Not kept", "The form was not complete.") }
        switch await access.mailbox.answer(to: wish) {
        case .accepted: break
        case .rejected(let rejection): return note(.unprocessableContent, "Not kept", rejection.detail)
        default: return note(.serviceUnavailable, "Not kept", "The store does not take it now. Please try again.")
        }
        var target = "/search"
        if case .saveSearch(let search) = wish { target = SearchLink(text: search.query, sort: .newest).path }
        var response = note(.seeOther, "Kept", "")
        response.headers[.location] = target
        return response
    }

    private func note(_ status: HTTPResponse.Status, _ title: String, _ text: String) -> Response {
        Page.problem(status, title, text, area: .search).response(at: services.clock)
    }
}

extension HTTPFields.Element.Name {
    static let secFetchSite = {
        guard let name = Self("sec-fetch-site") else { preconditionFailure("sec-fetch-site is a field's name") }
        return name
    }()
}

/// What a form without files sends.
enum FormFields {
    /// - Source: WHATWG URL, `application/x-www-form-urlencoded` parsing.
    static func read(_ body: ByteBuffer) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in body.readableBytesView.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            fields[decoded(parts[0])] = parts.count > 1 ? decoded(parts[1]) : ""
        }
        return fields
    }

    private static func decoded(_ bytes: some Sequence<UInt8>) -> String {
        var decoded: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                decoded.append(0x20)
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
