import Kernel

/// What one courier has in its books.
struct CourierBooks: Sendable {
    struct Label: Sendable {
        let reference: String
        let shipmentID: String
        let trackingNumber: String
        let price: Money
        let place: GeoPoint
        let bookedAt: Instant
        var isVoided = false
        /// How often it was asked for, by bookings only.
        var requests = 1
        /// How many scans of its journey were made.
        var scans = 0
    }

    /// What is asked for.
    struct Booking: Sendable {
        let reference: String
        let shipmentID: String
        let country: String
        let place: GeoPoint
        let weightGrams: Int64
        let currency: Currency
    }

    let profile: CourierProfile
    let seed: UInt64
    private(set) var labels: [Label] = []
    private var byReference: [String: Int] = [:]
    /// References that were voided before anything was booked under them: a late booking must not make a label.
    private var voidedAhead: Set<String> = []

    init(profile: CourierProfile, seed: UInt64) {
        self.profile = profile
        self.seed = seed
    }

    func price(weightGrams: Int64, country: String, currency: Currency) throws(SandboxRefusal) -> Money {
        guard !profile.refusedCountries.contains(country) else {
            throw SandboxRefusal(422, "destination_not_served", "\(profile.code) does not go to \(country)")
        }
        guard (1...70_000).contains(weightGrams) else {
            throw SandboxRefusal(422, "weight_not_accepted", "\(weightGrams) g; 1 to 70,000 are")
        }
        return Money(profile.basePrice + (weightGrams + 999) / 1_000 * profile.pricePerKilogram, currency)
    }

    /// Books a label, or finds the one that was booked under the same reference.
    /// - Returns: its place in ``labels``, and whether it is new.
    mutating func book(
        _ booking: Booking, at now: Instant, forgetful: Bool
    ) throws(SandboxRefusal) -> (index: Int, isNew: Bool) {
        let former = byReference[booking.reference]
        if let former, !forgetful {
            labels[former].requests += 1
            guard labels[former].shipmentID == booking.shipmentID else {
                throw SandboxRefusal(422, "reference_reused", "\(booking.reference) is another shipment's")
            }
            guard !labels[former].isVoided else {
                throw SandboxRefusal(409, "label_voided", "\(booking.reference) was voided")
            }
            return (former, false)
        }
        guard !voidedAhead.contains(booking.reference) else {
            throw SandboxRefusal(409, "label_voided", "\(booking.reference) was voided before it was booked")
        }
        let price = try price(weightGrams: booking.weightGrams, country: booking.country, currency: booking.currency)
        let repetition = former == nil ? "" : "#\(labels.count)"
        let number = StableHash.of("\(profile.code)/\(booking.reference)\(repetition)", seed: seed)
        labels.append(
            Label(
                reference: booking.reference, shipmentID: booking.shipmentID,
                trackingNumber: profile.trackingPrefix + StableHash.text(number), price: price, place: booking.place,
                bookedAt: now))
        byReference[booking.reference] = labels.count - 1
        return (labels.count - 1, true)
    }

    func label(_ reference: String) -> Label? { byReference[reference].map { labels[$0] } }

    /// Voids a label. One that is void already, or was never booked, counts as voided.
    /// - Returns: whether anything changed.
    mutating func void(_ reference: String) throws(SandboxRefusal) -> Bool {
        guard let index = byReference[reference] else { return voidedAhead.insert(reference).inserted }
        guard !labels[index].isVoided else { return false }
        guard !profile.refusesVoidAfterPickup || labels[index].scans == 0 else {
            throw SandboxRefusal(409, "already_collected", "\(reference) is on its way")
        }
        labels[index].isVoided = true
        return true
    }

    mutating func scan(_ index: Int) { labels[index].scans += 1 }
}
