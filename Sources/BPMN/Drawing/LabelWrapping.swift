/// Breaks a label into lines by estimated widths: there are no font metrics here, and a label may be a little short of
/// its box but not over it.
enum LabelWrapping {
    static func lines(_ text: String, width: Double, size: Double) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(whereSeparator: \.isNewline) {
            var line = ""
            for word in paragraph.split(whereSeparator: \.isWhitespace) {
                let longer = line.isEmpty ? String(word) : "\(line) \(word)"
                if !line.isEmpty, estimate(longer, size) > width {
                    lines.append(line)
                    line = String(word)
                } else {
                    line = longer
                }
            }
            if !line.isEmpty { lines.append(line) }
        }
        return lines
    }

    /// For a common sans-serif font.
    private static func estimate(_ text: String, _ size: Double) -> Double {
        var width = 0.0
        for scalar in text.unicodeScalars {
            switch scalar {
            case "i", "j", "l", "t", "f", "r", "I", ".", ",", "'", "|", "!", " ", "(", ")", "-": width += 0.32
            case "m", "w", "M", "W", "@": width += 0.86
            case "A"..."Z": width += 0.66
            default: width += scalar.value > 0x2E80 ? 1 : 0.54
            }
        }
        return width * size
    }
}
