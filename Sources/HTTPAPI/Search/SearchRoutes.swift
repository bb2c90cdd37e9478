import Hummingbird
import Kernel
import Orders
import OrdersService
import Ports
import Runtime
import SearchLanguage
import SearchService

/// Finding orders: the list with `q`, suggestions, how the index stands, and making it anew.
enum SearchRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/search", .scope(.ordersRead)) { call async throws(Problem) in
                try call.query.finish()
                return document(200, try await SearchLag.read(services))
            },
            .get("/v1/search/suggestions", .scope(.ordersRead)) { call async throws(Problem) in
                try await suggestions(call, services)
            },
            .post("/v1/search/rebuild", .scope(.keysManage)) { call async throws(Problem) in
                _ = try call.emptyObject()
                guard let access = services.search else { throw .searchIsNotHere }
                access.indexer.rebuild()
                return document(202, try await SearchLag.read(services))
            },
        ]
    }

    /// `GET /v1/orders?q=`: what the index finds, as the store knows it.
    static func find(_ text: String, _ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        _ = query.text("q")
        let page = query.page(parts: 3)
        let sort = query.parsed("sort", "one of \(sortNames)") { SearchSort(rawValue: $0) }
        let state = query.parsed("status", "one of \(SearchVocabulary.statuses.joined(separator: ", "))") {
            OrderState(name: $0)
        }
        let facets = query.parsed("facets", "some of \(facetNames), with commas between", facets)
        try query.finish()
        guard let access = services.search else { throw .searchIsNotHere }
        let question = OrderSearch.Question(
            text, includesPeople: call.caller?.scopes.contains(.recipientsRead) == true, sort: sort ?? .newest,
            limit: page.limit, after: page.after.map(cursor), facets: facets ?? [],
            filters: state.map { [.keyword(.status, $0.name, isPrefix: false)] } ?? [])
        let found: OrderSearch.Found
        do throws(OrderSearch.Refusal) {
            found = try await access.search.find(question)
        } catch {
            guard case .fault = error, sort ?? .newest == .newest, state == nil, question.facets.isEmpty else {
                throw Problem(error)
            }
            return try await listFromStore(question, Problem(error), call, services)
        }
        let ids = found.answer.hits.map(\.orderID)
        let views = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.orders(ids, database)
        }
        return reply(views, found.next, call, services) { json in
            json.member("source", "index")
            json.member("forgives_typos", found.forgivesTypos)
            if let total = found.answer.total { json.member("total", total) }
            if !question.facets.isEmpty { json.member("facets") { write(found.answer, question.facets, &$0) } }
        }
    }

    private static func listFromStore(
        _ question: OrderSearch.Question, _ problem: Problem, _ call: Call, _ services: APIServices
    ) async throws(Problem) -> Reply {
        let views = try await StoreSearch.orders(
            question.text, after: question.after?.hit.orderID, limit: question.limit, now: services.clock.now,
            services.orders.reads)
        guard let views else { throw problem }
        let last = views.count == question.limit ? views.last : nil
        let next = last.map { OrderSearch.Cursor(hit: SearchHit(orderID: $0.order.id), forgivesTypos: false) }
        return reply(views, next, call, services) { $0.member("source", "store") }
    }

    private static func reply(
        _ views: [OrderView], _ next: OrderSearch.Cursor?, _ call: Call, _ services: APIServices,
        _ more: (inout JSONWriter) -> Void
    ) -> Reply {
        let publicURL = services.configuration.publicURL
        let cursor = next.map { Page.cursor([$0.hit.value, $0.hit.orderID.rawValue, $0.forgivesTypos ? 1 : 0]) }
        var reply = Reply.object { json in
            json.member("data", array: views) { json, view in
                json.object { OrderDocument.summary(view.order, &$0, publicURL) }
            }
            if let cursor { json.member("next", cursor) }
            more(&json)
        }
        if let cursor { reply.headers[.link] = "<\(call.location(after: cursor))>; rel=\"next\"" }
        return reply
    }

    private static func cursor(_ key: [Int64]) -> OrderSearch.Cursor {
        OrderSearch.Cursor(
            hit: SearchHit(orderID: OrderID(rawValue: key[1]), value: key[0]), forgivesTypos: key[2] == 1)
    }

    private static let sortNames = SearchSort.allCases.map(\.rawValue).joined(separator: ", ")
    private static let facetNames = FacetCount.fields.map(\.rawValue).joined(separator: ", ")

    private static func facets(_ text: String) -> [SearchField]? {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let fields = names.compactMap { name in FacetCount.fields.first { $0.rawValue == name } }
        return fields.count == names.count && Set(fields).count == fields.count ? fields : nil
    }

    private static func write(_ answer: SearchAnswer, _ fields: [SearchField], _ json: inout JSONWriter) {
        for field in fields {
            json.name(field.rawValue)
            json.array(answer.facets[field] ?? []) { json, count in
                json.object { json in
                    json.member("value", count.value)
                    json.member("count", count.count)
                }
            }
        }
    }

    private static func suggestions(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let text = query.text("q")
        query.require("q", text)
        let limit = query.int("limit", in: 1...50)
        try query.finish()
        guard let access = services.search else { throw .searchIsNotHere }
        guard let text, text.unicodeScalars.count <= SearchParser.lengthMax else {
            throw Problem(.malformedQuery, "q has at most \(SearchParser.lengthMax) characters.")
        }
        do throws(OrderSearch.Refusal) {
            let found = try await access.search.suggestions(
                text, includesPeople: call.caller?.scopes.contains(.recipientsRead) == true, limit: limit ?? 10)
            return Reply.object { json in json.member("data", array: found) { $0.string($1) } }
        } catch {
            throw Problem(error)
        }
    }

    private static func document(_ status: Int, _ lag: SearchLag) -> Reply {
        Reply.object(status) { json in
            json.member("engine", lag.status.engine)
            if let index = lag.status.index { json.member("index", index) }
            if let building = lag.status.building { json.member("building", building) }
            json.member("unread_events", lag.unreadEvents)
            json.member("waiting_documents", lag.status.waiting)
            if let fault = lag.status.fault { json.member("fault", fault.code) }
            json.member("refused_documents", lag.status.refused)
        }
    }
}
