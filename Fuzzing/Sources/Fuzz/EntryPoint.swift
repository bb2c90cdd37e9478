import Glibc

/// The parsers of bytes that come from outside, by the name that `DOORSTEP_FUZZ` gives.
private let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "json": fuzzJSON, "csv": fuzzCSV, "xz": fuzzXZ, "bpmn": fuzzBPMN, "feel": fuzzFEEL, "webhook": fuzzWebhook,
    "text": fuzzText, "query": fuzzQuery, "events": fuzzEvents,
]

private let target: @Sendable ([UInt8]) -> Void = {
    guard let name = getenv("DOORSTEP_FUZZ").map({ String(cString: $0) }), let target = targets[name] else {
        fatalError("DOORSTEP_FUZZ must be one of \(targets.keys.sorted().joined(separator: ", "))")
    }
    return target
}()

/// What libFuzzer calls with each input. A broken property is a failed precondition, which it reports as a crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
