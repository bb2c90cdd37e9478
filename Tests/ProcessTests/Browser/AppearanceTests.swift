import Kernel
import Testing

@Suite(.serialized)
struct AppearanceTests {
    @Test(.timeLimit(.minutes(4))) func everyPageIsReadableOnEveryScreen() async throws {
        try await ConsoleScene.with { scene in
            let order = try await scene.place(1)
            let paths = ["/", "/orders/\(order.id)", "/stock", "/attention", order.trackingPath, "/track/x"]
            for path in paths {
                for (width, scheme) in [(1280, "light"), (360, "light"), (1280, "dark"), (360, "dark")] {
                    try await scene.browser.look(widthPixels: Int64(width), scheme: scheme)
                    try await scene.open(path)
                    let place = "\(path) at \(width) pixels, \(scheme)"
                    let contrast = try await scene.browser.evaluate(PageChecks.lowContrast)
                    #expect(contrast == .array([]), "\(place)")
                    let overhang = try await scene.browser.evaluate(PageChecks.overhang).integer ?? .max
                    #expect(overhang <= 0, "\(place)")
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func everyPageCanBeReadOutAndWalkedThrough() async throws {
        try await ConsoleScene.with { scene in
            let browser = scene.browser
            let order = try await scene.place(1)
            for path in ["/", "/orders/\(order.id)", "/stock", "/attention", order.trackingPath] {
                try await scene.open(path)
                #expect(try await browser.title.hasSuffix(" – Doorstep"), "\(path)")
                #expect(try await browser.count("html[lang=en]") == 1, "\(path)")
                #expect(try await browser.count("h1") == 1, "\(path)")
                #expect(try await browser.count("main") == 1, "\(path)")
                #expect(try await browser.count("svg:not([aria-label])") == 0, "\(path)")
                try await expectVisibleFocus(browser, path)
            }
            #expect(try await browser.count("nav") == 0, "customers have no way into the console")
        }
    }

    /// The first stops of the keyboard, the link that skips the navigation among them.
    private func expectVisibleFocus(_ browser: Browser, _ path: String) async throws {
        for stop in 1...(path.hasPrefix("/track") ? 1 : 5) {
            try await browser.pressTab()
            let focus = try await browser.evaluate(PageChecks.focus)
            if stop == 1 { #expect(focus["name"]?.string == "Skip to the content", "\(path)") }
            #expect(focus["outline"]?.number ?? 0 >= 2, "stop \(stop) of \(path): \(focus)")
        }
    }
}
