import Kernel
import Testing

@testable import HTTPAPI

@Suite struct TraceContextTests {
    @Test func aValidParentIsContinued() {
        var random = SeededGenerator(seed: 1)
        let trace = TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", using: &random)
        #expect(trace.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(trace.traceParent.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-"))
        #expect(!trace.traceParent.contains("b7ad6b7169203331"))
    }

    @Test(arguments: [
        nil, "", "00-short-b7ad6b7169203331-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
    ])
    func anythingElseBeginsATrace(_ header: String?) {
        var random = SeededGenerator(seed: 1)
        let trace = TraceContext(header, using: &random)
        #expect(trace.traceID.count == 32)
        #expect(trace.traceID != "0af7651916cd43dd8448eb211c80319c")
    }

    @Test func theSameChanceGivesTheSameTrace() {
        var (one, same, other) = (SeededGenerator(seed: 1), SeededGenerator(seed: 1), SeededGenerator(seed: 2))
        let trace = TraceContext(nil, using: &one)
        #expect(trace == TraceContext(nil, using: &same))
        #expect(trace != TraceContext(nil, using: &other))
    }
}
