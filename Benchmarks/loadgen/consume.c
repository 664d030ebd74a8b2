#include "loadgen.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void prepare(rd_kafka_conf_t *conf) {
    rd_kafka_conf_set(conf, "enable.partition.eof", "true", NULL, 0);
    rd_kafka_conf_set(conf, "auto.offset.reset", "error", NULL, 0);
}

static rd_kafka_topic_t *start_all(
    rd_kafka_t *client, const struct options *options, rd_kafka_queue_t *queue, int64_t offset) {
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, options->topic, NULL);
    for (int partition = 0; partition < options->partitions; partition++)
        if (rd_kafka_consume_start_queue(topic, partition, offset, queue))
            fail("start: %s", rd_kafka_err2str(rd_kafka_last_error()));
    return topic;
}

/// From the beginning to the ends of all partitions, or as many records as asked for.
int consume(const struct options *options) {
    enum { AT_ONCE = 10000 };
    rd_kafka_t *client = new_client(RD_KAFKA_CONSUMER, options, prepare);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    double start = now(), cpu = cpu_seconds(), last = start;
    start_all(client, options, queue, RD_KAFKA_OFFSET_BEGINNING);
    int64_t records = 0, bytes = 0;
    bool *ended = calloc((size_t)options->partitions, sizeof *ended);
    int ends = 0;
    rd_kafka_message_t **messages = calloc(AT_ONCE, sizeof *messages);
    while (options->count ? records < options->count : ends < options->partitions) {
        ssize_t got = rd_kafka_consume_batch_queue(queue, 1000, messages, AT_ONCE);
        if (got > 0) last = now();
        if (now() - last > 30) fail("nothing came for 30 s, after %lld records", (long long)records);
        for (ssize_t i = 0; i < got; i++) {
            rd_kafka_message_t *message = messages[i];
            if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                ends += !ended[message->partition];
                ended[message->partition] = true;
            } else if (message->err) {
                fail("consume: %s", rd_kafka_message_errstr(message));
            } else {
                records++;
                bytes += (int64_t)message->len;
            }
            rd_kafka_message_destroy(message);
        }
    }
    double seconds = now() - start;
    printf("{\"records\": %lld, \"seconds\": %.3f, \"records_per_second\": %.0f, \"megabytes_per_second\": %.1f, "
           "\"bytes\": %lld, \"generator_cpu_seconds\": %.2f}\n",
           (long long)records, seconds, (double)records / seconds, (double)bytes / 1e6 / seconds, (long long)bytes,
           cpu_seconds() - cpu);
    fflush(stdout);
    _exit(0);
}

/// Many consumers at the ends of all partitions, where nothing comes.
int wait_for_nothing(const struct options *options) {
    for (int i = 0; i < options->consumers; i++) {
        rd_kafka_t *client = new_client(RD_KAFKA_CONSUMER, options, prepare);
        start_all(client, options, rd_kafka_queue_new(client), RD_KAFKA_OFFSET_END);
    }
    printf("{\"waiting\": %d}\n", options->consumers);
    fflush(stdout);
    double end = now() + options->seconds;
    while (now() < end) usleep(100000);
    _exit(0);
}
