import Kernel

/// What `serve` says when it is open: where to look and what to try.
enum Welcome {
    static func text(_ server: RunningServer, demoRate: Double) -> String {
        let url = server.configuration.url
        let data = server.system.folder.path
        guard let token = server.demoToken else {
            return """
                Doorstep is open: \(url)
                Make an API key: doorstep keys create shop --data '\(data)'
                """
        }
        let mail = server.configuration.mail.sendmailPath ?? "\(data)/mail"
        let stream = demoRate > 0 ? " Demo orders come in by themselves." : ""
        return """

            Doorstep is open: \(url)
            The page shows the process with its orders, live.\(stream)

            Place an order of your own; the answer comes when its stock is reserved:

              curl -X POST \(url)/v1/orders -H 'Authorization: Bearer \(token)' \\
                -H 'Content-Type: application/json' -H "Idempotency-Key: try-$(date +%s)" -H 'Prefer: wait=5' \\
                -d '\(DemoOrder.sample)'

            Its `tracking_url` is the customer's page; the parcel is at the door about 15 seconds later.
            All orders:

              curl -H 'Authorization: Bearer \(token)' '\(url)/v1/orders?limit=5'

            Mail to customers: \(mail)   Courier and payment sandbox: \(sandboxURL(server))
            Ctrl-C stops it. The data stays in '\(data)', and so does the key; to start anew, remove that folder.
            """
    }

    private static func sandboxURL(_ server: RunningServer) -> String {
        "http://\(server.configuration.host):\(server.configuration.sandboxPort ?? 0)/control/parties"
    }
}
