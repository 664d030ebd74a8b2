// The least that a log broker can do: read a socket, write what came to files. Its CPU is the yardstick.
//   baseline receive DIRECTORY FILES   prints the port, takes one connection, prints JSON when it ends
//   baseline send PORT BYTES CHUNK     sends as fast as the other side takes it
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 20, MAX_FILES = 256 };

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "baseline: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

static int accept_one(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        fail("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) fail("accept");
    return connection;
}

static int receive(const char *directory, int files) {
    static char buffer[BUFFER];
    int descriptors[MAX_FILES];
    off_t sizes[MAX_FILES] = {0};
    if (files < 1 || files > MAX_FILES) fail("number of files");
    for (int i = 0; i < files; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%d.log", directory, i);
        if ((descriptors[i] = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644)) < 0) fail(path);
    }
    int connection = accept_one();
    double start = now();
    off_t total = 0;
    long writes = 0;
    for (;;) {
        ssize_t got = read(connection, buffer, sizeof buffer);
        if (got < 0) fail("read");
        if (got == 0) break;
        int file = (int)(writes++ % files);
        if (pwrite(descriptors[file], buffer, (size_t)got, sizes[file]) != got) fail("pwrite");
        sizes[file] += got;
        total += got;
    }
    double seconds = now() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"bytes\": %lld, \"writes\": %ld, \"seconds\": %.3f, \"megabytes_per_second\": %.1f, "
           "\"user_seconds\": %.3f, \"system_seconds\": %.3f}\n",
           (long long)total, writes, seconds, (double)total / 1e6 / seconds, seconds_of(usage.ru_utime),
           seconds_of(usage.ru_stime));
    return 0;
}

static int send_all(int port, long long bytes, size_t chunk) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char *buffer = malloc(chunk);
    for (size_t i = 0; i < chunk; i++) buffer[i] = (char)(i * 2654435761u >> 13);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address)) fail("connect");
    while (bytes > 0) {
        ssize_t sent = write(connection, buffer, (size_t)bytes < chunk ? (size_t)bytes : chunk);
        if (sent < 0) fail("write");
        bytes -= sent;
    }
    return close(connection);
}

int main(int count, char **words) {
    if (count == 4 && !strcmp(words[1], "receive")) return receive(words[2], atoi(words[3]));
    if (count == 5 && !strcmp(words[1], "send")) return send_all(atoi(words[2]), atoll(words[3]), (size_t)atoll(words[4]));
    fputs("baseline receive DIRECTORY FILES\nbaseline send PORT BYTES CHUNK\n", stderr);
    return 2;
}
