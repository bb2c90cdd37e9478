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
        for part in text.split(separator: " ") {
            let fields = part.split(separator: ":")
            guard fields.count == 3, let id = Int64(fields[0]), let grams = Int(fields[2]) else {
                throw Fault("malformed_packages", retryable: false, text)
            }
            packages.append(
                PackedPackage(packageID: PackageID(rawValue: id), sscc: String(fields[1]), weightGrams: grams))
        }
        return packages
    }
}
