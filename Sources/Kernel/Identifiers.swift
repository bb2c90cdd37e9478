public enum OrderKind: EntityKind { public static let prefix: StaticString = "ord" }
public enum ProductKind: EntityKind { public static let prefix: StaticString = "prd" }
public enum WarehouseKind: EntityKind { public static let prefix: StaticString = "whs" }
public enum HoldKind: EntityKind { public static let prefix: StaticString = "hld" }
public enum FulfillmentKind: EntityKind { public static let prefix: StaticString = "ful" }
public enum WorkTaskKind: EntityKind { public static let prefix: StaticString = "wtk" }
public enum PackageKind: EntityKind { public static let prefix: StaticString = "pkg" }
public enum ShipmentKind: EntityKind { public static let prefix: StaticString = "shp" }
public enum EndpointKind: EntityKind { public static let prefix: StaticString = "whk" }
public enum APIKeyKind: EntityKind { public static let prefix: StaticString = "key" }

/// An order, in Orders.
public typealias OrderID = EntityID<OrderKind>
/// A product, in Catalog.
public typealias ProductID = EntityID<ProductKind>
/// A building with stock, in Warehouse.
public typealias WarehouseID = EntityID<WarehouseKind>
/// Stock kept for a cart before checkout, in Warehouse.
public typealias HoldID = EntityID<HoldKind>
/// One warehouse's share of an order: a fulfillment order, in Warehouse.
public typealias FulfillmentID = EntityID<FulfillmentKind>
/// A unit of work on the warehouse floor.
public typealias WorkTaskID = EntityID<WorkTaskKind>
/// A closed box with an SSCC-18, in Warehouse.
public typealias PackageID = EntityID<PackageKind>
/// A parcel's journey with a carrier, in Shipping.
public typealias ShipmentID = EntityID<ShipmentKind>
/// A customer's webhook endpoint.
public typealias EndpointID = EntityID<EndpointKind>
/// An API key (its public part).
public typealias APIKeyID = EntityID<APIKeyKind>
