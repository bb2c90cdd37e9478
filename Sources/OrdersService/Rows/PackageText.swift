import Contracts
import Kernel

/// Parcels of a fulfillment as one column: `id:sscc:grams`, separated by spaces.
enum PackageText {
    static func write(_ packages: [PackedPackage]) -> String {
        packages.map { "\($0.packageID.rawValue):\($0.sscc):\($0.weightGrams)" }.joined(separator: " ")
    }

    static func read(_ text: String) throws(Fault) -> [PackedPackage] {
        guard !text.isEmpty else { return [] }
        var packages: [PackedPackage] = []
        for part in text.utf8.split(separator: UInt8(ascii: " ")) {
            guard let first = part.firstIndex(of: UInt8(ascii: ":")), let last = part.lastIndex(of: UInt8(ascii: ":")),
                first < last, let id = Int64(Substring(part[..<first])),
                let grams = Int(Substring(part[part.index(after: last)...]))
            else { throw Fault("malformed_packages", retryable: false, text) }
            packages.append(
                PackedPackage(
                    packageID: PackageID(rawValue: id),
                    sscc: String(Substring(part[part.index(after: first)..<last])), weightGrams: grams))
        }
        return packages
    }
}
