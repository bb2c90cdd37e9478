import Foundation
import Kernel
import Ports
import Signing
import Testing

@testable import Gateways

@Suite("Mail")
struct MailTests {
    private let date = Instant(milliseconds: 1_764_061_500_000)  // 2025-11-25T09:05:00Z, a Tuesday

    private func message(
        name: String = "Ada Example", subject: String = "Your parcel", body: String = "Hello"
    ) throws -> [String] {
        let message = MailMessage(
            fromName: "Doorstep", fromAddress: try #require(MailAddress("shop@example.com")), toName: name,
            toAddress: try #require(MailAddress("ada@example.net")), subject: subject, body: body,
            identifier: "mail-01jd3q8f6v000-1", date: date)
        return String(decoding: message.bytes, as: UTF8.self).components(separatedBy: "\r\n")
    }

    @Test("A message has the bytes of RFC 5322")
    func bytes() throws {
        #expect(
            try message(body: "Hello Ada,\n\n.\nEnd =) ") == [
                "Date: Tue, 25 Nov 2025 09:05:00 +0000",
                "From: \"Doorstep\"", " <shop@example.com>",
                "To: \"Ada Example\"", " <ada@example.net>",
                "Subject: Your parcel",
                "Message-ID: <mail-01jd3q8f6v000-1@example.com>",
                "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
                "", "Hello Ada,", "", "=2E", "End =3D)=20", "",
            ])
    }

    @Test("Nothing that a customer writes makes a header of its own")
    func injection() throws {
        let evil = "Ada\r\nBcc: everyone@example.org\r\n\r\nBuy\u{2028}now\u{0}\u{202E}"
        let lines = try message(name: evil, subject: evil)
        #expect(!lines.contains { $0.hasPrefix("Bcc") || $0.hasPrefix("Buy") })
        #expect(lines.count(where: { $0.isEmpty }) == 2)
        #expect(lines.contains("To: \"Ada Bcc: everyone@example.org Buy now\""))
    }

    @Test("Names and subjects beyond ASCII come as encoded words of at most 75 characters that decode to the same")
    func encodedWords() throws {
        let subject = String(repeating: "Grüße aus Zürich 📦 ", count: 8).trimmingCharacters(in: .whitespaces)
        let lines = try message(name: "Zoë \"Z\" Müller", subject: subject)
        #expect(lines.allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { $0 < 0x7F } })
        let start = try #require(lines.firstIndex { $0.hasPrefix("Subject: ") })
        var words = [lines[start].dropFirst("Subject: ".count)]
        for line in lines[(start + 1)...] where line.hasPrefix(" =?") { words.append(line.dropFirst()) }
        var decoded: [UInt8] = []
        for word in words {
            #expect(word.utf8.count <= 75 && word.hasPrefix("=?UTF-8?B?") && word.hasSuffix("?="))
            let bytes = try #require(Base64.decode(word.dropFirst(10).dropLast(2)))
            #expect(String(validating: bytes, as: UTF8.self) != nil, "a character was split")
            decoded += bytes
        }
        #expect(String(decoding: decoded, as: UTF8.self) == subject)
    }

    @Test("Bodies have no line beyond 76 characters and no byte beyond ASCII")
    func quotedPrintable() throws {
        let text = String(repeating: "ä=", count: 100) + "\n" + String(repeating: "x", count: 200)
        let encoded = MailText.quotedPrintable(text)
        #expect(encoded.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        let joined = encoded.replacing("=\r\n", with: "")
        #expect(
            joined == String(repeating: "=C3=A4=3D", count: 100) + "\r\n" + String(repeating: "x", count: 200) + "\r\n")
    }

    @Test(
        "Addresses that would not fit between angle brackets are refused",
        arguments: [
            "", "ada", "@example.com", "ada@", "a b@example.com", "ada@exam ple.com", "ada@example.com\r\nBcc: x@y.z",
            "<ada@example.com>", "ada@example.com,eve@example.com", "ada@@example.com", "ada.@example.com",
            ".ada@example.com", "ada@-example.com", "ada@example..com", "\"ada\"@example.com", "ädä@example.com",
        ])
    func badAddresses(text: String) {
        #expect(MailAddress(text) == nil)
    }

    @Test("Usual addresses are taken", arguments: ["ada@example.com", "a.b+c@x-y.example", "o'neil_1@localhost"])
    func goodAddresses(text: String) {
        #expect(MailAddress(text)?.text == text)
    }

    @Test("What a crash left half written is overwritten; a whole message stays as it is")
    func halfWritten() throws {
        let folder = NSTemporaryDirectory() + "doorstep-mail-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("Subj".utf8).write(to: URL(fileURLWithPath: "\(folder)/.mail-1.eml.part"))
        for text in ["Subject: a", "Subject: b"] {
            guard case .success = MailFolder.write(Array(text.utf8), named: "mail-1.eml", in: folder) else {
                Issue.record("\(text) was not written")
                return
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["mail-1.eml"])
        #expect(try String(contentsOfFile: "\(folder)/mail-1.eml", encoding: .utf8) == "Subject: a")
    }

    @Test("An effect that is performed again leaves its message instead of writing another")
    func once() async throws {
        let outside = try Outside(baseURL: "http://127.0.0.1:1")
        let effect = Sample.effect(
            .sendMail, 77,
            .sendMail(
                orderID: OrderID(rawValue: 77), template: "shipment.delivered",
                facts: [
                    "tracking_number": "SW1", "note": "at the\r\ndoor", "number": "N-1", "tracking_token": "abc",
                ]))
        for _ in 0..<2 {
            #expect(await outside.world.perform(effect, now: date) == .done(.acknowledged))
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: outside.mailFolder)
        #expect(files == ["\(effect.key.reference).eml"])
        let text = try String(contentsOfFile: "\(outside.mailFolder)/\(files[0])", encoding: .utf8)
        #expect(text.contains("Message-ID: <\(effect.key.reference)@example.com>\r\n"))
        #expect(text.contains("Tracking number: SW1\r\n"))
        #expect(text.contains("Note: at the door\r\n"))
        #expect(text.contains("Subject: Your parcel has arrived (N-1)\r\n"))
        #expect(text.contains("Follow it here: https://shop.example/track/abc\r\n"))
        try FileManager.default.removeItem(atPath: outside.mailFolder)
        try await outside.close()
    }

    @Test("No address and a bad one are final, a disk that does not take it is not")
    func refusals() async throws {
        let mail = Sample.effect(
            .sendMail, 1, .sendMail(orderID: OrderID(rawValue: 1), template: "order.confirmed", facts: [:]))
        for (email, code) in [(nil, "no_mail_address"), ("ada@\r\n", "mail_address_invalid")] {
            let outside = try Outside(baseURL: "http://127.0.0.1:1", recipients: OnePerson(email: email))
            guard case .refused(code, _) = await outside.world.perform(mail, now: date) else {
                Issue.record("not refused with \(code)")
                return
            }
            try await outside.close()
        }
        guard case .failure(.failed) = MailFolder.write([1], named: "x.eml", in: "/proc/no-such-folder") else {
            Issue.record("a folder that cannot be made")
            return
        }
    }

    @Test("sendmail gets the message with plain line ends; its exit code and its time decide")
    func sendmail() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sendmail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func program(_ name: String, _ script: String) throws -> String {
            let path = folder.appendingPathComponent(name).path
            try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return path
        }
        let copy = folder.appendingPathComponent("copy").path
        let good = try program("good", #"echo "$@" > '\#(copy)'; cat >> '\#(copy)'"#)
        let bytes = Array("To: <a@b.c>\r\n\r\nHello\r\n".utf8)
        #expect(throws: Never.self) { try Sendmail.hand(bytes, to: good, timeout: .seconds(20)).get() }
        #expect(try String(contentsOfFile: copy, encoding: .utf8) == "-t -i\nTo: <a@b.c>\n\nHello\n")
        func fault(_ path: String, _ timeout: Duration) -> GatewayFault? {
            if case .failure(let fault) = Sendmail.hand(bytes, to: path, timeout: timeout) { fault } else { nil }
        }
        let busy = try program("busy", "exit 75")
        #expect(fault(busy, .seconds(20)) == .failed(reason: "\(busy) ended with 75", retryAfter: nil))
        let slow = try program("slow", "exec sleep 30")
        #expect(fault(slow, .milliseconds(50)) == .unknown(reason: "\(slow) did not end in time"))
        guard case .failed = fault("/no/such/sendmail", .seconds(1)) else {
            Issue.record("a program that is not there")
            return
        }
        try FileManager.default.removeItem(at: folder)
    }
}
