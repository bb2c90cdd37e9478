@testable import HTTPAPI

/// Who may call what, and what the audit log says of it. Written down by hand: a route that changes its scope, or that
/// changes something without a word, contradicts this table.
enum Permissions {
    struct Row {
        let method: String
        let path: String
        /// A scope, `open`, `signed`, or `local` for callers on the same machine, others with `audit:read`.
        let access: String
        /// The action in the audit log; `-` for the daily business, whose own tables name who did it; nothing for
        /// what only reads.
        let action: String?

        var scope: Scope? { access == "local" ? .auditRead : Scope(rawValue: access) }
    }

    static let rows: [Row] = table.split(separator: "\n").map { line in
        let words = line.split(separator: " ").map(String.init)
        return Row(method: words[0], path: words[1], access: words[2], action: words.count > 3 ? words[3] : nil)
    }

    private static let table = """
        GET    /livez                                                 open
        GET    /readyz                                                open
        GET    /openapi.yaml                                          open
        GET    /problems                                              open
        GET    /problems/{code}                                       open
        GET    /metrics                                               local
        GET    /v1/tracking/{token}                                   open
        POST   /v1/carriers/{carrier}/tracking-events                 signed            -
        POST   /v1/shipments/{id}/status                              signed            -
        GET    /v1/search                                             orders:read
        POST   /v1/search/rebuild                                     keys:manage       -
        GET    /v1/search/suggestions                                 orders:read
        GET    /v1/orders                                             orders:read
        POST   /v1/orders                                             orders:write      -
        GET    /v1/orders/{id}                                        orders:read
        POST   /v1/orders/{id}/cancel                                 orders:write      cancel_order
        POST   /v1/orders/{id}/cancel-units                           orders:write      cancel_units
        GET    /v1/orders/{id}/events                                 orders:read
        DELETE /v1/orders/{id}/recipient                              orders:write      erase_recipient
        GET    /v1/orders/{id}/returns                                orders:read
        POST   /v1/orders/{id}/returns                                orders:write      -
        GET    /v1/returns                                            floor:work
        GET    /v1/returns/{id}                                       orders:read
        POST   /v1/returns/{id}/approve                               orders:write      approve_return
        POST   /v1/returns/{id}/decline                               orders:write      decline_return
        POST   /v1/returns/{id}/receive                               floor:work        receive_return
        POST   /v1/returns/{id}/retry-refund                          orders:write      retry_return_refund
        GET    /v1/stats                                              orders:read
        GET    /v1/events                                             orders:read
        GET    /v1/feeds/orders/{partition}                           orders:read
        GET    /v1/feeds/warehouse/{partition}                        stock:read
        GET    /v1/feeds/shipping/{partition}                         shipping:read
        GET    /v1/cursors/orders/{partition}                         orders:read
        GET    /v1/cursors/warehouse/{partition}                      stock:read
        GET    /v1/cursors/shipping/{partition}                       shipping:read
        GET    /v1/fulfillments/{id}                                  orders:read
        GET    /v1/products                                           catalog:read
        POST   /v1/products                                           catalog:write     create_product
        POST   /v1/products/batch                                     catalog:write     create_products
        GET    /v1/products/{id}                                      catalog:read
        PUT    /v1/products/{id}                                      catalog:write     update_product
        POST   /v1/holds                                              orders:write      -
        GET    /v1/holds/{id}                                         orders:read
        DELETE /v1/holds/{id}                                         orders:write      -
        GET    /v1/ledger                                             stock:read
        GET    /v1/stock                                              stock:read
        GET    /v1/stock/{sku}                                        stock:read
        POST   /v1/stock/adjust                                       stock:write       adjust_stock
        POST   /v1/stock/receive                                      stock:write       receive_stock
        POST   /v1/stock/transfer                                     stock:write       transfer_stock
        GET    /v1/warehouses                                         stock:read
        POST   /v1/warehouses                                         stock:write       register_warehouse
        GET    /v1/warehouses/{id}                                    stock:read
        GET    /v1/handovers                                          floor:work
        POST   /v1/handovers                                          floor:work        -
        GET    /v1/tasks                                              floor:work
        POST   /v1/tasks/batch                                        floor:work        -
        GET    /v1/tasks/{id}                                         floor:work
        POST   /v1/tasks/{id}/assign                                  floor:work        -
        POST   /v1/tasks/{id}/start                                   floor:work        -
        POST   /v1/tasks/{id}/complete                                floor:work        -
        POST   /v1/tasks/{id}/receive                                 floor:work        -
        POST   /v1/tasks/{id}/short                                   floor:work        -
        GET    /v1/carriers                                           shipping:read
        GET    /v1/shipments                                          shipping:read
        GET    /v1/shipments/{id}                                     shipping:read
        POST   /v1/shipments/{id}/void                                shipping:write    void_shipment
        GET    /v1/webhook-endpoints                                  webhooks:manage
        POST   /v1/webhook-endpoints                                  webhooks:manage   create_webhook_endpoint
        GET    /v1/webhook-endpoints/{id}                             webhooks:manage
        PUT    /v1/webhook-endpoints/{id}                             webhooks:manage   update_webhook_endpoint
        DELETE /v1/webhook-endpoints/{id}                             webhooks:manage   disable_webhook_endpoint
        GET    /v1/webhook-endpoints/{id}/deliveries                  webhooks:manage
        POST   /v1/webhook-endpoints/{id}/deliveries/{delivery}/replay webhooks:manage  replay_webhook
        POST   /v1/webhook-endpoints/{id}/rotate-secret               webhooks:manage   rotate_webhook_secret
        GET    /v1/keys                                               keys:manage
        POST   /v1/keys                                               keys:manage       create_key
        DELETE /v1/keys/{id}                                          keys:manage       revoke_key
        POST   /v1/keys/{id}/rotate                                   keys:manage       rotate_key
        GET    /v1/audit                                              audit:read
        GET    /v1/audit-log                                          audit:read
        GET    /v1/circuits                                           audit:read
        GET    /v1/incidents                                          audit:read
        POST   /v1/incidents/{id}/resolve                             orders:write      resolve_incident
        GET    /v1/dead-letters/{service}                             audit:read
        POST   /v1/dead-letters/{service}/{id}/discard                keys:manage       discard_dead_letter
        POST   /v1/dead-letters/{service}/{id}/replay                 keys:manage       replay_dead_letter
        """
}
