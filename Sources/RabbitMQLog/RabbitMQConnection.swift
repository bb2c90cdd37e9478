import CLibRabbitMQ
import Glibc
import Kernel
import Ports

/// A connection of rabbitmq-c, for one thread.
final class RabbitMQConnection {
    let handle: amqp_connection_state_t
    private var isOpen = true
    /// The highest channel number that was opened. They are not used twice: what an old one had in flight must not be
    /// taken for a new one's.
    private var lastChannel: amqp_channel_t = 0
    private static let channelsMax: amqp_channel_t = 2000

    private static let connectSeconds = 3
    private static let answerSeconds = 10

    init(_ settings: RabbitMQSettings, heartbeatSeconds: Int32) throws(Fault) {
        guard let handle = amqp_new_connection() else {
            throw Fault("broker_unavailable", retryable: true, "rabbitmq-c has no memory")
        }
        self.handle = handle
        do throws(Fault) {
            try Self.open(handle, settings)
            var seconds = timeval(tv_sec: Self.answerSeconds, tv_usec: 0)
            amqp_set_rpc_timeout(handle, &seconds)
            let reply = doorstep_amqp_login(
                handle, settings.virtualHost, heartbeatSeconds, settings.user, settings.password)
            guard reply.reply_type == AMQP_RESPONSE_NORMAL else {
                // A server that refuses closes the connection, as one does that goes down.
                throw Self.fault(reply, "logging in", refused: reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION)
            }
        } catch {
            amqp_destroy_connection(handle)
            isOpen = false
            throw error
        }
    }

    deinit { close() }

    func close() {
        guard isOpen else { return }
        isOpen = false
        amqp_destroy_connection(handle)
    }

    private static func open(_ handle: amqp_connection_state_t, _ settings: RabbitMQSettings) throws(Fault) {
        guard let socket = settings.isEncrypted ? amqp_ssl_socket_new(handle) : amqp_tcp_socket_new(handle) else {
            throw Fault("broker_unavailable", retryable: true, "rabbitmq-c has no socket")
        }
        if settings.isEncrypted {
            amqp_ssl_socket_set_verify_peer(socket, settings.verifiesPeer ? 1 : 0)
            amqp_ssl_socket_set_verify_hostname(socket, settings.verifiesPeer ? 1 : 0)
            if let file = settings.authorities, amqp_ssl_socket_set_cacert(socket, file) != 0 {
                throw BrokerURL.invalid("cacertfile cannot be used")
            }
            if let file = settings.certificate, let key = settings.key, amqp_ssl_socket_set_key(socket, file, key) != 0
            {
                throw BrokerURL.invalid("certfile and keyfile cannot be used")
            }
        }
        var wait = timeval(tv_sec: connectSeconds, tv_usec: 0)
        let status = amqp_socket_open_noblock(socket, settings.host, settings.port, &wait)
        guard status == 0 else { throw fault(status, "connecting to \(settings.host):\(settings.port)") }
    }

    /// - Throws: `broker_unavailable`.
    func openChannel() throws(Fault) -> amqp_channel_t {
        guard lastChannel < Self.channelsMax else {
            throw Fault("broker_unavailable", retryable: true, "every channel was used: connecting anew")
        }
        lastChannel += 1
        guard amqp_channel_open(handle, lastChannel) != nil else {
            throw Self.fault(amqp_get_rpc_reply(handle), "opening a channel")
        }
        return lastChannel
    }

    func closeChannel(_ channel: amqp_channel_t) {
        // One that fails is of a connection that fails, which the next call tells.
        _ = amqp_channel_close(handle, channel, 200)
        amqp_maybe_release_buffers_on_channel(handle, channel)
    }

    /// Asks for a stream, or makes it.
    ///
    /// - Returns: how many messages it holds, roughly; `nil` when there is none, or it may not be made.
    func declare(_ name: String, passive: Bool, _ settings: RabbitMQSettings) throws(Fault) -> Int64? {
        let channel = try openChannel()
        let count = doorstep_amqp_declare_stream(
            handle, channel, name, settings.maxAge, settings.maxBytes, passive ? 1 : 0)
        if count >= 0 {
            closeChannel(channel)
            return count
        }
        let reply = amqp_get_rpc_reply(handle)
        guard reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION else { throw Self.fault(reply, "asking for \(name)") }
        // The server has closed the channel, and is owed a word that we know.
        amqp_maybe_release_buffers_on_channel(handle, channel)
        return nil
    }

    static func fault(_ status: Int32, _ context: String) -> Fault {
        let text = amqp_error_string2(status).map { String(cString: $0) } ?? "\(status)"
        return Fault("broker_unavailable", retryable: true, "\(context): \(text)")
    }

    static func fault(_ reply: amqp_rpc_reply_t, _ context: String, refused: Bool = false) -> Fault {
        switch reply.reply_type {
        case AMQP_RESPONSE_LIBRARY_EXCEPTION: fault(reply.library_error, context)
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            Fault(refused ? "broker_refused" : "broker_unavailable", retryable: !refused, "\(context): refused")
        default: Fault("broker_unavailable", retryable: true, "\(context): the connection ended")
        }
    }
}
