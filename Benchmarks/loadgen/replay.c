// Sends ready-made Produce requests over one connection, a fixed number in flight: what is left of a producer when it costs
// nothing, so that the broker and its disk are what is measured.
#include "loadgen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PRODUCE = 0, VERSION = 7, ACKS = 1, TIMEOUT_MS = 30000, CORRELATION_AT = 8, MAX_IN_FLIGHT = 64 };

struct bytes {
    uint8_t *start;
    size_t count, capacity;
};

static void put(struct bytes *bytes, const void *from, size_t count) {
    if (bytes->count + count > bytes->capacity) fail("a request of more than %zu bytes", bytes->capacity);
    memcpy(bytes->start + bytes->count, from, count);
    bytes->count += count;
}

static void big_endian(uint8_t *at, uint64_t value, size_t count) {
    for (size_t i = 0; i < count; i++) at[i] = (uint8_t)(value >> 8 * (count - 1 - i));
}

static void put_integer(struct bytes *bytes, int64_t value, size_t count) {
    uint8_t raw[8];
    big_endian(raw, (uint64_t)value, count);
    put(bytes, raw, count);
}

static void put_string(struct bytes *bytes, const char *text) {
    put_integer(bytes, (int64_t)strlen(text), 2);
    put(bytes, text, strlen(text));
}

static size_t varint(uint8_t *at, int64_t value) {
    uint64_t zigzag = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    size_t count = 0;
    while (zigzag >= 0x80) at[count++] = (uint8_t)(zigzag | 0x80), zigzag >>= 7;
    at[count++] = (uint8_t)zigzag;
    return count;
}

static uint32_t crc32c(const uint8_t *bytes, size_t count) {
    uint32_t crc = ~0u;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    return ~crc;
}

static void put_record(struct bytes *bytes, int delta, const char *value, int size) {
    uint8_t head[32], length[10];
    size_t count = 0;
    head[count++] = 0;                                 // attributes
    count += varint(head + count, 0);                  // timestamp delta
    count += varint(head + count, delta);
    count += varint(head + count, -1);                 // no key
    count += varint(head + count, size);
    put(bytes, length, varint(length, (int64_t)count + size + 1));
    put(bytes, head, count);
    put(bytes, value, (size_t)size);
    put_integer(bytes, 0, 1);                          // no headers
}

/// A record batch (magic 2) of `records` records without compression.
static void put_batch(struct bytes *bytes, int records, const char *values, int size, int64_t timestamp) {
    size_t start = bytes->count;
    put_integer(bytes, 0, 8);                          // base offset: the broker's
    put_integer(bytes, 0, 4);                          // length, below
    put_integer(bytes, -1, 4);                         // leader epoch: the broker's
    put_integer(bytes, 2, 1);
    put_integer(bytes, 0, 4);                          // CRC, below
    size_t covered = bytes->count;
    put_integer(bytes, 0, 2);                          // attributes
    put_integer(bytes, records - 1, 4);
    put_integer(bytes, timestamp, 8);
    put_integer(bytes, timestamp, 8);
    put_integer(bytes, -1, 8);                         // no producer id, epoch and sequence
    put_integer(bytes, -1, 2);
    put_integer(bytes, -1, 4);
    put_integer(bytes, records, 4);
    for (int i = 0; i < records; i++) put_record(bytes, i, values + (size_t)i * (size_t)size, size);
    big_endian(bytes->start + start + 8, bytes->count - start - 12, 4);
    big_endian(bytes->start + covered - 4, crc32c(bytes->start + covered, bytes->count - covered), 4);
}

