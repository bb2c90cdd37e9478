import SearchLanguage
import Testing

/// Words and codes as they are compared.
struct SearchTextTests {
    @Test(
        arguments: [
            ("", []), ("Red MUG", ["red", "mug"]), ("  a--b ", ["a", "b"]), ("Straße", ["strasse"]),
            ("Łódź", ["lodz"]), ("Ångström", ["angstrom"]), ("e\u{301}te\u{301}", ["ete"]), ("Œuvre", ["oeuvre"]),
            ("東京 1号", ["東京", "1号"]), ("МОСКВА", ["москва"]), ("İzmir", ["izmir"]), ("a_b", ["a", "b"]),
            ("🙂", []), ("½ l", ["½", "l"]),
        ] as [(String, [String])])
    func words(text: String, words: [String]) { #expect(SearchText.words(text) == words) }

    @Test(arguments: [("AB-12/c", "ab-12/c"), (" x ", "x"), ("É*", "e*"), ("", ""), ("DHL Express", "dhl express")])
    func keywords(text: String, keyword: String) { #expect(SearchText.keyword(text) == keyword) }

    @Test func foldingTwiceChangesNothing() {
        for text in ["Straße Œuvre Łódź", "ﬁne İzmir Ǆ ǅ", "ΑΣ Ὀδυσσεύς"] {
            let once = SearchText.words(text)
            #expect(SearchText.words(once.joined(separator: " ")) == once)
        }
    }

    @Test func longWordsAreCut() {
        let word = String(repeating: "x", count: SearchText.wordLengthMax + 1)
        #expect(SearchText.words(word) == [String(word.dropLast())])
    }

    @Test(
        arguments: [
            ("mug", "mug", 0), ("mug", "mgu", 1), ("mug", "mugs", 1), ("mug", "ug", 1), ("lantern", "lanten", 1),
            ("lantern", "latnern", 1), ("mug", "cat", nil), ("", "ab", 2), ("abcd", "badc", 2),
        ] as [(String, String, Int?)])
    func distances(left: String, right: String, distance: Int?) {
        #expect(NearWords.distance(left, right, limit: 2) == distance)
        #expect(NearWords.distance(right, left, limit: 2) == distance)
    }
}
