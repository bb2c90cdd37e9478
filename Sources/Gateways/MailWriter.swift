import Foundation
import Kernel
import Ports

/// Writes to customers: as files in a folder, or through the system's `sendmail`.
public final class MailWriter: Sendable {
    public enum Delivery: Sendable, Equatable {
        /// One file per message, `REFERENCE.eml`, once: a message that is there already stays as it is.
        case folder(path: String)
        /// Handed to `sendmail -t -i`. A crash between sending and recording it sends it again, under the same
        /// Message-ID: mail has no look-up.
        case sendmail(path: String, timeout: Duration)
    }

    private let delivery: Delivery
    private let fromName: String
    private let fromAddress: MailAddress
    private let trackingURL: String
    private let threads: BlockingThreads

    /// - Parameter trackingURL: what the address of a customer's tracking page begins with, before its token.
    public init(
        delivery: Delivery, fromName: String, fromAddress: MailAddress, trackingURL: String, threads: BlockingThreads
    ) {
        self.delivery = delivery
        self.fromName = fromName
        self.fromAddress = fromAddress
        self.trackingURL = trackingURL
        self.threads = threads
    }

    /// Sends one message.
    ///
    /// - Parameters:
    ///   - reference: the effect's; names the file and the message.
    ///   - now: the message's date.
    /// - Throws: refused with `no_mail_address` or `mail_address_invalid`; failed when the disk or `sendmail` did not
    ///   take it; unknown when `sendmail` took too long.
    public func send(
        template: String, facts: [String: String], orderID: OrderID, to recipient: Recipient, reference: String,
        now: Instant
    ) async throws(GatewayFault) {
        guard let email = recipient.email else {
            throw .refused(code: "no_mail_address", detail: "\(orderID) has no e-mail address")
        }
        guard let address = MailAddress(email) else {
            throw .refused(code: "mail_address_invalid", detail: "the address of \(orderID) is none we can write to")
        }
        let text = MailTemplate.text(
            template, order: orderID.text, recipient: recipient.name, facts: facts, trackingURL: trackingURL)
        let message = MailMessage(
            fromName: fromName, fromAddress: fromAddress, toName: recipient.name, toAddress: address,
            subject: text.subject, body: text.body, identifier: reference, date: now)
        let delivery = delivery
        let result = await threads.run { Self.deliver(message, reference, by: delivery) }
        try result.get()
    }

    private static func deliver(
        _ message: MailMessage, _ reference: String, by delivery: Delivery
    ) -> Result<Void, GatewayFault> {
        precondition(
            reference.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != 0 } && !reference.hasPrefix("."), reference)
        switch delivery {
        case .folder(let path): return MailFolder.write(message.bytes, named: "\(reference).eml", in: path)
        case .sendmail(let path, let timeout):
            return Sendmail.hand(message.bytes, to: path, timeout: timeout)
        }
    }
}

/// A folder of messages.
enum MailFolder {
    /// Writes a file whole or not at all: under another name first, then renamed.
    ///
    /// The other name is the message's own, so that what a crash left half written is overwritten when the message is
    /// written again.
    static func write(_ bytes: [UInt8], named name: String, in folder: String) -> Result<Void, GatewayFault> {
        let directory = URL(fileURLWithPath: folder, isDirectory: true)
        let file = directory.appendingPathComponent(name)
        guard !FileManager.default.fileExists(atPath: file.path) else { return .success(()) }
        let part = directory.appendingPathComponent(".\(name).part")
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try Data(bytes).write(to: part)
            try FileManager.default.moveItem(at: part, to: file)
            return .success(())
        } catch {
            return .failure(.failed(reason: "writing \(name): \(error)", retryAfter: nil))
        }
    }
}

/// The system's mail program.
enum Sendmail {
    /// Blocks until the program ends or the time is over.
    ///
    /// The message comes from a file: writing into a pipe whose reader has died would end this process.
    static func hand(_ bytes: [UInt8], to path: String, timeout: Duration) -> Result<Void, GatewayFault> {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("doorstep-mail-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let ended = DispatchSemaphore(value: 0)
        do {
            // `sendmail` wants its input with the system's line ends.
            try Data(bytes.filter { $0 != 0x0D }).write(to: file, options: .atomic)
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = ["-t", "-i"]
            process.standardInput = try FileHandle(forReadingFrom: file)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            process.terminationHandler = { _ in ended.signal() }
            try process.run()
        } catch {
            return .failure(.failed(reason: "starting \(path): \(error)", retryAfter: nil))
        }
        guard ended.wait(timeout: .now() + .milliseconds(Int(timeout.inMilliseconds))) == .success else {
            process.terminate()
            return .failure(.unknown(reason: "\(path) did not end in time"))
        }
        // 75 and the like say that nothing was accepted: sysexits(3).
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            return .failure(.failed(reason: "\(path) ended with \(process.terminationStatus)", retryAfter: nil))
        }
        return .success(())
    }
}
