import Kernel

/// The pages that a problem's `type` leads to: what a code means, for people and for programs.
///
/// - Source: RFC 9457, section 3.1.1: a type that can be looked up should lead to documentation.
enum ProblemPages {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/problems", .open) { call async throws(Problem) in
                try call.query.finish()
                return list(call)
            },
            .get("/problems/{code}", .open) { call async throws(Problem) in
                try call.query.finish()
                guard let entry = ProblemCatalog.entries[call.parameter("code")] else { throw .notFound("problem") }
                return page(entry, call)
            },
        ]
    }

    private static func list(_ call: Call) -> Reply {
        let entries = ProblemCatalog.entries.values.sorted { $0.code < $1.code }
        guard wantsPage(call) else {
            return .object { json in
                json.member("data", array: entries) { json, entry in json.object { write(entry, &$0) } }
            }
        }
        let rows = entries.map { entry in
            "<tr><td><a href=\"/problems/\(entry.code)\">\(entry.code)</a></td><td>\(entry.status)</td></tr>"
        }
        return html("Problems", "<table><tr><th>Code</th><th>Status</th></tr>\(rows.joined())</table>")
    }

    private static func page(_ entry: ProblemCatalog.Entry, _ call: Call) -> Reply {
        guard wantsPage(call) else { return .object { write(entry, &$0) } }
        let example = entry.example.map { "<p>For example: \(escape($0))</p>" } ?? ""
        return html(
            entry.title,
            """
            <p>Code <code>\(entry.code)</code>, HTTP status \(entry.status).</p>\(example)
            <p>\(meaning(entry.status))</p><p><a href="/problems">All problems</a></p>
            """)
    }

    /// What a caller does about a status.
    private static func meaning(_ status: Int) -> String {
        switch status {
        case 400: "The request could not be understood. Repeating it unchanged fails again."
        case 401: "Nobody vouches for the request: a valid key or signature is missing."
        case 403: "The key lacks the scope that this needs."
        case 404: "What the request names does not exist, or not for whoever asks."
        case 408: "The request came too slowly. It may be sent again."
        case 409: "It exists, and is not in a state for this. Look at its allowed_actions."
        case 412: "It was changed in between. Read it again and decide anew."
        case 428: "The request must name the version that it changes, in If-Match."
        case 429: "Too many requests. Come back after Retry-After."
        case 500: "Something went wrong here. trace_id finds it in the logs."
        case 503: "Not possible right now. Repeat it after Retry-After with the same Idempotency-Key."
        default: "The request itself is wrong, whatever the state. errors names each place."
        }
    }

    private static func write(_ entry: ProblemCatalog.Entry, _ json: inout JSONWriter) {
        json.member("code", entry.code)
        json.member("title", entry.title)
        json.member("status", entry.status)
        json.member("meaning", meaning(entry.status))
        if let example = entry.example { json.member("example", example) }
    }

    /// Browsers ask for pages; whoever says nothing gets JSON.
    private static func wantsPage(_ call: Call) -> Bool { call.headers[.accept]?.contains("text/html") == true }

    private static func html(_ title: String, _ content: String) -> Reply {
        let page = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(title)</title></head>
            <body><h1>\(title)</h1>\(content)</body></html>
            """
        return Reply(200, "text/html; charset=utf-8", Array(page.utf8))
            .with(.contentSecurityPolicy, "default-src 'none'")
            .with(.vary, "accept")
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
