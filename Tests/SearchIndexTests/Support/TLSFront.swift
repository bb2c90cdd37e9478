import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A TLS endpoint before a server, with a certificate of an authority that this test made.
struct TLSFront: Sendable {
    let url: String
    /// The authority's certificate.
    let authority: String
    /// One of an authority that signed nothing.
    let stranger: String

    /// Listens for as long as `body` runs.
    static func with(_ server: TestServer, _ body: @Sendable (TLSFront) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "doorstep-tls-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // What cannot be removed is the system's to clean up: a temporary folder.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["authority", "stranger"] {
            try openssl([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
                "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
            ])
        }
        try Data("subjectAltName=IP:127.0.0.1".utf8).write(to: URL(filePath: "\(folder)/names"))
        try openssl([
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=search", "-keyout", "\(folder)/server.key", "-out",
            "\(folder)/server.csr",
        ])
        try openssl([
            "x509", "-req", "-in", "\(folder)/server.csr", "-CA", "\(folder)/authority.pem", "-CAkey",
            "\(folder)/authority.key", "-CAcreateserial", "-days", "2", "-extfile", "\(folder)/names", "-out",
            "\(folder)/server.pem",
        ])
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile("\(folder)/server.pem").map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: "\(folder)/server.key", format: .pem)))
        try await listen(try NIOSSLContext(configuration: tls), before: server.port) { port in
            try await body(
                TLSFront(
                    url: "https://127.0.0.1:\(port)", authority: "\(folder)/authority.pem",
                    stranger: "\(folder)/stranger.pem"))
        }
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
    }

    private typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private static func listen(
        _ context: NIOSSLContext, before target: Int, _ body: (Int) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(
            host: "127.0.0.1", port: 0
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                return try Bytes(wrappingChannelSynchronously: channel)
            }
        }
        let port = try #require(listener.channel.localAddress?.port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listener.executeThenClose { clients in
                    try await withThrowingDiscardingTaskGroup { relays in
                        for try await client in clients { relays.addTask { await relay(client, to: target) } }
                    }
                }
            }
            defer { group.cancelAll() }
            try await body(port)
        }
    }

    /// Passes bytes on in both directions until one side ends, or refuses the other's certificate.
    private static func relay(_ client: Bytes, to port: Int) async {
        _ = try? await client.executeThenClose { fromClient, toClient in
            let server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(
                host: "127.0.0.1", port: port
            ) { channel in
                channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
            }
            try await server.executeThenClose { fromServer, toServer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for try await bytes in fromClient { try await toServer.write(bytes) } }
                    group.addTask { for try await bytes in fromServer { try await toClient.write(bytes) } }
                    _ = try await group.next()
                    group.cancelAll()
                }
            }
        }
    }
}
