import Kernel
import Testing

@testable import OnlineRetail

@Suite struct XZDecoderTests {
    /// 20,000 times "InvoiceNo,StockCode" and CRLF, packed by Python's lzma at preset 0.
    private static let packed = bytes(
        """
        fd377a585a000004e6d6b446020021010c0000008f98419ce6689f00985d00249b8ac7112ba903c5845c14b086b3eacfb5e8f149bd30691d
        8bc1b78675f9a332f3b81c4b7d9abd795690fcbff666f565b55ad7b0f782cff88f6f445df33082552f6cc5603a9b3fc4e40579f75ae35af4
        47d637caa1770ffb74665275debf413152e1ed99d5b6b521ec2f5310af02a670de4e5e77289a0a98546ed78bca883f5f31fbc84fe8133db7
        e380ba23a8f8068bd9f3f3148280000065c3037400a0609c0001b401a0d1190014434e25b1c467fb020000000004595a
        """)
    private static let line = Array("InvoiceNo,StockCode\r\n".utf8)

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.utf8.filter { $0 != 10 }.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private func unpack(_ bytes: [UInt8], piece: Int) throws(Fault) -> (bytes: [UInt8], longest: Int) {
        let decoder = try XZDecoder()
        var result: [UInt8] = []
        var longest = 0
        func take(_ piece: UnsafeBufferPointer<UInt8>) {
            result += piece
            longest = max(longest, piece.count)
        }
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try decoder.decode(Array(bytes[start..<min(start + piece, bytes.count)]), take)
        }
        try decoder.finish(take)
        return (result, longest)
    }

    @Test(arguments: [1, 13, 1 << 20])
    func aStreamIsUnpackedInBoundedPiecesHoweverItIsCut(piece: Int) throws {
        let result = try unpack(Self.packed, piece: piece)
        #expect(result.bytes.count == 20_000 * Self.line.count && result.longest <= 1 << 16)
        #expect(result.bytes.prefix(Self.line.count) == Self.line[...])
        #expect(result.bytes.suffix(Self.line.count) == Self.line[...])
    }

    @Test func streamsOneAfterTheOtherAreOne() throws {
        #expect(try unpack(Self.packed + Self.packed, piece: 100).bytes.count == 40_000 * Self.line.count)
    }

    @Test(arguments: [0, 1, 6, 100, 215])
    func aStreamThatEndsTooEarlyIsAFault(length: Int) {
        #expect { try unpack(Array(Self.packed.prefix(length)), piece: 64) } throws: {
            ($0 as? Fault)?.code == "xz_truncated"
        }
    }

    @Test(arguments: [0, 30, 120, 190])
    func aDamagedStreamIsAFault(place: Int) {
        var bytes = Self.packed
        bytes[place] ^= 0xFF
        #expect { try unpack(bytes, piece: 64) } throws: { ($0 as? Fault)?.code == "xz_corrupt" }
    }
}
