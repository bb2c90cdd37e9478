/// The countries of the file as ISO 3166-1 alpha-2.
public enum RetailCountry {
    /// - Parameter name: as the file writes it.
    /// - Returns: `nil` for a name that is not in the table.
    public static func code(of name: String) -> String? { aliases[name] ?? names[name] }

    /// What is no country, or is not called so elsewhere. Three of these are decisions: the Channel Islands are two
    /// countries (Jersey is taken), the European Community is none (its seat, Belgium, is taken), and what is not
    /// specified is taken for the shop's own country.
    public static let aliases = [
        "EIRE": "IE", "RSA": "ZA", "USA": "US", "Channel Islands": "JE", "European Community": "BE",
        "Unspecified": "GB",
    ]

    private static let names = [
        "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR", "Canada": "CA",
        "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "Finland": "FI", "France": "FR", "Germany": "DE",
        "Greece": "GR", "Hong Kong": "HK", "Iceland": "IS", "Israel": "IL", "Italy": "IT", "Japan": "JP",
        "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT", "Netherlands": "NL", "Norway": "NO", "Poland": "PL",
        "Portugal": "PT", "Saudi Arabia": "SA", "Singapore": "SG", "Spain": "ES", "Sweden": "SE",
        "Switzerland": "CH", "United Arab Emirates": "AE", "United Kingdom": "GB",
    ]
}
