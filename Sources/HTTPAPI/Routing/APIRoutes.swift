/// Every route of the API.
public enum APIRoutes {
    public static func all(_ services: APIServices) -> [Route] {
        KeyRoutes.all(services)
    }
}
