import Kernel

/// Everything about a sandbox: where it listens, who is in it, how parcels travel, where it reports to.
public struct SandboxConfiguration: Sendable {
    public var host: String
    /// 0 lets the system choose.
    public var port: Int
    /// Of everything that is left to chance: the same seed and references play the same journeys.
    public var seed: UInt64
    public var couriers: [CourierProfile]
    /// Where tracking events go; `nil` keeps them to itself.
    public var reporting: TrackingReporting?
    /// A file that outlives the process: what was booked and paid is read from it at the start and appended to it.
    /// `nil` forgets everything.
    public var journalPath: String?

    public init(
        host: String = "127.0.0.1", port: Int = 8090, seed: UInt64 = 1,
        couriers: [CourierProfile] = [.swift, .turtle], reporting: TrackingReporting? = nil, journalPath: String? = nil
    ) {
        self.host = host
        self.port = port
        self.seed = seed
        self.couriers = couriers
        self.reporting = reporting
        self.journalPath = journalPath
    }
}

/// One courier: its prices and its parcels' fates.
public struct CourierProfile: Sendable, Equatable {
    /// In paths, for example `swift`.
    public var code: String
    /// Two capital letters before its tracking numbers.
    public var trackingPrefix: String
    /// Minor units of the parcel's currency: for any parcel, and for each kilogram begun.
    public var basePrice: Int64
    public var pricePerKilogram: Int64
    /// ISO 3166-1 alpha-2 codes of countries that it does not go to.
    public var refusedCountries: Set<String>
    public var journey: JourneyProfile
    /// Refuses to void a label once the parcel moves, as strict couriers do.
    public var refusesVoidAfterPickup: Bool

    public init(
        code: String, trackingPrefix: String, basePrice: Int64, pricePerKilogram: Int64,
        refusedCountries: Set<String> = [], journey: JourneyProfile = JourneyProfile(),
        refusesVoidAfterPickup: Bool = false
    ) {
        self.code = code
        self.trackingPrefix = trackingPrefix
        self.basePrice = basePrice
        self.pricePerKilogram = pricePerKilogram
        self.refusedCountries = refusedCountries
        self.journey = journey
        self.refusesVoidAfterPickup = refusesVoidAfterPickup
    }

    /// Fast and dear.
    public static let swift = CourierProfile(
        code: "swift", trackingPrefix: "SW", basePrice: 990, pricePerKilogram: 150,
        journey: JourneyProfile(pickup: .seconds(10), leg: .seconds(5)))
    /// Slow and cheap.
    public static let turtle = CourierProfile(
        code: "turtle", trackingPrefix: "TU", basePrice: 390, pricePerKilogram: 60,
        journey: JourneyProfile(pickup: .seconds(20), leg: .seconds(15)))
}

/// How long parcels travel and what becomes of them.
public struct JourneyProfile: Sendable, Equatable {
    /// From the label to the first scan: the time that the warehouse has for handing the parcel over.
    public var pickup: Duration
    /// Between two scans, give or take half of it.
    public var leg: Duration
    /// That one attempt to deliver fails, 0–1.
    public var failRate: Double
    /// After so many failed attempts it goes back.
    public var attemptsMax: Int
    /// That a parcel is lost on its way, 0–1.
    public var lostRate: Double

    public init(
        pickup: Duration = .seconds(10), leg: Duration = .seconds(5), failRate: Double = 0.05, attemptsMax: Int = 3,
        lostRate: Double = 0.002
    ) {
        self.pickup = pickup
        self.leg = leg
        self.failRate = failRate
        self.attemptsMax = attemptsMax
        self.lostRate = lostRate
    }
}

/// Where and how couriers report.
public struct TrackingReporting: Sendable, Equatable {
    public enum Form: Sendable, Equatable {
        /// `POST /v1/carriers/{carrier}/tracking-events`, up to so many events in one message.
        case batches(of: Int)
        /// `POST /v1/shipments/{id}/status`, one message each.
        case single
    }

    /// Of Doorstep, for example `http://127.0.0.1:8080`.
    public var baseURL: String
    public var form: Form
    /// `whsec_…` by courier; a courier without one does not report.
    public var secrets: [String: String]

    public init(baseURL: String, form: Form = .batches(of: 256), secrets: [String: String]) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.form = form
        self.secrets = secrets
    }
}
