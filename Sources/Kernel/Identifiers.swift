/// What ids of orders are of.
public enum OrderKind: EntityKind { public static let prefix: StaticString = "ord" }
/// What ids of products are of.
public enum ProductKind: EntityKind { public static let prefix: StaticString = "prd" }
/// What ids of warehouses are of.
public enum WarehouseKind: EntityKind { public static let prefix: StaticString = "whs" }
/// What ids of holds are of.
public enum HoldKind: EntityKind { public static let prefix: StaticString = "hld" }
/// What ids of fulfillment orders are of.
public enum FulfillmentKind: EntityKind { public static let prefix: StaticString = "ful" }
/// What ids of tasks on the floor are of.
public enum WorkTaskKind: EntityKind { public static let prefix: StaticString = "wtk" }
/// What ids of packages are of.
public enum PackageKind: EntityKind { public static let prefix: StaticString = "pkg" }
/// What ids of shipments are of.
public enum ShipmentKind: EntityKind { public static let prefix: StaticString = "shp" }
/// What ids of returns are of.
public enum ReturnKind: EntityKind { public static let prefix: StaticString = "ret" }
/// What ids of webhook endpoints are of.
public enum EndpointKind: EntityKind { public static let prefix: StaticString = "whk" }
/// What ids of API keys are of.
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
/// Units that a customer sends back after their delivery, in Orders.
public typealias ReturnID = EntityID<ReturnKind>
/// A customer's webhook endpoint.
public typealias EndpointID = EntityID<EndpointKind>
/// An API key (its public part).
public typealias APIKeyID = EntityID<APIKeyKind>
