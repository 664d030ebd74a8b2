// A load generator on librdkafka: produces, consumes, waits, creates a topic; and one without it, that replays requests.
// Prints one line of JSON.
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
    int batch;          // of replay: bytes of values in a request
    int in_flight;      // of replay: requests that wait for their answers
    const char *settings[MAX_SETTINGS];  // key=value for librdkafka
    int setting_count;
    const char *configs[MAX_CONFIGS];    // key=value of the topic
    int config_count;
};

int produce(const struct options *options);
int replay(const struct options *options);
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

/// Random bytes do not compress; they are made once, so that the generator costs little.
char *random_bytes(size_t size);
void report_produced(const struct options *options, int64_t delivered, int64_t failed, double seconds,
                     double cpu_seconds, const struct histogram *latencies);
