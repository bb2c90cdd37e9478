import Kernel
import Ports
import SearchLanguage
import Testing

/// What every index does with what it is told, on what it really runs on.
@Suite(.serialized) struct WritingConformanceTests {
    private func search(_ index: any SearchIndex, _ field: SearchField, _ value: String) async throws -> Int64? {
        try await index.search(SearchRequest(.keyword(field, value, isPrefix: false))).total
    }

    @Test(arguments: IndexKind.allCases) func lateAndRepeatedWritesChangeNothing(kind: IndexKind) async throws {
        try await kind.with { index in
            let name = kind.name(1)
            try await index.create(name)
            try await index.activate(name)
            let row = SampleOrders.rows[0]
            var newer = SampleOrders.document(row, version: 7)
            newer.setKeywords(.status, ["completed"])
            var late = SampleOrders.document(row, version: 6)
            late.setKeywords(.status, ["rejected"])
            for changes in [
                [IndexChange.put(SampleOrders.document(row, version: 5))], [.put(newer)], [.put(late)], [.put(newer)],
                [.put(late), .put(SampleOrders.document(row, version: 5))],
            ] {
                #expect(try await index.write(changes, to: name).isEmpty)
            }
            try await index.refresh(name)
            #expect(try await index.documents(in: name, after: nil, limit: 10) == [newer])
            #expect(try await search(index, .status, "completed") == 1)
            #expect(try await search(index, .status, "placed") == 0)
            let facets = try await index.search(SearchRequest(.everything, facets: [.status])).facets
            #expect(facets == [.status: [FacetCount(value: "completed", count: 1)]])
        }
    }

    @Test(arguments: IndexKind.allCases) func forgetsWhatIsRemoved(kind: IndexKind) async throws {
        try await kind.with { index in
            let name = kind.name(1)
            try await index.create(name)
            try await index.activate(name)
            _ = try await index.write(SampleOrders.documents.map { .put($0) }, to: name)
            let gone = SampleOrders.id(1001)
            let unknown = SampleOrders.id(9999)
            #expect(
                try await index.write([.remove(gone, version: 4), .remove(unknown, version: 4)], to: name).isEmpty)
            #expect(try await index.write([.remove(gone, version: 4)], to: name).isEmpty)
            try await index.refresh(name)
            #expect(try await index.count(in: name) == 4)
            #expect(try await index.search(SearchRequest(.word("muller", isPrefix: true, in: nil))).hits.isEmpty)
            #expect(try await index.suggest("mull", in: [.name], limit: 5).isEmpty)
            // An older write than the removal's would be taken by some engines: nobody sends one.
            _ = try await index.write([.put(SampleOrders.document(SampleOrders.rows[0], version: 5))], to: name)
            try await index.refresh(name)
            #expect(try await index.count(in: name) == 5)
        }
    }

    /// A person who is erased is gone from texts, suggestions and typing errors alike.
    @Test(arguments: IndexKind.allCases) func forgetsPeople(kind: IndexKind) async throws {
        try await kind.with { index in
            let name = kind.name(1)
            try await index.create(name)
            try await index.activate(name)
            var document = SampleOrders.document(SampleOrders.rows[0], version: 1)
            _ = try await index.write([.put(document)], to: name)
            document = SampleOrders.document(SampleOrders.rows[0], version: 2)
            document.setText(.name, [])
            document.setText(.city, [])
            _ = try await index.write([.put(document)], to: name)
            try await index.refresh(name)
            for typos in [false, true] {
                let request = SearchRequest(.word("muller", isPrefix: true, in: nil), allowsTypos: typos)
                #expect(try await index.search(request).hits.isEmpty)
            }
            #expect(try await index.suggest("mull", in: [.name], limit: 5).isEmpty)
            #expect(try await search(index, .number, "w-1001") == 1)
            #expect(try await index.documents(in: name, after: nil, limit: 10) == [document])
        }
    }

    /// Codes are others' and hold what they want; no engine takes any of it for its own language.
    @Test(arguments: IndexKind.allCases) func takesCodesOfAnyCharacters(kind: IndexKind) async throws {
        let codes = [
            "o'x\\1", "a:*b", "50%_off", "\"q\" or", "=sku:x", "x & !y", "(z)", "ü.*+",
            String(repeating: "long", count: 90),
        ]
        try await kind.with { index in
            let name = kind.name(1)
            try await index.create(name)
            try await index.activate(name)
            var document = SampleOrders.document(SampleOrders.rows[0])
            document.setKeywords(.sku, codes)
            #expect(try await index.write([.put(document)], to: name).isEmpty)
            try await index.refresh(name)
            for code in codes {
                let folded = SearchText.keyword(code)
                #expect(try await search(index, .sku, folded) == 1, "\(code)")
                let beginning = SearchQuery.keyword(.sku, String(folded.prefix(3)), isPrefix: true)
                #expect(try await index.search(SearchRequest(beginning)).total == 1, "\(code)")
                #expect(try await search(index, .sku, String(folded.dropLast())) == 0, "\(code)")
                let suggested = try await index.suggest(String(folded.prefix(3)), in: [.sku], limit: 5).map(\.value)
                #expect(suggested == [folded], "\(code)")
            }
            #expect(try await index.documents(in: name, after: nil, limit: 10) == [document])
        }
    }

    @Test(arguments: IndexKind.allCases) func readsDocumentsBackInOrder(kind: IndexKind) async throws {
        try await kind.with { index in
            let name = kind.name(1)
            try await index.create(name)
            _ = try await index.write(SampleOrders.documents.reversed().map { .put($0) }, to: name)
            try await index.refresh(name)
            let first = try await index.documents(in: name, after: nil, limit: 2)
            let rest = try await index.documents(in: name, after: first.last?.orderID, limit: 10)
            #expect(first + rest == SampleOrders.documents)
        }
    }

    /// A new index is filled while the former one answers, and takes its place in one step.
    @Test(arguments: IndexKind.allCases) func swapsIndexes(kind: IndexKind) async throws {
        try await kind.with { index in
            #expect(try await index.active() == nil)
            let (first, second) = (kind.name(1), kind.name(2))
            try await index.create(first)
            #expect(try await index.active() == nil)
            _ = try await index.write([.put(SampleOrders.documents[0])], to: first)
            try await index.activate(first)
            try await index.refresh(first)
            try await index.create(second)
            try await index.create(second)
            _ = try await index.write(SampleOrders.documents.map { .put($0) }, to: second)
            try await index.refresh(second)
            #expect(try await index.active() == first)
            #expect(try await index.search(SearchRequest(.everything)).total == 1)
            #expect(try await index.count(in: second) == 5)
            try await index.activate(second)
            #expect(try await index.active() == second)
            #expect(try await index.search(SearchRequest(.everything)).total == 5)
            let fault = await #expect(throws: Fault.self) { try await index.count(in: first) }
            #expect(fault?.code == "search_index_missing")
            try await index.activate(second)
            #expect(try await index.search(SearchRequest(.everything)).total == 5)
        }
    }

    @Test(arguments: IndexKind.allCases) func saysThatNoIndexIsThere(kind: IndexKind) async throws {
        try await kind.with { index in
            let fault = await #expect(throws: Fault.self) { try await index.search(SearchRequest(.everything)) }
            #expect(fault?.code == "search_index_missing")
            #expect(fault?.isRetryable == true)
        }
    }
}
