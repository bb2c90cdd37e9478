import Contracts
import Kernel
import OrdersService
import Runtime
import Shipping
import Warehouse
import WarehouseService

/// What an operator sets for the whole system.
struct SystemConfiguration: Sendable {
    var dataPath = "data"
    /// Where the tables are; `nil` for the data folder.
    var store: StoreLocation?
    var transport = EventTransport.logs
    /// Services whose databases cannot be opened here; `nil` for none.
    var feeds: FeedSources?
    var roles = Set<Role>.all
    /// Into how many partitions a new store is divided; `nil` takes what is there, or the store's standard.
    var partitions: Int?
    /// `nil` has everything to itself.
    var sharing: Sharing?
    var orders = OrdersOptions()
    var warehouse = WarehousePolicy()
    var shipping = ShippingPolicy.standard
    var retention = Retention()
    /// Does the floor's work by itself after these times; `nil` leaves it to people.
    var staff: AutoWorker.Delays?
    /// How many picks fail, 0–1.
    var shortPickFraction = 0.0

    /// How this process shares its work: as the operator says, or as must be where no lock shows that it is alone.
    var sharingInForce: Sharing? { sharing ?? (store?.isLockedWithFolder == false ? Sharing() : nil) }

    /// The services whose databases can be opened here.
    var readableTopics: [Topic] { Topic.allCases.filter { feeds?.urls[$0] == nil } }

    /// How many events of a topic and partition stay in memory for the services that read them: few where those run in
    /// other processes.
    var recentEvents: Int { roles.isSuperset(of: [.orders, .warehouse, .shipping]) ? 16_384 : 64 }

    /// - Throws: `data_folder_unusable` when it cannot be made.
    func folder() throws(Fault) -> DataFolder {
        guard case .postgres(var address) = store, let sharing = sharingInForce else {
            return try DataFolder(dataPath, store: store)
        }
        address.leaseDuration = sharing.leaseDuration
        return try DataFolder(dataPath, store: .postgres(address))
    }
}
