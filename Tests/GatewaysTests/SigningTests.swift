import Kernel
import Testing

@testable import Signing

@Suite("Signing")
struct SigningTests {
    @Test(
        "SHA-256 gives the digests of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ])
    func sha256(text: String, digest: String) {
        #expect(Digest.sha256Hexadecimal(text.utf8) == digest)
        #expect(Digest.sha256Hexadecimal(Array(text.utf8)) == digest)
        #expect(Digest.sha256Hexadecimal(AnyCollection(Array(text.utf8))) == digest)
    }

    @Test("HMAC-SHA256 gives the codes of RFC 4231, cases 1 and 2")
    func hmac() {
        let first = MessageAuthentication.hmacSHA256("Hi There".utf8, key: [UInt8](repeating: 0x0b, count: 20))
        #expect(
            Hexadecimal.encode(first) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let second = MessageAuthentication.hmacSHA256("what do ya want for nothing?".utf8, key: "Jefe".utf8)
        #expect(
            Hexadecimal.encode(second) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test(
        "Base 64 gives the texts of RFC 4648, with padding and without",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode(encoded.filter { $0 != "=" }) == Array(text.utf8))
    }

    @Test("What is no base 64 is refused", arguments: ["Z", "Zg=", "Zg===", "=", "Zm9v\n", "Zm 9v", "Zm-_", "Z=g="])
    func notBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("All 256 bytes come back through base 64, and the URL alphabet has no character that a URL escapes")
    func everyByte() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        let urlSafe = Base64.encode(bytes, .urlSafe)
        #expect(!urlSafe.contains { "+/=".contains($0) })
    }

    @Test("Secrets compare by content and length")
    func constantTime() {
        #expect(ConstantTime.equal("same", "same"))
        #expect(!ConstantTime.equal("same", "samf"))
        #expect(!ConstantTime.equal("same", "sam"))
        #expect(ConstantTime.equal([], [UInt8]()))
    }

    @Test("Random bytes do not repeat")
    func random() {
        let samples = Set((0..<100).map { _ in SecureRandom.bytes(16) })
        #expect(samples.count == 100)
    }
}

@Suite("Standard Webhooks")
struct WebhookSignatureTests {
    static let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    static let seconds: Int64 = 1_614_265_330
    static let body = Array(#"{"test": 2432232314}"#.utf8)
    static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private func secret(_ text: String = WebhookSignatureTests.secret) throws -> WebhookSecret {
        try #require(WebhookSecret(text: text))
    }

    private func rejection(
        id: String? = Self.id, timestamp: String? = "1614265330", signature: String? = Self.signature,
        body: [UInt8] = Self.body, secrets: [String] = [Self.secret], secondsLater: Int64 = 0, milliseconds: Int64 = 0
    ) throws -> WebhookRejection? {
        let secrets = try secrets.map { try secret($0) }
        let now = Instant(milliseconds: (Self.seconds + secondsLater) * 1000 + milliseconds)
        do {
            try WebhookSignature.verify(
                id: id, timestamp: timestamp, signature: signature, body: body, secrets: secrets, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("The standard's test vector")
    func vector() throws {
        for text in [Self.secret, "whsec_" + Self.secret] {
            let signature = WebhookSignature.sign(
                id: Self.id, timestamp: Self.seconds, body: Self.body, secrets: [try secret(text)])
            #expect(signature == Self.signature)
        }
        #expect(try rejection() == nil)
    }

    @Test("Empty and malformed secrets are none", arguments: ["", "whsec_", "whsec_!", "whsec_A"])
    func emptySecrets(text: String) {
        #expect(WebhookSecret(text: text) == nil)
    }

    @Test(
        "Secrets count without their padding, as in other libraries",
        arguments: ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBr"])
    func unpadded(text: String) throws {
        let padded = text + String(repeating: "=", count: 4 - text.count % 4)
        #expect(try secret(text) == secret(padded))
        #expect(try secret("whsec_" + text) == secret(padded))
    }

    @Test("A secret does not print itself")
    func silentSecret() throws {
        #expect(!"\(try secret())".contains("MfKQ"))
        #expect(!String(reflecting: try secret()).contains("MfKQ"))
        #expect(try secret().text == "whsec_" + Self.secret)
    }

    @Test("Missing headers and wrong signatures are told apart")
    func refusals() throws {
        #expect(try rejection(id: nil) == .headersMissing)
        #expect(try rejection(timestamp: nil) == .headersMissing)
        #expect(try rejection(signature: nil) == .headersMissing)
        #expect(try rejection(timestamp: "hello") == .timestampMalformed)
        #expect(try rejection(timestamp: "-5") == .timestampMalformed)
        #expect(try rejection(signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=") == .signatureWrong)
        #expect(try rejection(signature: "v2" + Self.signature.dropFirst(2)) == .signatureWrong)
        #expect(try rejection(signature: "") == .signatureWrong)
        #expect(try rejection(body: Self.body + [0x20]) == .signatureWrong)
        #expect(try rejection(id: "msg_other") == .signatureWrong)
        #expect(try rejection(timestamp: "1614265331") == .signatureWrong)
    }

    @Test("The signature's time may be 5 minutes off, not more")
    func tolerance() throws {
        #expect(try rejection(secondsLater: 300) == nil)
        #expect(try rejection(secondsLater: 300, milliseconds: 999) == nil)
        #expect(try rejection(secondsLater: 301) == .timestampTooOld)
        #expect(try rejection(secondsLater: -300) == nil)
        #expect(try rejection(secondsLater: -301) == .timestampTooNew)
    }

    @Test("One valid signature among several is enough")
    func severalSignatures() throws {
        let wrong = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
        #expect(try rejection(signature: "\(wrong) v2,AAAA \(Self.signature) \(wrong)") == nil)
    }

    @Test("While keys rotate, messages carry both signatures and either secret verifies them")
    func rotation() throws {
        let old = try secret()
        let new = WebhookSecret.random()
        let both = WebhookSignature.sign(id: Self.id, timestamp: Self.seconds, body: Self.body, secrets: [new, old])
        #expect(both.split(separator: " ").count == 2)
        #expect(try rejection(signature: both) == nil)
        #expect(try rejection(signature: both, secrets: [new.text]) == nil)
        #expect(try rejection(secrets: [new.text, Self.secret]) == nil)
        #expect(try rejection(secrets: [new.text]) == .signatureWrong)
    }
}
