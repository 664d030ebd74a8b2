#include "loadgen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct histogram latencies;
static int64_t delivered, failed;
static char first_error[256];

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client, (void)opaque;
    if (message->err) {
        if (!failed++) snprintf(first_error, sizeof first_error, "%s", rd_kafka_err2str(message->err));
        return;
    }
    delivered++;
    record_latency(&latencies, (uint64_t)(now() * 1e6) - (uint64_t)(uintptr_t)message->_private);
}

static void prepare(rd_kafka_conf_t *conf) {
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set(conf, "queue.buffering.max.kbytes", "65536", NULL, 0);
}

char *random_bytes(size_t size) {
    char *bytes = malloc(size);
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < size; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        bytes[i] = (char)state;
    }
    return bytes;
}

static void keep_to_rate(rd_kafka_t *client, const struct options *options, double start, int64_t sent) {
    while (options->rate && (double)sent > (now() - start) * (double)options->rate) rd_kafka_poll(client, 1);
}

static void send_one(rd_kafka_t *client, rd_kafka_topic_t *topic, int partition, char *value, int size) {
    for (;;) {
        void *sent_at = (void *)(uintptr_t)(now() * 1e6);
        // Not copied: the bytes live as long as the process.
        if (rd_kafka_produce(topic, partition, 0, value, (size_t)size, NULL, 0, sent_at) == 0) return;
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            fail("produce: %s", rd_kafka_err2str(rd_kafka_last_error()));
        rd_kafka_poll(client, 10);
    }
}

void report_produced(const struct options *options, int64_t delivered, int64_t failed, double seconds,
                     double cpu_seconds, const struct histogram *times) {
    double megabytes = (double)delivered * options->size / 1e6;
    printf("{\"records\": %lld, \"failed\": %lld, \"seconds\": %.3f, \"records_per_second\": %.0f, "
           "\"megabytes_per_second\": %.1f, \"generator_cpu_seconds\": %.2f, \"latency_us\": "
           "{\"p50\": %llu, \"p99\": %llu, \"p99.9\": %llu}}\n",
           (long long)delivered, (long long)failed, seconds, (double)delivered / seconds, megabytes / seconds,
           cpu_seconds, (unsigned long long)percentile(times, 50), (unsigned long long)percentile(times, 99),
           (unsigned long long)percentile(times, 99.9));
}

int produce(const struct options *options) {
    enum { VARIETY = 1 << 20 };
    if (!options->count && options->seconds <= 0) fail("--count or --seconds is needed");
    rd_kafka_t *client = new_client(RD_KAFKA_PRODUCER, options, prepare);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, options->topic, NULL);
    char *bytes = random_bytes(VARIETY + (size_t)options->size);
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t error = rd_kafka_metadata(client, 0, topic, &metadata, 10000);
    if (error) fail("metadata: %s", rd_kafka_err2str(error));
    rd_kafka_metadata_destroy(metadata);

    double start = now(), cpu = cpu_seconds();
    int64_t sent = 0;
    while (options->count ? sent < options->count : now() - start < options->seconds) {
        char *value = bytes + (uint64_t)sent * 7919 % VARIETY;
        send_one(client, topic, (int)(sent % options->partitions), value, options->size);
        if (++sent % 64 == 0) rd_kafka_poll(client, 0);
        keep_to_rate(client, options, start, sent);
    }
    rd_kafka_flush(client, 120000);
    double seconds = now() - start;
    report_produced(options, delivered, sent - delivered, seconds, cpu_seconds() - cpu, &latencies);
    if (delivered != sent) fail("%lld of %lld were not delivered: %s", (long long)(sent - delivered), (long long)sent,
                                failed ? first_error : "no answer");
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    return 0;
}
