import Kernel
import OnlineRetail

/// However the bytes are cut into pieces, the items are the same; and the shop's reader takes them all.
func fuzzCSV(_ bytes: [UInt8]) {
    let whole = items([bytes[...]])
    let cut = bytes.isEmpty ? 0 : Int(bytes[0]) % bytes.count
    precondition(items([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")

    var reader = RetailReader()
    reader.read(Array((RetailRow.columns.joined(separator: ",") + "\n").utf8))
    reader.read(bytes)
    do throws(Fault) {
        let file = try reader.finish()
        precondition(file.malformedCount <= file.rows, "\(file.malformedCount) of \(file.rows) rows")
    } catch {
        preconditionFailure("the header is there: \(error)")
    }
}

private func items(_ pieces: [ArraySlice<UInt8>]) -> [CSVReader.Item] {
    var reader = CSVReader()
    var items: [CSVReader.Item] = []
    for piece in pieces { reader.read(piece) { items.append($0) } }
    reader.finish { items.append($0) }
    return items
}
