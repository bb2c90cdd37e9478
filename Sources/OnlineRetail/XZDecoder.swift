import CLZMA
import Kernel

/// Unpacks an .xz stream piece by piece: memory is bounded by the stream's dictionary and ``memoryLimit``, whatever the
/// length of the file.
///
/// - Source: The .xz File Format, 1.2.1; liblzma's `lzma_stream_decoder`.
public final class XZDecoder {
    /// Bytes. `xz -9` needs 65 MiB; a file that asks for more is refused.
    public static let memoryLimit: UInt64 = 128 << 20
    /// The first bytes of every .xz file.
    public static let magic: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]

    private static let concatenatedStreams: UInt32 = 0x08
    private static let outputCapacity = 1 << 16

    private let stream: UnsafeMutablePointer<lzma_stream>
    private let output: UnsafeMutableBufferPointer<UInt8>
    private var hasEnded = false

    /// - Throws: `xz_memory` when the decoder cannot be set up.
    public init() throws(Fault) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        output = .allocate(capacity: Self.outputCapacity)
        let code = lzma_stream_decoder(stream, Self.memoryLimit, Self.concatenatedStreams)
        guard code == LZMA_OK else { throw Self.fault(code) }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Takes the next bytes of the file and gives what they unpack to, in pieces of at most 64 KiB.
    ///
    /// - Throws: `xz_corrupt` for bytes that are no .xz stream, `xz_memory` beyond ``memoryLimit``.
    public func decode(_ bytes: [UInt8], _ take: (UnsafeBufferPointer<UInt8>) -> Void) throws(Fault) {
        let failure = bytes.withUnsafeBufferPointer { input -> lzma_ret? in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = input.count
            defer {
                stream.pointee.next_in = nil
                stream.pointee.avail_in = 0
            }
            return run(LZMA_RUN, take)
        }
        if let failure { throw Self.fault(failure) }
    }

    /// The file has ended.
    ///
    /// - Throws: `xz_truncated` when the stream has not, `xz_corrupt`, `xz_memory`.
    public func finish(_ take: (UnsafeBufferPointer<UInt8>) -> Void) throws(Fault) {
        if let failure = run(LZMA_FINISH, take) { throw Self.fault(failure) }
        guard hasEnded else { throw Fault("xz_truncated", retryable: false, "the .xz stream ends too early") }
    }

    private func run(_ action: lzma_action, _ take: (UnsafeBufferPointer<UInt8>) -> Void) -> lzma_ret? {
        while true {
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = output.count
            let code = lzma_code(stream, action)
            let produced = output.count - stream.pointee.avail_out
            if produced > 0 { take(UnsafeBufferPointer(rebasing: output[..<produced])) }
            switch code {
            case LZMA_STREAM_END:
                hasEnded = true
                return nil
            case LZMA_OK:
                if action == LZMA_RUN, stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return nil }
            // No progress is possible: all input is used up, or the file ended within the stream.
            case LZMA_BUF_ERROR: return nil
            default: return code
            }
        }
    }

    private static func fault(_ code: lzma_ret) -> Fault {
        switch code {
        case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR:
            Fault("xz_memory", retryable: false, "the .xz stream needs more than \(memoryLimit >> 20) MiB to unpack")
        default: Fault("xz_corrupt", retryable: false, "not an .xz stream, or a damaged one (liblzma \(code.rawValue))")
        }
    }
}
