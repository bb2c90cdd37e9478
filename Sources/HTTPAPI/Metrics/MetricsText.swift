/// The text that Prometheus reads.
///
/// - Source: Prometheus, "Exposition formats", text format 0.0.4.
struct MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escape($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += " " + (Int64(exactly: value).map(String.init) ?? value.description) + "\n"
    }

    mutating func histogram(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        var count = 0
        for (index, limit) in histogram.limits.enumerated() {
            count += histogram.counts[index]
            let limitText = Int64(exactly: limit).map(String.init) ?? limit.description
            sample(name + "_bucket", labels + [("le", limitText)], Double(count))
        }
        count += histogram.counts[histogram.limits.count]
        sample(name + "_bucket", labels + [("le", "+Inf")], Double(count))
        sample(name + "_sum", labels, histogram.sum)
        sample(name + "_count", labels, Double(count))
    }

    private static func escape(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
