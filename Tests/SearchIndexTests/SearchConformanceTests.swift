import Kernel
import Ports
import SearchLanguage
import Testing

/// What every index finds, on what it really runs on.
@Suite(.serialized) struct SearchConformanceTests {
    private static let now = Instant(milliseconds: 1_795_600_000_000)

    private func filled(_ kind: IndexKind, _ body: (any SearchIndex, IndexName) async throws -> Void) async throws {
        try await kind.with { index in
            let name = kind.name(1)
            try await index.create(name)
            let refusals = try await index.write(SampleOrders.documents.map { .put($0) }, to: name)
            #expect(refusals.isEmpty)
            try await index.activate(name)
            try await index.refresh(name)
            try await body(index, name)
        }
    }

    private func query(_ text: String) throws -> SearchQuery { try SearchParser.parse(text, now: Self.now) }

    private func numbers(_ answer: SearchAnswer) -> [Int64] { answer.hits.map { $0.orderID.rawValue >> 21 } }

    static let questions: [(String, [Int64])] = [
        ("", [1005, 1004, 1003, 1002, 1001]),
        ("mug", [1005, 1003, 1002, 1001]),
        ("\"red mug\"", [1003, 1001]),
        ("\"mug red\"", [1003, 1001]),  // their SKU
        ("\"mug pot\"", []),
        ("\"mug tea\"", []),
        ("\"pot blue\"", [1004, 1001]),
        ("red mug", [1005, 1003, 1001]),
        ("lant", [1003]),
        ("antern", []),
        ("muller", [1001]),
        ("Müller", [1001]),
        ("MULLER", [1001]),
        ("lodz", [1005]),
        ("étienne", [1002]),
        ("O'Brien", [1003]),
        ("anna", [1004, 1001]),
        ("anna -schmidt", [1001]),
        ("name:anna city:berlin", [1004]),
        ("city:anna", []),
        ("name:\"anna schmidt\"", [1004]),
        ("product:blue", [1004, 1002, 1001]),
        ("W-1002", [1002]),
        ("number:w-1002", [1002]),
        ("number:w-10*", [1004, 1003, 1002, 1001]),
        ("number:X_77/5", [1005]),
        ("77/5", [1005]),
        ("sku:mug-red", [1003, 1001]),
        ("sku:MUG-*", [1005, 1003, 1002, 1001]),
        ("sku:\"lantern 9\"", [1003]),
        ("sku:mug", []),
        ("status:placed", [1001]),
        ("status:placed,completed", [1005, 1003, 1001]),
        ("status:short", [1002]),
        ("is:open", [1002, 1001]),
        ("-is:open", [1005, 1004, 1003]),
        ("cancelled", [1004]),
        ("-cancelled", [1005, 1003, 1002, 1001]),
        ("carrier:dhl", [1003, 1002]),
        ("carrier:\"ups express\"", [1005]),
        ("carrier:d*", [1003, 1002]),
        ("to:de", [1004, 1001]),
        ("to:DE,pl", [1005, 1004, 1001]),
        ("total>19.99", [1003]),
        ("total>=19.99", [1004, 1003, 1001]),
        ("total:0..8", [1005, 1002]),
        ("units:2", [1005, 1003, 1001]),
        ("placed:2026-11-03", [1003]),
        ("placed>2026-11-03", [1005, 1004]),
        ("placed>=2026-11-03 -cancelled", [1005, 1003]),
        ("placed<2026-11-02T10:00:00Z", [1001]),
        ("placed<=2026-11-02T10:00:00Z", [1002, 1001]),
        ("delivered:2026-11-04", [1003]),
        ("-delivered:2026-11-04", [1005, 1004, 1002, 1001]),
        ("status:placed OR total>100", [1003, 1001]),
        ("(anna OR carrier:dhl) placed>=2026-11-02", [1004, 1003, 1002]),
        ("-(anna OR placed:2026-11-05)", [1003, 1002]),
        ("mug (units:1 OR -carrier:dhl)", [1005, 1002, 1001]),
        ("status:short carrier:dhl \"blue mug\" placed>2026-11-01 -cancelled", [1002]),
        ("nothing like it", []),
    ]

    @Test(arguments: IndexKind.allCases) func finds(kind: IndexKind) async throws {
        try await filled(kind) { index, _ in
            for (text, expected) in Self.questions {
                let answer = try await index.search(SearchRequest(try query(text)))
                #expect(numbers(answer) == expected, "\(text)")
                #expect(answer.total == Int64(expected.count), "\(text)")
            }
        }
    }

    @Test(arguments: IndexKind.allCases) func findsByTheOrdersID(kind: IndexKind) async throws {
        try await filled(kind) { index, _ in
            let id = SampleOrders.id(1003).text
            for text in [id, "order:\(id)", id.uppercased(), String(id.dropFirst(4))] {
                let answer = try await index.search(SearchRequest(try query(text)))
                #expect(numbers(answer) == [1003], "\(text)")
            }
        }
    }

