import Contracts
import EmbeddedIndex
import Foundation
import Kernel
import Ports
import SearchService
import Testing

/// From the log to what is found.
@Suite(.serialized) struct IndexerTests {
    private func tell(_ shop: SearchShop, _ numbers: ClosedRange<Int64>) {
        for number in numbers {
            let story = OrderStory(number)
            shop.directory.set(story.id, story.facts)
            shop.log.add(story.all)
        }
    }

    @Test func whatTheLogSaysIsFound() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            try await service.catchUp()
            #expect(try await service.find("").isEmpty)
            tell(shop, 1...30)
            try await service.catchUp()
            #expect(try await service.find("müller").count == 30)
            #expect(try await service.find("00340-7") == [OrderStory(7).id])
            #expect(try await service.find("status:short carrier:dhl \"red mug\" w-12") == [OrderStory(12).id])
            let report = try await service.compare()
            #expect(report.orders == 30 && report.documents == 30 && report.differenceCount == 0)
            #expect(try await service.indexer.status().waiting == 0)
        }
    }

    @Test func goesOnAfterARestart() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            tell(shop, 1...10)
            try await service.catchUp()
        }
        let name = try await shop.index.active()
        tell(shop, 11...20)
        try await shop.run { service in
            try await service.catchUp()
            #expect(try await service.find("").count == 20)
        }
        #expect(try await shop.index.active() == name)
    }

    @Test func anErasedPersonIsNotFoundAnyMore() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            tell(shop, 1...2)
            try await service.catchUp()
            let story = OrderStory(1)
            shop.directory.set(story.id, story.erased)
            shop.log.add(story.recipientErased)
            try await service.catchUp()
            #expect(try await service.find("müller") == [OrderStory(2).id])
            #expect(try await service.find("number:w-1") == [story.id])
            #expect(try await service.compare().differenceCount == 0)
        }
    }

    /// Somebody removes the index's files: it is made anew from what is folded.
    @Test func aLostIndexIsMadeAnew() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            tell(shop, 1...10)
            try await service.catchUp()
            let lost = try #require(try await shop.index.active())
            for file in try FileManager.default.contentsOfDirectory(atPath: shop.folder + "/index") {
                try FileManager.default.removeItem(atPath: "\(shop.folder)/index/\(file)")
            }
            shop.clock.advance(.seconds(1))
            tell(shop, 11...12)
            try await service.catchUp()
            #expect(try await shop.index.active() != lost)
            #expect(try await service.find("").count == 12)
            #expect(try await service.compare().differenceCount == 0)
        }
    }

    /// The service's own database is gone, and the index is not: nobody knows what is in it.
    @Test func anIndexOfFoldsThatWereLostIsMadeAnew() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            tell(shop, 1...10)
            try await service.catchUp()
        }
        let former = try #require(try await shop.index.active())
        for file in ["search.db", "search.db-wal", "search.db-shm"] {
            try? FileManager.default.removeItem(atPath: "\(shop.folder)/\(file)")
        }
        shop.clock.advance(.seconds(1))
        try await shop.run { service in
            try await service.catchUp()
            #expect(try await shop.index.active() != former)
            #expect(try await service.find("").count == 10)
            #expect(try await service.compare().differenceCount == 0)
            #expect(try await service.indexer.step() == 0)
        }
    }

    /// Somebody takes documents out: the next look notices.
    @Test func lostDocumentsAreNoticed() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            tell(shop, 1...10)
            try await service.catchUp()
            let name = try #require(try await shop.index.active())
            _ = try await shop.index.write([.remove(OrderStory(3).id, version: 1000)], to: name)
            let report = try await service.compare()
            #expect(report.differences == ["\(OrderStory(3).id): is missing in the index"])
            shop.clock.advance(.seconds(61))
            try await service.catchUp()
            #expect(try await service.find("").count == 10)
            #expect(try await service.compare().differenceCount == 0)
        }
    }

    @Test func differencesAreNamed() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            tell(shop, 1...5)
            try await service.catchUp()
            let name = try #require(try await shop.index.active())
            var changed = try #require(try await shop.index.documents(in: name, after: nil, limit: 1).first)
            changed = SearchDocument(
                orderID: changed.orderID, version: changed.version + 1, texts: changed.texts,
                keywords: changed.keywords, numbers: changed.numbers)
            changed.setKeywords(.carrier, ["ups"])
            changed.setText(.name, ["Somebody Else"])
            var stranger = changed
            stranger = SearchDocument(orderID: OrderStory(99).id, version: 1)
            _ = try await shop.index.write([.put(changed), .put(stranger)], to: name)
            #expect(
                try await service.compare().differences == [
                    "\(changed.orderID): version is \(changed.version), should be \(changed.version - 1)",
                    "\(changed.orderID): carrier is [ups], should be [dhl]",
                    "\(changed.orderID): name differs",
                    "\(stranger.orderID): is in the index, and the log does not know it",
                ])
        }
    }

    /// While a new index is filled the old one answers and is kept up to date.
    @Test func aRebuildTakesNothingFromThoseWhoSearch() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            tell(shop, 1...1200)
            try await service.catchUp()
            let former = try await shop.index.active()
            shop.clock.advance(.seconds(1))
            service.indexer.rebuild()
            var steps = 0
            while try await shop.index.active() == former {
                _ = try await service.indexer.step()
                steps += 1
                #expect(try await service.find("w-1200").count == 1)
                if steps == 1 {
                    tell(shop, 1201...1201)
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(steps > 2)
            try await service.catchUp()
            #expect(try await service.find("w-1201").count == 1)
            #expect(try await service.compare().differenceCount == 0)
        }
    }

    /// Whatever was written before the crash is written once more, and changes nothing.
    @Test func aCrashBetweenWritingAndNotingChangesNothing() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            tell(shop, 1...10)
            try await service.catchUp()
        }
        let connection = try shop.database.connect(.write)
        try connection.execute("UPDATE index_positions SET position = 3")
        connection.close()
        try await shop.run { service in
            try await service.catchUp()
            #expect(try await service.find("").count == 10)
            #expect(try await service.compare().differenceCount == 0)
        }
    }

    @Test func searchesAreKeptByName() async throws {
        let shop = try SearchShop()
        try await shop.run { service in
            let keep = { (name: String, query: String) in
                await service.mailbox.answer(to: .saveSearch(SavedSearch(name: name, query: query)))
            }
            guard case .accepted = await keep("late", "is:late"),
                case .accepted = await keep("late", "is:late is:open"),
                case .accepted = await keep("dhl", "carrier:dhl")
            else { return #expect(Bool(false), "a search was not kept") }
            if case .rejected(let rejection) = await keep("", "x") { #expect(rejection.code == "invalid_name") }
            if case .rejected(let rejection) = await keep("a", "(x") { #expect(rejection.code == "malformed_search") }
            _ = await service.mailbox.answer(to: .removeSearch(name: "dhl"))
            let kept = try await service.reads.read { database throws(Fault) in try SavedSearches.all(database) }
            #expect(kept == [SavedSearch(name: "late", query: "is:late is:open")])
        }
    }
}
