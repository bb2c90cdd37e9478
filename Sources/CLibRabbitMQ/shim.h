#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <string.h>
#include <sys/time.h>

// What Swift cannot call or read: a variadic function, tables whose values are unions, and constants that are casts.

static inline amqp_rpc_reply_t doorstep_amqp_login(
    amqp_connection_state_t connection, const char *host, int heartbeat, const char *user, const char *password) {
    return amqp_login(connection, host, 0, 131072, heartbeat, AMQP_SASL_METHOD_PLAIN, user, password);
}

static inline amqp_table_entry_t doorstep_amqp_text(const char *key, const char *value) {
    amqp_table_entry_t entry;
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes(value);
    return entry;
}

static inline amqp_table_entry_t doorstep_amqp_integer(const char *key, int64_t value) {
    amqp_table_entry_t entry;
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_I64;
    entry.value.value.i64 = value;
    return entry;
}

// Returns how many messages the stream holds, roughly; -1 on failure. max_age and max_bytes are left out when empty.
static inline int64_t doorstep_amqp_declare_stream(
    amqp_connection_state_t connection, amqp_channel_t channel, const char *name, const char *max_age,
    int64_t max_bytes, int passive) {
    amqp_table_entry_t entries[3];
    amqp_table_t arguments = {0, entries};
    entries[arguments.num_entries++] = doorstep_amqp_text("x-queue-type", "stream");
    if (max_age[0]) entries[arguments.num_entries++] = doorstep_amqp_text("x-max-age", max_age);
    if (max_bytes > 0) entries[arguments.num_entries++] = doorstep_amqp_integer("x-max-length-bytes", max_bytes);
    amqp_queue_declare_ok_t *ok = amqp_queue_declare(
        connection, channel, amqp_cstring_bytes(name), passive, 1, 0, 0, passive ? amqp_empty_table : arguments);
    return ok ? (int64_t)ok->message_count : -1;
}

// offset < 0 begins at the last chunk.
static inline int doorstep_amqp_consume(
    amqp_connection_state_t connection, amqp_channel_t channel, const char *name, const char *tag, int64_t offset) {
    amqp_table_entry_t entry =
        offset < 0 ? doorstep_amqp_text("x-stream-offset", "last") : doorstep_amqp_integer("x-stream-offset", offset);
    amqp_table_t arguments = {1, &entry};
    return amqp_basic_consume(
               connection, channel, amqp_cstring_bytes(name), amqp_cstring_bytes(tag), 0, 0, 0, arguments) != NULL;
}

// A batch has no type, and as many traces as events: both are NULL then.
static inline int doorstep_amqp_publish(
    amqp_connection_state_t connection, amqp_channel_t channel, const char *name, const void *body, size_t size,
    const char *content_type, const char *type, const char *id, int64_t position, const char *traceparent) {
    amqp_table_entry_t entries[2] = {doorstep_amqp_integer("position", position)};
    if (traceparent) entries[1] = doorstep_amqp_text("traceparent", traceparent);
    amqp_basic_properties_t properties;
    memset(&properties, 0, sizeof properties);
    properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
                        AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_HEADERS_FLAG;
    properties.content_type = amqp_cstring_bytes(content_type);
    properties.delivery_mode = 2;
    if (type) {
        properties._flags |= AMQP_BASIC_TYPE_FLAG;
        properties.type = amqp_cstring_bytes(type);
    }
    properties.message_id = amqp_cstring_bytes(id);
    properties.headers.num_entries = traceparent ? 2 : 1;
    properties.headers.entries = entries;
    amqp_bytes_t bytes = {size, (void *)body};
    // Mandatory: a stream that was deleted sends the message back instead of dropping it.
    return amqp_basic_publish(
        connection, channel, amqp_empty_bytes, amqp_cstring_bytes(name), 1, 0, &properties, bytes);
}

enum doorstep_amqp_frame {
    doorstep_amqp_other,
    doorstep_amqp_acknowledged,
    doorstep_amqp_refused,
    doorstep_amqp_returned,
    doorstep_amqp_closed,
    doorstep_amqp_cancelled
};

// Reads a frame and says what it is; status is AMQP_STATUS_OK, AMQP_STATUS_TIMEOUT or an error.
static inline enum doorstep_amqp_frame doorstep_amqp_next(
    amqp_connection_state_t connection, long milliseconds, uint64_t *tag, int *multiple, int *status) {
    struct timeval wait = {milliseconds / 1000, milliseconds % 1000 * 1000};
    amqp_frame_t frame;
    *status = amqp_simple_wait_frame_noblock(connection, &frame, &wait);
    if (*status != AMQP_STATUS_OK || frame.frame_type != AMQP_FRAME_METHOD) return doorstep_amqp_other;
    switch (frame.payload.method.id) {
    case AMQP_BASIC_ACK_METHOD: {
        amqp_basic_ack_t *ack = (amqp_basic_ack_t *)frame.payload.method.decoded;
        *tag = ack->delivery_tag;
        *multiple = ack->multiple;
        return doorstep_amqp_acknowledged;
    }
    case AMQP_BASIC_NACK_METHOD: return doorstep_amqp_refused;
    case AMQP_BASIC_RETURN_METHOD: return doorstep_amqp_returned;
    case AMQP_BASIC_CANCEL_METHOD: return doorstep_amqp_cancelled;
    case AMQP_CHANNEL_CLOSE_METHOD:
    case AMQP_CONNECTION_CLOSE_METHOD: return doorstep_amqp_closed;
    default: return doorstep_amqp_other;
    }
}

// -1 where there is none.
static inline int64_t doorstep_amqp_stream_offset(const amqp_basic_properties_t *properties) {
    if (!(properties->_flags & AMQP_BASIC_HEADERS_FLAG)) return -1;
    for (int i = 0; i < properties->headers.num_entries; i++) {
        const amqp_table_entry_t *entry = &properties->headers.entries[i];
        if (entry->key.len != 15 || memcmp(entry->key.bytes, "x-stream-offset", 15) != 0) continue;
        switch (entry->value.kind) {
        case AMQP_FIELD_KIND_I64: return entry->value.value.i64;
        case AMQP_FIELD_KIND_U64: return (int64_t)entry->value.value.u64;
        case AMQP_FIELD_KIND_I32: return entry->value.value.i32;
        case AMQP_FIELD_KIND_I16: return entry->value.value.i16;
        case AMQP_FIELD_KIND_I8: return entry->value.value.i8;
        default: return -1;
        }
    }
    return -1;
}
