// A load generator on librdkafka: produces, consumes, waits, creates a topic; prints one line of JSON.
#pragma once

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

enum { MAX_SETTINGS = 64, MAX_CONFIGS = 32 };

struct options {
    const char *mode;
    const char *brokers;
    const char *topic;
    int partitions;
    int64_t count;      // records; 0: until `seconds` have passed
    double seconds;     // of producing or waiting
    int size;           // bytes of a record's value
    int64_t rate;       // records a second; 0: as many as go
    int consumers;      // of wait
    const char *settings[MAX_SETTINGS];  // key=value for librdkafka
    int setting_count;
    const char *configs[MAX_CONFIGS];    // key=value of the topic
    int config_count;
};

int produce(const struct options *options);
int consume(const struct options *options);
int wait_for_nothing(const struct options *options);
int create_topic(const struct options *options);

/// A client with the options' brokers and settings, or the end of the process with the reason.
rd_kafka_t *new_client(rd_kafka_type_t type, const struct options *options, void (*prepare)(rd_kafka_conf_t *));
/// Seconds on the monotonic clock.
double now(void);
/// User and system seconds that this process has used.
double cpu_seconds(void);
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Latencies in microseconds, in buckets at most 7 % wide.
enum { SUB_BUCKETS = 32, BUCKETS = 64 * SUB_BUCKETS };
struct histogram {
    uint64_t counts[BUCKETS];
    uint64_t total;
};
void record_latency(struct histogram *histogram, uint64_t microseconds);
uint64_t percentile(const struct histogram *histogram, double percent);
