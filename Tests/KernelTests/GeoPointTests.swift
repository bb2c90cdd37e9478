import Foundation
import Testing

@testable import Kernel

@Suite("Places")
struct GeoPointTests {
    static func place(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
        try #require(GeoPoint(latitude: latitude, longitude: longitude))
    }

    @Test("refuses what lies outside the globe")
    func refusals() {
        for (latitude, longitude) in [
            (90.1, 0), (-90.1, 0), (0, 180.1), (0, -180.1), (.nan, 0), (0, .nan), (.infinity, 0), (0, -.infinity),
        ] as [(Double, Double)] {
            #expect(GeoPoint(latitude: latitude, longitude: longitude) == nil)
        }
        #expect(GeoPoint(latitude: 90, longitude: -180) != nil)
    }

    @Test("cities in the order of their distance from Berlin")
    func order() throws {
        let berlin = try Self.place(52.52, 13.405)
        let cities = [
            berlin, try Self.place(52.40, 13.06), try Self.place(53.55, 9.99), try Self.place(48.14, 11.58),
            try Self.place(48.86, 2.35), try Self.place(41.90, 12.50), try Self.place(40.42, -3.70),
            try Self.place(40.71, -74.01), try Self.place(-33.87, 151.21),
        ]
        let chords = cities.map { berlin.squaredChord(to: $0) }
        #expect(chords == chords.sorted() && chords[0] == 0 && Set(chords).count == cities.count)
        #expect(cities.allSatisfy { $0.squaredChord(to: berlin) == berlin.squaredChord(to: $0) })
    }

    @Test("kilometres follow from the chord")
    func kilometres() throws {
        func kilometres(_ left: GeoPoint, _ right: GeoPoint) -> Double {
            2 * 6371 * asin(left.squaredChord(to: right).squareRoot() / 2)
        }
        let (berlin, paris) = (try Self.place(52.52, 13.405), try Self.place(48.8566, 2.3522))
        #expect(abs(kilometres(berlin, paris) - 878) < 3)
        #expect(abs(kilometres(try Self.place(0, 0), try Self.place(0, 1)) - 111.2) < 0.1)
        #expect(abs(try Self.place(0, 0).squaredChord(to: try Self.place(0, 180)) - 4) < 1e-12)
        // Across the date line, and at a pole, where longitude means nothing.
        #expect(abs(kilometres(try Self.place(0, 179.5), try Self.place(0, -179.5)) - 111.2) < 0.1)
        #expect(try Self.place(90, 0).squaredChord(to: try Self.place(90, 120)) < 1e-24)
    }

    @Test("coarse places are tenths of a degree, and stay what they are")
    func coarse() throws {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<2000 {
            let point = try Self.place(
                Double.random(in: -90...90, using: &generator), Double.random(in: -180...180, using: &generator))
            let coarse = point.coarse
            #expect(coarse.coarse == coarse)
            #expect(abs(coarse.latitude - point.latitude) <= 0.0500001)
            #expect(abs(coarse.longitude - point.longitude) <= 0.0500001)
            #expect(GeoPoint(latitude: coarse.latitude, longitude: coarse.longitude) == coarse)
        }
    }

    @Test("sine and cosine agree with the C library to the last bits")
    func unitCircle() {
        var worst = 0.0
        for step in -20_000...20_000 {
            let angle = Double.pi * Double(step) / 20_000
            worst = max(worst, abs(UnitCircle.sine(angle) - sin(angle)), abs(UnitCircle.cosine(angle) - cos(angle)))
        }
        #expect(worst < 1e-15)
    }
}
