import Kernel
import OrdersService
import Shipping
import Warehouse
import WarehouseService

/// What an operator sets for the whole system.
struct SystemConfiguration: Sendable {
    var dataPath = "data"
    var orders = OrdersOptions()
    var warehouse = WarehousePolicy()
    var shipping = ShippingPolicy.standard
    /// Does the floor's work by itself after these times; `nil` leaves it to people.
    var staff: AutoWorker.Delays?
    /// How many picks fail, 0–1.
    var shortPickFraction = 0.0
}
