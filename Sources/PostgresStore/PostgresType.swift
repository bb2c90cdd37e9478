import CLibPQ

/// The types that rows and parameters are made of, by the server's object identifiers, which never change.
enum PostgresType: Equatable {
    case bool
    case int2
    case int4
    case int8
    case float4
    case float8
    case numeric
    case text
    case bytea
    /// Anything else goes over the wire as text, and only in statements of one row.
    case other(Oid)

    init(_ oid: Oid) {
        self =
            switch oid {
            case 16: .bool
            case 21: .int2
            case 23: .int4
            case 20: .int8
            case 700: .float4
            case 701: .float8
            case 1700: .numeric
            case 25, 1043: .text
            case 17: .bytea
            default: .other(oid)
            }
    }

    /// As a cast names it; `nil` for types that no array of parameters is made of.
    var name: String? {
        switch self {
        case .bool: "boolean"
        case .int2: "smallint"
        case .int4: "integer"
        case .int8: "bigint"
        case .float4: "real"
        case .float8: "double precision"
        case .text: "text"
        case .bytea: "bytea"
        case .numeric, .other: nil
        }
    }

    /// Of the element of an array in the binary format.
    var oid: Oid {
        switch self {
        case .bool: 16
        case .int2: 21
        case .int4: 23
        case .int8: 20
        case .float4: 700
        case .float8: 701
        case .numeric: 1700
        case .text: 25
        case .bytea: 17
        case .other(let oid): oid
        }
    }

    /// Whether values are sent in the binary format.
    var isBinary: Bool { name != nil }
}
