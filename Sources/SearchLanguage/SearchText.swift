/// How texts are compared: small letters, no accents, cut into words of letters and digits.
///
/// Done here, before anything reaches an index, so that every engine finds the same: what an engine's own analyzer does
/// beyond it changes nothing.
public enum SearchText {
    /// Longer words are cut: a query and a document are cut alike.
    public static let wordLengthMax = 64

    /// The words of a text, folded, in order.
    ///
    /// - Complexity: O(text).
    public static func words(_ text: some StringProtocol) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            if isPart(scalar) {
                fold(scalar, into: &word)
            } else if !isMark(scalar) {
                end(&word, &words)
            }
        }
        end(&word, &words)
        return words
    }

    /// A code as it is compared: folded, with its other characters, without white space at the ends.
    public static func keyword(_ text: some StringProtocol) -> String {
        var folded = ""
        for scalar in text.unicodeScalars where !isMark(scalar) {
            if isPart(scalar) { fold(scalar, into: &folded) } else { folded.unicodeScalars.append(scalar) }
        }
        var trimmed = Substring(folded)
        while let first = trimmed.first, first.isWhitespace { trimmed.removeFirst() }
        while let last = trimmed.last, last.isWhitespace { trimmed.removeLast() }
        return String(trimmed)
    }

    private static func end(_ word: inout String, _ words: inout [String]) {
        if !word.isEmpty { words.append(word.unicodeScalars.count > wordLengthMax ? cut(word) : word) }
        word = ""
    }

    private static func cut(_ word: String) -> String {
        var cut = ""
        cut.unicodeScalars.append(contentsOf: word.unicodeScalars.prefix(wordLengthMax))
        return cut
    }

    static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    /// An accent that stands after its letter.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return false
        }
    }

    private static func fold(_ scalar: Unicode.Scalar, into word: inout String) {
        if ("A"..."Z").contains(scalar) {
            word.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) + 32))
        } else if scalar.isASCII {
            word.unicodeScalars.append(scalar)
        } else if let plain = plainLetters[scalar] {
            word += plain
        } else {
            // A capital may become several scalars, of which a mark is none of the word.
            for lower in scalar.properties.lowercaseMapping.unicodeScalars where !isMark(lower) {
                word += plainLetters[lower] ?? String(lower)
            }
        }
    }

    /// Latin letters with something on them, by the letter below.
    private static let plainLetters: [Unicode.Scalar: String] = {
        let rows: [(String, String)] = [
            ("a", "àáâãäåāăąǎǟǡǻȁȃȧạảấầẩẫậắằẳẵặªÀÁÂÃÄÅĀĂĄǍǞǠǺȀȂȦẠẢẤẦẨẪẬẮẰẲẴẶ"), ("b", "ḃḅḇḂḄḆ"), ("c", "çćĉċčḉÇĆĈĊČḈ"),
            ("d", "ďđðḋḍḏḑḓĎĐÐḊḌḎḐḒ"), ("e", "èéêëēĕėęěȅȇȩẹẻẽếềểễệÈÉÊËĒĔĖĘĚȄȆȨẸẺẼẾỀỂỄỆ"), ("f", "ḟḞƒ"),
            ("g", "ĝğġģǥǧǵḡĜĞĠĢǤǦǴḠ"), ("h", "ĥħȟḣḥḧḩḫĤĦȞḢḤḦḨḪ"), ("i", "ìíîïĩīĭįıǐȉȋỉịÌÍÎÏĨĪĬĮİǏȈȊỈỊ"),
            ("j", "ĵǰĴ"), ("k", "ķĸǩḱḳḵĶǨḰḲḴ"), ("l", "ĺļľŀłḷḹḻḽĹĻĽĿŁḶḸḺḼ"), ("m", "ḿṁṃḾṀṂ"),
            ("n", "ñńņňŉŋǹṅṇṉṋÑŃŅŇŊǸṄṆṈṊ"), ("o", "òóôõöøōŏőơǒǫǭȍȏȫȭȯȱọỏốồổỗộớờởỡợºÒÓÔÕÖØŌŎŐƠǑǪǬȌȎȪȬȮȰỌỎỐỒỔỖỘỚỜỞỠỢ"),
            ("p", "ṕṗṔṖ"), ("r", "ŕŗřȑȓṙṛṝṟŔŖŘȐȒṘṚṜṞ"), ("s", "śŝşšșſṡṣŚŜŞŠȘṠṢ"), ("t", "ţťŧțṫṭṯṱŢŤŦȚṪṬṮṰ"),
            ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗụủứừửữựÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖỤỦỨỪỬỮỰ"), ("v", "ṽṿṼṾ"), ("w", "ŵẁẃẅẇẉŴẀẂẄẆẈ"),
            ("x", "ẋẍẊẌ"), ("y", "ýÿŷȳẏỳỵỷỹÝŸŶȲẎỲỴỶỸ"), ("z", "źżžẑẓẕŹŻŽẐẒẔ"), ("ss", "ßẞ"), ("ae", "æǽÆǼ"),
            ("oe", "œŒ"),
            ("th", "þÞ"), ("ij", "ĳĲ"),
        ]
        var plain: [Unicode.Scalar: String] = [:]
        for (letter, scalars) in rows {
            for scalar in scalars.unicodeScalars { plain[scalar] = letter }
        }
        return plain
    }()
}
