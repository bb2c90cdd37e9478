import Kernel

/// The rough middles of countries: enough to choose the nearest warehouse when an address has no coordinates.
public enum CountryPlaces {
    /// - Parameter country: ISO 3166-1 alpha-2, capital letters.
    /// - Returns: `nil` for a country that is not in the table.
    public static func middle(of country: String) -> GeoPoint? { points[country] }

    private static let points: [String: GeoPoint] = table.compactMapValues {
        GeoPoint(latitude: $0.0, longitude: $0.1)
    }

    private static let table: [String: (Double, Double)] = [
        "AE": (24.0, 54.0), "AR": (-34.0, -64.0), "AT": (47.3, 13.3), "AU": (-27.0, 133.0), "BE": (50.8, 4.0),
        "BG": (43.0, 25.0), "BH": (26.0, 50.5), "BR": (-10.0, -55.0), "CA": (60.0, -95.0), "CH": (47.0, 8.0),
        "CL": (-30.0, -71.0), "CN": (35.0, 105.0), "CO": (4.0, -72.0), "CY": (35.0, 33.0), "CZ": (49.8, 15.5),
        "DE": (51.0, 9.0), "DK": (56.0, 10.0), "EE": (59.0, 26.0), "EG": (27.0, 30.0), "ES": (40.0, -4.0),
        "FI": (64.0, 26.0), "FR": (46.0, 2.0), "GB": (54.0, -2.0), "GG": (49.5, -2.6), "GI": (36.1, -5.4),
        "GR": (39.0, 22.0), "HK": (22.3, 114.2), "HR": (45.2, 15.5), "HU": (47.0, 20.0), "ID": (-5.0, 120.0),
        "IE": (53.0, -8.0), "IL": (31.5, 34.8), "IM": (54.2, -4.5), "IN": (20.0, 77.0), "IS": (65.0, -18.0),
        "IT": (42.8, 12.8), "JE": (49.2, -2.2), "JP": (36.0, 138.0), "KE": (1.0, 38.0), "KR": (37.0, 127.5),
        "LB": (33.8, 35.8), "LI": (47.2, 9.5), "LT": (56.0, 24.0), "LU": (49.8, 6.2), "LV": (57.0, 25.0),
        "MA": (32.0, -5.0), "MC": (43.7, 7.4), "MT": (35.8, 14.6), "MX": (23.0, -102.0), "MY": (2.5, 112.5),
        "NG": (10.0, 8.0), "NL": (52.5, 5.8), "NO": (62.0, 10.0), "NZ": (-41.0, 174.0), "PE": (-10.0, -76.0),
        "PH": (13.0, 122.0), "PL": (52.0, 20.0), "PT": (39.5, -8.0), "RO": (46.0, 25.0), "RS": (44.0, 21.0),
        "SA": (25.0, 45.0), "SE": (62.0, 15.0), "SG": (1.4, 103.8), "SI": (46.1, 14.8), "SK": (48.7, 19.5),
        "TH": (15.0, 100.0), "TR": (39.0, 35.0), "TW": (23.5, 121.0), "UA": (49.0, 32.0), "US": (38.0, -97.0),
        "VN": (16.0, 106.0), "ZA": (-29.0, 24.0),
    ]
}