    @Test(arguments: IndexKind.allCases) func forgivesTypos(kind: IndexKind) async throws {
        let questions: [(String, [Int64])] = [
            ("mullr", [1001]), ("lantren", [1003]), ("gardn lantern", [1003]), ("shcmidt", [1004]), ("mgu", []),
            ("xuller", []), ("anna mullet", [1001]), ("\"blue mug\" brtrand", [1002]),
        ]
        try await filled(kind) { index, _ in
            for (text, expected) in questions {
                var request = SearchRequest(try query(text))
                #expect(try await index.search(request).hits.isEmpty, "\(text), as it stands")
                request.allowsTypos = true
                let answer = try await index.search(request)
                #expect(numbers(answer) == expected, "\(text)")
            }
        }
    }

    @Test(arguments: IndexKind.allCases) func keepsPeopleFromThoseWhoMayNotSeeThem(kind: IndexKind) async throws {
        try await filled(kind) { index, _ in
            for text in ["muller", "\"anna müller\"", "köln"] {
                var request = SearchRequest(try query(text))
                let answer = try await index.search(request)
                #expect(numbers(answer) == [1001], "\(text)")
                request.includesPeople = false
                #expect(try await index.search(request).hits.isEmpty, "\(text)")
                request.allowsTypos = true
                #expect(try await index.search(request).hits.isEmpty, "\(text)")
            }
        }
    }

    static let sorts: [(SearchSort, [Int64])] = [
        (.newest, [1005, 1004, 1003, 1002, 1001]), (.oldest, [1001, 1002, 1003, 1004, 1005]),
        (.dearest, [1003, 1004, 1001, 1002, 1005]), (.cheapest, [1005, 1002, 1001, 1004, 1003]),
        (.updated, [1005, 1004, 1003, 1002, 1001]),
    ]

    @Test(arguments: IndexKind.allCases) func sortsAndGoesOnPageByPage(kind: IndexKind) async throws {
        try await filled(kind) { index, _ in
            for text in ["", "-nothing", "total>0"] {
                for (sort, expected) in Self.sorts {
                    for limit in 1...3 {
                        var found: [Int64] = []
                        var request = SearchRequest(try query(text), sort: sort, limit: limit)
                        while true {
                            let answer = try await index.search(request)
                            #expect(answer.total == 5)
                            found += numbers(answer)
                            guard let last = answer.hits.last, found.count < 10 else { break }
                            request.after = last
                        }
                        #expect(found == expected, "\(text) by \(sort), \(limit) a page")
                    }
                }
            }
        }
    }

    @Test(arguments: IndexKind.allCases) func countsValues(kind: IndexKind) async throws {
        try await filled(kind) { index, _ in
            let fields: [SearchField] = [.status, .country, .flag]
            let all = try await index.search(SearchRequest(.everything, limit: 1, facets: fields))
            let expected: [SearchField: [FacetCount]] = [
                .status: [
                    FacetCount(value: "completed", count: 2), FacetCount(value: "cancelled", count: 1),
                    FacetCount(value: "fulfilling", count: 1), FacetCount(value: "placed", count: 1),
                ],
                .country: [
                    FacetCount(value: "de", count: 2), FacetCount(value: "fr", count: 1),
                    FacetCount(value: "ie", count: 1), FacetCount(value: "pl", count: 1),
                ],
                .flag: [
                    FacetCount(value: "open", count: 2), FacetCount(value: "late", count: 1),
                    FacetCount(value: "short", count: 1),
                ],
            ]
            #expect(all.facets == expected)
            for text in ["carrier:dhl", "carrier:dhl total>0"] {
                let some = try await index.search(
                    SearchRequest(try query(text), limit: 1, facets: [.status, .carrier]))
                #expect(
                    some.facets == [
                        .status: [FacetCount(value: "completed", count: 1), FacetCount(value: "fulfilling", count: 1)],
                        .carrier: [FacetCount(value: "dhl", count: 2)],
                    ])
            }
        }
    }

    @Test(arguments: IndexKind.allCases) func suggestsWhatBeginsSo(kind: IndexKind) async throws {
        try await filled(kind) { index, _ in
            let anywhere: [SearchField] = [.name, .city, .product, .sku]
            let mu = try await index.suggest("mu", in: anywhere, limit: 10)
            #expect(mu.first == SearchSuggestion(field: .product, value: "mug"))
            #expect(
                Set(mu) == [
                    SearchSuggestion(field: .product, value: "mug"), SearchSuggestion(field: .name, value: "muller"),
                    SearchSuggestion(field: .sku, value: "mug-red"), SearchSuggestion(field: .sku, value: "mug-blu"),
                    SearchSuggestion(field: .sku, value: "mug-x"),
                ])
            #expect(try await index.suggest("mu", in: [.product, .sku], limit: 1).map(\.value) == ["mug"])
            #expect(try await index.suggest("ups e", in: [.carrier], limit: 5).map(\.value) == ["ups express"])
            #expect(try await index.suggest("zz", in: anywhere, limit: 10).isEmpty)
            #expect(try await index.suggest(".*", in: anywhere, limit: 10).isEmpty)
        }
    }
}
