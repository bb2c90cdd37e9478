import Kernel
import SearchLanguage

/// What is typed into the search box is understood, or refused with a place in it; folding a text twice changes nothing.
func fuzzQuery(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let words = SearchText.words(text)
    let again = SearchText.words(words.joined(separator: " "))
    precondition(again == words, "\(words) folded to \(again)")
    do throws(SearchSyntaxError) {
        _ = try SearchParser.parse(text, now: Instant(milliseconds: 1_800_000_000_000)).asksForPeople
    } catch {
        let end = text.unicodeScalars.count
        precondition((0...end).contains(error.position), "position \(error.position) of \(end)")
        precondition((0...end - error.position).contains(error.length), "length \(error.length) at \(error.position)")
        precondition(!error.detail.isEmpty, "refused without a reason")
    }
}
