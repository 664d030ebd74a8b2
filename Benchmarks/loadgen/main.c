#include "loadgen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char usage[] =
    "loadgen produce --brokers HOST:PORT --topic NAME [--partitions 4] [--size 1024] (--count N | --seconds S)\n"
    "                [--rate RECORDS_PER_SECOND] [-X acks=1] [-X linger.ms=5] [-X librdkafka.property=value]...\n"
    "loadgen replay  --brokers HOST:PORT --topic NAME [--partitions 4] [--size 1024] (--count N | --seconds S)\n"
    "                [--batch 1000000] [--in-flight 5]\n"
    "loadgen consume --brokers HOST:PORT --topic NAME [--partitions 4] [--count N] [-X property=value]...\n"
    "loadgen wait    --brokers HOST:PORT --topic NAME [--partitions 4] --consumers 100 --seconds S\n"
    "loadgen topic   --brokers HOST:PORT --topic NAME [--partitions 4] [--config key=value]...\n";

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("loadgen: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

rd_kafka_t *new_client(rd_kafka_type_t type, const struct options *options, void (*prepare)(rd_kafka_conf_t *)) {
    char reason[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", options->brokers, NULL, 0);
    if (prepare) prepare(conf);
    for (int i = 0; i < options->setting_count; i++) {
        char key[256];
        const char *equals = strchr(options->settings[i], '=');
        if (!equals || equals - options->settings[i] >= (long)sizeof key) fail("not key=value: %s", options->settings[i]);
        memcpy(key, options->settings[i], (size_t)(equals - options->settings[i]));
        key[equals - options->settings[i]] = 0;
        if (rd_kafka_conf_set(conf, key, equals + 1, reason, sizeof reason) != RD_KAFKA_CONF_OK) fail("%s", reason);
    }
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof reason);
    if (!client) fail("%s", reason);
    return client;
}

void record_latency(struct histogram *histogram, uint64_t microseconds) {
    int shift = microseconds < SUB_BUCKETS ? 0 : 63 - __builtin_clzll(microseconds) - 4;
    size_t bucket = microseconds < SUB_BUCKETS
        ? microseconds : (size_t)(shift * SUB_BUCKETS / 2) + (microseconds >> shift);
    histogram->counts[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    histogram->total++;
}

static uint64_t lower_bound(size_t bucket) {
    if (bucket < SUB_BUCKETS) return bucket;
    size_t shift = bucket / (SUB_BUCKETS / 2) - 1;
    return (uint64_t)(bucket - shift * SUB_BUCKETS / 2) << shift;
}

uint64_t percentile(const struct histogram *histogram, double percent) {
    uint64_t wanted = (uint64_t)((double)histogram->total * percent / 100.0), seen = 0;
    for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
        seen += histogram->counts[bucket];
        if (seen > wanted || seen == histogram->total) return lower_bound(bucket);
    }
    return 0;
}

static struct options parse(int count, char **words) {
    struct options options = {
        .partitions = 4, .size = 1024, .consumers = 100, .batch = 1000000, .in_flight = 5};
    if (count < 2) fail("no mode\n%s", usage);
    options.mode = words[1];
    for (int i = 2; i < count; i += 2) {
        const char *name = words[i], *value = i + 1 < count ? words[i + 1] : NULL;
        if (!value) fail("%s needs a value\n%s", name, usage);
        if (!strcmp(name, "--brokers")) options.brokers = value;
        else if (!strcmp(name, "--topic")) options.topic = value;
        else if (!strcmp(name, "--partitions")) options.partitions = atoi(value);
        else if (!strcmp(name, "--count")) options.count = atoll(value);
        else if (!strcmp(name, "--seconds")) options.seconds = atof(value);
        else if (!strcmp(name, "--size")) options.size = atoi(value);
        else if (!strcmp(name, "--rate")) options.rate = atoll(value);
        else if (!strcmp(name, "--consumers")) options.consumers = atoi(value);
        else if (!strcmp(name, "--batch")) options.batch = atoi(value);
        else if (!strcmp(name, "--in-flight")) options.in_flight = atoi(value);
        else if (!strcmp(name, "-X") && options.setting_count < MAX_SETTINGS)
            options.settings[options.setting_count++] = value;
        else if (!strcmp(name, "--config") && options.config_count < MAX_CONFIGS)
            options.configs[options.config_count++] = value;
        else fail("unknown: %s\n%s", name, usage);
    }
    if (!options.brokers || !options.topic) fail("--brokers and --topic are needed\n%s", usage);
    if (options.partitions < 1 || options.size < 1) fail("--partitions and --size are at least 1");
    return options;
}

int main(int count, char **words) {
    struct options options = parse(count, words);
    if (!strcmp(options.mode, "produce")) return produce(&options);
    if (!strcmp(options.mode, "replay")) return replay(&options);
    if (!strcmp(options.mode, "consume")) return consume(&options);
    if (!strcmp(options.mode, "wait")) return wait_for_nothing(&options);
    if (!strcmp(options.mode, "topic")) return create_topic(&options);
    fail("unknown mode: %s\n%s", options.mode, usage);
}
