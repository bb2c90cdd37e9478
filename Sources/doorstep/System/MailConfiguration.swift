import Gateways

/// How customers are written to.
struct MailConfiguration: Sendable {
    static let standardSender = "orders@doorstep.example"

    /// The system's `sendmail`, or what takes its place; `nil` writes to `mail/` in the data folder.
    var sendmailPath: String?
    var senderName = "Doorstep"
    var sender: MailAddress

    init() {
        guard let sender = MailAddress(Self.standardSender) else {
            preconditionFailure("\(Self.standardSender) is no address")
        }
        self.sender = sender
    }

    func delivery(dataFolder: String) -> MailWriter.Delivery {
        sendmailPath.map { .sendmail(path: $0, timeout: .seconds(30)) } ?? .folder(path: "\(dataFolder)/mail")
    }
}
