import Foundation
import Kernel
import Testing

/// A window of headless Chromium.
struct Browser: Sendable {
    private let driver: ChromeDriver
    private let session: String

    /// Runs a body with a new window, and closes it whatever comes of it.
    ///
    /// - Parameter runsScripts: false is a browser in which the person switched JavaScript off.
    static func with<Value: Sendable>(
        runsScripts: Bool = true, _ body: (Browser) async throws -> Value
    ) async throws -> Value {
        try await ChromeDriver.with { driver in
            let answer = try await driver.send(.post, "/session", capabilities(driver.folder.path, runsScripts))
            let browser = Browser(driver: driver, session: try #require(answer["sessionId"]?.string))
            do {
                let value = try await body(browser)
                try await browser.close()
                return value
            } catch {
                try await browser.close()
                throw error
            }
        }
    }

    private static func capabilities(_ folder: String, _ runsScripts: Bool) -> JSONValue {
        var arguments = [
            "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--user-data-dir=\(folder)/profile",
        ]
        // Chromium's sandbox does not work for the superuser.
        if getuid() == 0 { arguments.append("--no-sandbox") }
        let allowed: Int64 = runsScripts ? 1 : 2
        let options: JSONValue = .object([
            JSONMember("args", .array(arguments.map { .string($0) })),
            JSONMember(
                "prefs",
                .object([JSONMember("profile.managed_default_content_settings.javascript", .integer(allowed))])),
        ])
        let always: JSONValue = .object([
            JSONMember("browserName", .string("chrome")), JSONMember("goog:chromeOptions", options),
            JSONMember("goog:loggingPrefs", .object([JSONMember("browser", .string("ALL"))])),
        ])
        return .object([JSONMember("capabilities", .object([JSONMember("alwaysMatch", always)]))])
    }

    private func close() async throws { _ = try await driver.send(.delete, "/session/\(session)", nil) }

    private func command(_ path: String, _ members: [JSONMember]) async throws -> JSONValue {
        try await driver.send(.post, "/session/\(session)/\(path)", .object(members))
    }

    // MARK: What a person does

    func open(_ url: String) async throws { _ = try await command("url", [JSONMember("url", .string(url))]) }

    func reload() async throws { _ = try await command("refresh", []) }

    func pressTab() async throws {
        let keys = ["keyDown", "keyUp"].map { type in
            JSONValue.object([JSONMember("type", .string(type)), JSONMember("value", .string("\u{E004}"))])
        }
        let keyboard: JSONValue = .object([
            JSONMember("type", .string("key")), JSONMember("id", .string("keyboard")),
            JSONMember("actions", .array(keys)),
        ])
        _ = try await command("actions", [JSONMember("actions", .array([keyboard]))])
    }

    /// - Parameter scheme: `light` or `dark`.
    func look(widthPixels: Int64, scheme: String) async throws {
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            [
                JSONMember("width", .integer(widthPixels)), JSONMember("height", .integer(800)),
                JSONMember("deviceScaleFactor", .integer(1)), JSONMember("mobile", .bool(widthPixels < 600)),
            ])
        let feature: JSONValue = .object([
            JSONMember("name", .string("prefers-color-scheme")), JSONMember("value", .string(scheme)),
        ])
        try await devTools("Emulation.setEmulatedMedia", [JSONMember("features", .array([feature]))])
    }

    private func devTools(_ name: String, _ parameters: [JSONMember]) async throws {
        _ = try await command(
            "goog/cdp/execute", [JSONMember("cmd", .string(name)), JSONMember("params", .object(parameters))])
    }

    // MARK: What a person sees

    var title: String {
        get async throws { try await driver.send(.get, "/session/\(session)/title", nil).string ?? "" }
    }

    /// The visible text of the first element that a CSS selector finds; `nil` when there is none.
    func text(_ selector: String) async throws -> String? {
        let found = try await command(
            "elements", [JSONMember("using", .string("css selector")), JSONMember("value", .string(selector))])
        guard let element = found.array?.first?.object?.first?.value.string else { return nil }
        return try await driver.send(.get, "/session/\(session)/element/\(element)/text", nil).string
    }

    /// How many elements a CSS selector finds.
    func count(_ selector: String) async throws -> Int {
        let found = try await command(
            "elements", [JSONMember("using", .string("css selector")), JSONMember("value", .string(selector))])
        return found.array?.count ?? 0
    }

    /// What a script in the page returns.
    func evaluate(_ script: String) async throws -> JSONValue {
        try await command("execute/sync", [JSONMember("script", .string(script)), JSONMember("args", .array([]))])
    }

    /// Waits until the text of an element is as wanted.
    func waitForText(
        _ selector: String, within limit: Duration = .seconds(20), where isWanted: (String) -> Bool
    ) async throws {
        var last: String?
        do {
            try await eventuallyTrue(selector, within: limit) {
                do {
                    last = try await text(selector)
                } catch let error as Failure where error.description.contains("stale element") {
                    // Replaced by a newer one between finding and reading it.
                    return false
                }
                return last.map(isWanted) ?? false
            }
        } catch {
            throw Failure("\(error); the last text was \(last ?? "none")")
        }
    }

    /// Errors in the browser's console since the last call: scripts that failed, addresses that gave nothing, what the
    /// content security policy refused.
    func takeErrors() async throws -> [String] {
        let log = try await command("se/log", [JSONMember("type", .string("browser"))])
        return (log.array ?? []).filter { $0["level"]?.string == "SEVERE" }.map { $0["message"]?.string ?? "" }
    }
}
