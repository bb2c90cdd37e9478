import Contracts
import HTTPAPI
import Hummingbird
import Kernel
import NIOCore
import OrdersService
import Ports
import Runtime

/// Who an order goes to, asked of a process that runs Orders: for the labels that Shipping has made elsewhere. People
/// live in Orders' tables alone, so the answer is used for the call and kept nowhere.
struct PeerRecipients: RecipientDirectory {
    private static let path = "/peers/recipients"

    let peers: ClusterPeers

    /// - Throws: `orders_unreachable` (retryable).
    func recipient(of orderID: OrderID) async throws(Fault) -> Recipient? {
        let unreachable = Fault("orders_unreachable", retryable: true, "no process of Orders answered for \(orderID)")
        guard let address = await peers.address(of: .orders, partition: nil) else { throw unreachable }
        let request = ForwardedRequest(
            method: "GET", target: "\(Self.path)/\(orderID.text)",
            headers: [(ForwardedRequest.secretField, peers.secret)], body: [], timeout: .seconds(5))
        guard let reply = await peers.send(request, to: address) else { throw unreachable }
        if reply.status == 404 { return nil }
        guard reply.status == 200, let json = try? JSONValue(parsing: reply.body) else { throw unreachable }
        return Recipient(
            name: json["name"]?.string ?? "", street: json["street"]?.string ?? "", city: json["city"]?.string ?? "",
            postalCode: json["postal_code"]?.string ?? "", country: json["country"]?.string ?? "",
            email: json["email"]?.string)
    }

    /// The other side: answers to nobody but processes of the same system.
    static func addRoute(to router: Router<APIContext>, _ directory: any RecipientDirectory, secret: String) {
        router.get("\(path)/{id}") { request, context in
            guard let id = OrderID(text: context.parameters.get("id") ?? ""),
                ForwardedRequest.isSecret(secret, of: request)
            else { return Response(status: .notFound) }
            let found: Recipient?
            do throws(Fault) {
                found = try await directory.recipient(of: id)
            } catch {
                return Response(status: .serviceUnavailable)
            }
            guard let found else { return Response(status: .notFound) }
            var json = JSONWriter()
            json.object { json in
                json.member("name", found.name)
                json.member("street", found.street)
                json.member("city", found.city)
                json.member("postal_code", found.postalCode)
                json.member("country", found.country)
                if let email = found.email { json.member("email", email) }
            }
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
        }
    }
}