static struct bytes request(const struct options *options, int partition, int records, const char *values) {
    size_t capacity = (size_t)records * ((size_t)options->size + 32) + 1024;
    struct bytes bytes = {.start = malloc(capacity), .capacity = capacity};
    put_integer(&bytes, 0, 4);                         // size, below
    put_integer(&bytes, PRODUCE, 2);
    put_integer(&bytes, VERSION, 2);
    put_integer(&bytes, 0, 4);                         // correlation id, at each sending
    put_string(&bytes, "loadgen");
    put_integer(&bytes, -1, 2);                        // no transactional id
    put_integer(&bytes, ACKS, 2);
    put_integer(&bytes, TIMEOUT_MS, 4);
    put_integer(&bytes, 1, 4);
    put_string(&bytes, options->topic);
    put_integer(&bytes, 1, 4);
    put_integer(&bytes, partition, 4);
    size_t length = bytes.count;
    put_integer(&bytes, 0, 4);
    put_batch(&bytes, records, values, options->size, (int64_t)time(NULL) * 1000);
    big_endian(bytes.start + length, bytes.count - length - 4, 4);
    big_endian(bytes.start, bytes.count - 4, 4);
    return bytes;
}

static int connect_to(const char *address) {
    char host[256];
    const char *colon = strrchr(address, ':');
    if (!colon || colon - address >= (long)sizeof host) fail("not HOST:PORT: %s", address);
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, colon + 1, &hints, &found)) fail("no such address: %s", address);
    int one = 1, socket_ = socket(found->ai_family, SOCK_STREAM, 0);
    if (socket_ < 0 || connect(socket_, found->ai_addr, found->ai_addrlen)) fail("cannot connect to %s", address);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    freeaddrinfo(found);
    return socket_;
}

static void send_all(int socket_, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(socket_, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) fail("the broker has closed the connection");
        bytes += sent, count -= (size_t)sent;
    }
}

static void receive_all(int socket_, uint8_t *bytes, size_t count) {
    if (recv(socket_, bytes, count, MSG_WAITALL) != (ssize_t)count) fail("the broker has closed the connection");
}

static int64_t integer(const uint8_t *at, size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) value = value << 8 | at[i];
    return (int64_t)value;
}

/// Reads the next answer and holds it to the request with this number.
static void receive_answer(int socket_, const struct options *options, int64_t number) {
    uint8_t answer[1024];
    receive_all(socket_, answer, 4);
    int64_t size = integer(answer, 4);
    // Correlation id, one topic, one partition, its index; then the error code.
    size_t code = 4 + 4 + 2 + strlen(options->topic) + 4 + 4;
    if (size > (int64_t)sizeof answer || size < (int64_t)code + 2) fail("an answer of %lld bytes", (long long)size);
    receive_all(socket_, answer, (size_t)size);
    if (integer(answer, 4) != number % INT32_MAX) fail("an answer out of turn");
    if (integer(answer + code, 2)) fail("error code %lld", (long long)integer(answer + code, 2));
}

int replay(const struct options *options) {
    int records = options->batch / options->size;
    if (records < 1) fail("--batch is smaller than --size");
    if (options->in_flight < 1 || options->in_flight > MAX_IN_FLIGHT) fail("--in-flight is 1 to %d", MAX_IN_FLIGHT);
    if (!options->count && options->seconds <= 0) fail("--count or --seconds is needed");
    char *values = random_bytes((size_t)options->batch);
    struct bytes *requests = calloc((size_t)options->partitions, sizeof *requests);
    for (int i = 0; i < options->partitions; i++) requests[i] = request(options, i, records, values);

    int socket_ = connect_to(options->brokers);
    struct histogram latencies = {0};
    double sent_at[MAX_IN_FLIGHT], start = now(), cpu = cpu_seconds();
    int64_t sent = 0, answered = 0, wanted = (options->count + records - 1) / records;
    while (answered < sent || (options->count ? sent < wanted : now() - start < options->seconds)) {
        bool isOver = options->count ? sent >= wanted : now() - start >= options->seconds;
        if (!isOver && sent - answered < options->in_flight) {
            struct bytes *next = &requests[sent % options->partitions];
            big_endian(next->start + CORRELATION_AT, (uint64_t)(sent % INT32_MAX), 4);
            sent_at[sent % options->in_flight] = now();
            send_all(socket_, next->start, next->count);
            sent++;
        } else {
            receive_answer(socket_, options, answered);
            record_latency(&latencies, (uint64_t)((now() - sent_at[answered % options->in_flight]) * 1e6));
            answered++;
        }
    }
    double seconds = now() - start;
    report_produced(options, answered * records, 0, seconds, cpu_seconds() - cpu, &latencies);
    close(socket_);
    return 0;
}
