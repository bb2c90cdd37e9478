import Kernel

/// One warehouse's share of an order, as decided when its stock was reserved.
public struct FulfillmentPlan: Sendable, Equatable {
    public let fulfillmentID: FulfillmentID
    public let warehouseID: WarehouseID
    public let lines: [LineDemand]

    public init(fulfillmentID: FulfillmentID, warehouseID: WarehouseID, lines: [LineDemand]) {
        self.fulfillmentID = fulfillmentID
        self.warehouseID = warehouseID
        self.lines = lines
    }

    public func write(_ json: inout JSONWriter) {
        json.member("fulfillment", fulfillmentID)
        json.member("warehouse", warehouseID)
        json.member("lines", array: lines) { json, line in json.object { line.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        self.init(
            fulfillmentID: try json.requireID("fulfillment"), warehouseID: try json.requireID("warehouse"),
            lines: try Array(try json.requireArray("lines")) { value throws(Fault) in try LineDemand(value) })
    }
}

/// Why a line could not be reserved.
public struct LineShortage: Sendable, Equatable {
    public let line: Int
    public let productID: ProductID
    public let requested: Int
    /// In all warehouses together.
    public let available: Int

    public init(line: Int, productID: ProductID, requested: Int, available: Int) {
        self.line = line
        self.productID = productID
        self.requested = requested
        self.available = available
    }

    public func write(_ json: inout JSONWriter) {
        json.member("line", line)
        json.member("product", productID)
        json.member("requested", requested)
        json.member("available", available)
    }

    public init(_ json: JSONValue) throws(Fault) {
        self.init(
            line: try json.requireInt("line"), productID: try json.requireID("product"),
            requested: try json.requireInt("requested"), available: try json.requireInt("available"))
    }
}

/// A closed parcel.
public struct PackedPackage: Sendable, Equatable {
    public let packageID: PackageID
    /// 18 digits, GS1.
    public let sscc: String
    public let weightGrams: Int

    public init(packageID: PackageID, sscc: String, weightGrams: Int) {
        self.packageID = packageID
        self.sscc = sscc
        self.weightGrams = weightGrams
    }

    public func write(_ json: inout JSONWriter) {
        json.member("package", packageID)
        json.member("sscc", sscc)
        json.member("weight_grams", weightGrams)
    }

    public init(_ json: JSONValue) throws(Fault) {
        self.init(
            packageID: try json.requireID("package"), sscc: try json.requireString("sscc"),
            weightGrams: try json.requireInt("weight_grams"))
    }
}
