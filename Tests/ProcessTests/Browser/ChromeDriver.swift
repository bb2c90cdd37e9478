import AsyncHTTPClient
import Foundation
import Kernel
import NIOCore
import TestServers

/// Chromium's WebDriver server on a port of its own.
///
/// - Source: WebDriver, W3C Recommendation, section 6.
final class ChromeDriver: Sendable {
    let folder: TemporaryFolder
    let url: String
    private let program: Program
    private let client = Requester.makeClient()

    /// - Throws: with the command that installs Chromium when it is not there.
    private init() throws {
        guard let executable = Self.find("chromedriver"), Self.find("chromium") != nil else {
            throw Failure("chromium and chromedriver are not installed; run: scripts/install-packages tests")
        }
        folder = try TemporaryFolder()
        let port = try FreePort.any()
        url = "http://127.0.0.1:\(port)"
        program = try Program(["--port=\(port)"], executable: executable, in: folder, name: "chromedriver")
    }

    /// Runs a body with a driver that answers, and stops it whatever comes of it.
    static func with<Value: Sendable>(_ body: (ChromeDriver) async throws -> Value) async throws -> Value {
        let driver = try ChromeDriver()
        do {
            try await driver.waitUntilReady()
            let value = try await body(driver)
            try await driver.stop()
            return value
        } catch {
            try await driver.stop()
            throw error
        }
    }

    private func waitUntilReady() async throws {
        var last = "no answer"
        do {
            try await eventuallyTrue("an answer of chromedriver") {
                do {
                    return try await send(.get, "/status", nil)["ready"]?.bool == true
                } catch {
                    last = "\(error)"
                    return false
                }
            }
        } catch {
            throw Failure("\(error): \(last) \(program.errors)")
        }
    }

    /// Its windows are closed by now. It may have inherited a mask that blocks the polite signal.
    private func stop() async throws {
        try await client.shutdown()
        try await program.killHard()
    }

    enum Method { case get, post, delete }

    /// One WebDriver command.
    ///
    /// - Returns: the answer's `value`.
    /// - Throws: the driver's error, with its message.
    func send(_ method: Method, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url + path)
        switch method {
        case .get: request.method = .GET
        case .post: request.method = .POST
        case .delete: request.method = .DELETE
        }
        if let body { request.body = .bytes(ByteBuffer(bytes: body.bytes)) }
        let response = try await client.execute(request, timeout: .seconds(30))
        let content = try await response.body.collect(upTo: 64 << 20)
        let value = try JSONValue(parsing: Array(content.readableBytesView), maximumDepth: 128)["value"] ?? .null
        guard response.status == .ok else {
            throw Failure("\(path): \(value["error"]?.string ?? "") \(value["message"]?.string ?? "")")
        }
        return value
    }

    private static func find(_ name: String) -> URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { URL(filePath: "\($0)/\(name)") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }
}
