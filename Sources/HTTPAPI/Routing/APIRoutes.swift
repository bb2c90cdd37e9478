/// Every route of the API.
public enum APIRoutes {
    public static func all(_ services: APIServices) -> [Route] {
        OperationsRoutes.all(services) + ProblemPages.all(services) + ProductRoutes.all(services)
            + WarehouseSiteRoutes.all(services)
            + StockRoutes.all(services) + HoldRoutes.all(services) + OrderRoutes.all(services)
            + SearchRoutes.all(services) + TimelineRoutes.all(services) + ReturnRoutes.all(services)
            + FulfillmentRoutes.all(services) + TaskRoutes.all(services)
            + ShipmentRoutes.all(services) + CourierRoutes.all(services) + TrackingRoutes.all(services)
            + WebhookRoutes.all(services) + FeedRoutes.all(services) + CursorRoutes.all(services)
            + EventStreamRoutes.all(services)
            + DeadLetterRoutes.all(services) + IncidentRoutes.all(services) + AuditLogRoutes.all(services)
            + KeyRoutes.all(services)
    }
}
