/// A place on Earth in degrees (WGS 84).
public struct GeoPoint: Hashable, Sendable {
    public let latitude: Double
    public let longitude: Double

    /// - Returns: `nil` outside ±90 and ±180 degrees, and for numbers that are none.
    public init?(latitude: Double, longitude: Double) {
        guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
        self.latitude = latitude
        self.longitude = longitude
    }

    /// Rounded to a tenth of a degree, some ten kilometres: enough to choose a warehouse, too coarse to find a door.
    public var coarse: GeoPoint {
        GeoPoint(
            unchecked: (latitude * 10).rounded() / 10, (longitude * 10).rounded() / 10)
    }

    private init(unchecked latitude: Double, _ longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// A number that grows with the great-circle distance: the squared chord on the unit sphere, between 0 and 4.
    ///
    /// Chosen over kilometres since it compares the same and needs no inverse function.
    public func squaredChord(to other: GeoPoint) -> Double {
        let (x1, y1, z1) = onUnitSphere
        let (x2, y2, z2) = other.onUnitSphere
        return (x1 - x2) * (x1 - x2) + (y1 - y2) * (y1 - y2) + (z1 - z2) * (z1 - z2)
    }

    private var onUnitSphere: (Double, Double, Double) {
        let radians = Double.pi / 180
        let cosLatitude = UnitCircle.cosine(latitude * radians)
        return (
            cosLatitude * UnitCircle.cosine(longitude * radians), cosLatitude * UnitCircle.sine(longitude * radians),
            UnitCircle.sine(latitude * radians)
        )
    }
}

/// Sine and cosine without a C library, so that every platform computes the same bits.
enum UnitCircle {
    /// - Parameter angle: radians within ±π.
    static func sine(_ angle: Double) -> Double {
        // Folded to ±π/2, where eleven terms of the series are exact to the last bits of a Double.
        var x = angle
        if x > .pi / 2 { x = .pi - x } else if x < -.pi / 2 { x = -.pi - x }
        var term = x
        var sum = x
        for n in 1...11 {
            term *= -x * x / Double(2 * n * (2 * n + 1))
            sum += term
        }
        return sum
    }

    static func cosine(_ angle: Double) -> Double {
        let shifted = angle + .pi / 2
        return sine(shifted > .pi ? shifted - 2 * .pi : shifted)
    }
}
