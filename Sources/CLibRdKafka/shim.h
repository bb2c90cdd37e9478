#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <string.h>

// rd_kafka_producev is variadic, which Swift cannot call, and building its array form in Swift costs more than sending.
// The library copies key, value and headers before it returns.
static inline rd_kafka_resp_err_t doorstep_kafka_produce(
    rd_kafka_t *client, const char *topic, int32_t partition, const void *key, size_t key_size, const void *value,
    size_t value_size, const char *content_type, const char *position, const char *traceparent, intptr_t token) {
    // A batch has no key, and as many traces as events.
    if (!traceparent)
        return rd_kafka_producev(
            client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE((void *)value, value_size),
            RD_KAFKA_V_HEADER("content-type", content_type, strlen(content_type)),
            RD_KAFKA_V_HEADER("position", position, strlen(position)), RD_KAFKA_V_OPAQUE((void *)token),
            RD_KAFKA_V_END);
    return rd_kafka_producev(
        client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY((void *)key, key_size), RD_KAFKA_V_VALUE((void *)value, value_size),
        RD_KAFKA_V_HEADER("content-type", content_type, strlen(content_type)),
        RD_KAFKA_V_HEADER("position", position, strlen(position)),
        RD_KAFKA_V_HEADER("traceparent", traceparent, strlen(traceparent)), RD_KAFKA_V_OPAQUE((void *)token),
        RD_KAFKA_V_END);
}
