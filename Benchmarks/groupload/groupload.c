// Members of groups by the thousand, in one thread: enough to load a coordinator, and little beside it.
//
//   groupload HOST PORT join MEMBERS               one group, a connection for each member: the times of its settling
//   groupload HOST PORT idle GROUPS CONNS SECONDS  a group for each member; heartbeats every 3 s
//   groupload HOST PORT beat GROUPS CONNS SECONDS  the heartbeats alone, for `answer`
//   groupload HOST PORT answer SECONDS             a bare loop that answers every frame as a heartbeat: what to compare with
//   groupload HOST PORT commit CONNS SECONDS OPEN  commits of one partition each, OPEN of them under way per connection
//   groupload HOST PORT fill RECORDS TOPIC PARTS   as many committed offsets, PARTS of them in a request
//
// Prints one JSON object a line. Speaks JoinGroup v3, SyncGroup v2, Heartbeat v2, OffsetCommit v5, FindCoordinator v1.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct bytes { unsigned char *at; size_t begin, end, room; };
struct connection { int fd; struct bytes in, out; int wants_to_write, open; };
enum phase { JOINING, SYNCING, LIVING };
struct member { int connection; enum phase phase; int generation; char id[128]; double next_heartbeat; };

static struct connection *connections;
static struct member *members;
static int connection_count, member_count, poller;
static struct sockaddr_in address;

static void fail(const char *what) { perror(what); exit(1); }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void reserve(struct bytes *b, size_t more) {
    if (b->begin && b->begin == b->end) b->begin = b->end = 0;
    if (b->end + more <= b->room) return;
    memmove(b->at, b->at + b->begin, b->end - b->begin);
    b->end -= b->begin;
    b->begin = 0;
    while (b->end + more > b->room) b->room = b->room ? 2 * b->room : 512;
    if (!(b->at = realloc(b->at, b->room))) fail("realloc");
}

static void put(struct bytes *b, const void *from, size_t count) {
    reserve(b, count);
    memcpy(b->at + b->end, from, count);
    b->end += count;
}

static void put16(struct bytes *b, int v) { uint16_t n = htons(v); put(b, &n, 2); }
static void put32(struct bytes *b, int v) { uint32_t n = htonl(v); put(b, &n, 4); }
static void put64(struct bytes *b, int64_t v) { put32(b, v >> 32); put32(b, (int)v); }
static void put_string(struct bytes *b, const char *s) { put16(b, strlen(s)); put(b, s, strlen(s)); }
static void put_bytes(struct bytes *b, const char *s) { put32(b, strlen(s)); put(b, s, strlen(s)); }

static size_t begin_request(struct bytes *b, int api, int version, int correlation) {
    put32(b, 0);
    size_t start = b->end - b->begin;
    put16(b, api);
    put16(b, version);
    put32(b, correlation);
    put_string(b, "groupload");
    return start;
}

static void end_request(struct bytes *b, size_t start) {
    uint32_t size = htonl(b->end - b->begin - start);
    memcpy(b->at + b->begin + start - 4, &size, 4);
}

static int get16(const unsigned char **p) { int v = (int16_t)((*p)[0] << 8 | (*p)[1]); *p += 2; return v; }
static int get32(const unsigned char **p) {
    uint32_t v;
    memcpy(&v, *p, 4);
    *p += 4;
    return (int)ntohl(v);
}

static void get_string(const unsigned char **p, char *into, size_t room) {
    int count = get16(p);
    if (count < 0) count = 0;
    if ((size_t)count >= room) { fprintf(stderr, "a string of %d bytes\n", count); exit(1); }
    memcpy(into, *p, count);
    into[count] = 0;
    *p += count;
}

static void send_more(int index) {
    struct connection *c = &connections[index];
    while (c->out.begin < c->out.end) {
        ssize_t count = write(c->fd, c->out.at + c->out.begin, c->out.end - c->out.begin);
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) fail("write");
        c->out.begin += count;
    }
    int wants = c->out.begin < c->out.end;
    if (wants == c->wants_to_write) return;
    c->wants_to_write = wants;
    struct epoll_event event = {.events = EPOLLIN | (wants ? EPOLLOUT : 0), .data.u32 = index};
    if (epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event)) fail("epoll_ctl");
}

static void connect_all(int count) {
    struct rlimit limit = {1 << 16, 1 << 16};
    setrlimit(RLIMIT_NOFILE, &limit);
    connection_count = count;
    connections = calloc(count, sizeof *connections);
    if ((poller = epoll_create1(0)) < 0) fail("epoll_create1");
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
        if (fd < 0) fail("socket");
        if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        connections[i].fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
    }
}

static void answer_heartbeat(int connection, int correlation, const unsigned char *body, size_t count);
typedef void (*answer_handler)(int connection, int correlation, const unsigned char *body, size_t count);

static void receive(int index, answer_handler handle) {
    struct connection *c = &connections[index];
    for (;;) {
        reserve(&c->in, 65536);
        ssize_t count = read(c->fd, c->in.at + c->in.end, c->in.room - c->in.end);
        if (count < 0 && errno == EAGAIN) break;
        if (count <= 0 && handle == answer_heartbeat) { epoll_ctl(poller, EPOLL_CTL_DEL, c->fd, 0); close(c->fd); return; }
        if (count <= 0) { fprintf(stderr, "the broker has closed a connection\n"); exit(1); }
        c->in.end += count;
        if ((size_t)count < 65536) break;
    }
    while (c->in.end - c->in.begin >= 4) {
        const unsigned char *p = c->in.at + c->in.begin;
        size_t size = get32(&p);
        if (c->in.end - c->in.begin < size + 4) break;
        int correlation = get32(&p);
        c->in.begin += size + 4;
        handle(index, correlation, p, size - 4);
    }
    send_more(index);
}

static void turn(int milliseconds, answer_handler handle) {
    struct epoll_event events[256];
    int count = epoll_wait(poller, events, 256, milliseconds);
    for (int i = 0; i < count; i++) {
        if (events[i].events & EPOLLOUT) send_more(events[i].data.u32);
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(events[i].data.u32, handle);
    }
}

// The coordinator's topic may have to be made first.
static int coordinator_found;
static void found(int connection, int correlation, const unsigned char *body, size_t count) {
    (void)connection, (void)correlation, (void)count;
    get32(&body);
    int code = get16(&body);
    if (code) { fprintf(stderr, "FindCoordinator: %d\n", code); exit(1); }
    coordinator_found = 1;
}

static void find_coordinator(void) {
    struct bytes *b = &connections[0].out;
    size_t start = begin_request(b, 10, 1, 0);
    put_string(b, "g");
    put(b, "", 1);
    end_request(b, start);
    send_more(0);
    while (!coordinator_found) turn(1000, found);
}

// ---- groups

static int is_one_group, joined, synced;
static long heartbeats, failures;
static double first_joined, last_joined;

static void group_name(int member, char *into) { sprintf(into, is_one_group ? "bench" : "bench-%d", is_one_group ? 0 : member); }

static void join(int m) {
    char name[64];
    group_name(m, name);
    struct bytes *b = &connections[members[m].connection].out;
    size_t start = begin_request(b, 11, 3, m);
    put_string(b, name);
    put32(b, 60000);
    put32(b, 60000);
    put_string(b, members[m].id);
    put_string(b, "consumer");
    put32(b, 1);
    put_string(b, "range");
    put32(b, 16);
    put16(b, 0);
    put32(b, 1);
    put_string(b, "t123");
    put32(b, 0);
    end_request(b, start);
}

static void synchronise(int m, int is_leader, int count, const unsigned char *list) {
    char name[64], id[128];
    group_name(m, name);
    struct bytes *b = &connections[members[m].connection].out;
    size_t start = begin_request(b, 14, 2, m);
    put_string(b, name);
    put32(b, members[m].generation);
    put_string(b, members[m].id);
    put32(b, is_leader ? count : 0);
    for (int i = 0; is_leader && i < count; i++) {
        get_string(&list, id, sizeof id);
        int size = get32(&list);
        list += size;
        put_string(b, id);
        put_bytes(b, "an assignment of some thirty bytes");
    }
    end_request(b, start);
}

static void heartbeat(int m) {
    char name[64];
    group_name(m, name);
    struct bytes *b = &connections[members[m].connection].out;
    size_t start = begin_request(b, 12, 2, m);
    put_string(b, name);
    put32(b, members[m].generation);
    put_string(b, members[m].id);
    end_request(b, start);
}

static void answered(int connection, int m, const unsigned char *body, size_t count) {
    (void)connection, (void)count;
    struct member *member = &members[m];
    char text[128], leader[128];
    get32(&body);
    int code = get16(&body);
    switch (member->phase) {
    case JOINING:
        if (code) { fprintf(stderr, "JoinGroup: %d\n", code); exit(1); }
        member->generation = get32(&body);
        get_string(&body, text, sizeof text);
        get_string(&body, leader, sizeof leader);
        get_string(&body, member->id, sizeof member->id);
        int size = get32(&body);
        last_joined = now();
        if (!joined++) first_joined = last_joined;
        member->phase = SYNCING;
        synchronise(m, !strcmp(leader, member->id), size, body);
        break;
    case SYNCING:
        if (code) { fprintf(stderr, "SyncGroup: %d\n", code); exit(1); }
        member->phase = LIVING;
        synced++;
        break;
    case LIVING:
        heartbeats++;
        if (code) failures++;
    }
}

static void form(int count, int connection_total) {
    member_count = count;
    members = calloc(count, sizeof *members);
    connect_all(connection_total);
    find_coordinator();
    double begin = now();
    for (int m = 0; m < count; m++) {
        members[m].connection = m % connection_total;
        join(m);
        send_more(members[m].connection);
    }
    double sent = now();
    while (synced < count) turn(1000, answered);
    printf("{\"members\":%d,\"sent\":%.3f,\"firstJoined\":%.3f,\"lastJoined\":%.3f,\"settled\":%.3f}\n", count,
        sent - begin, first_joined - begin, last_joined - begin, now() - begin);
    fflush(stdout);
}

static void live(double seconds) {
    double begin = now(), end = begin + seconds;
    for (int m = 0; m < member_count; m++) members[m].next_heartbeat = begin + 3.0 * m / member_count;
    int next = 0;
    while (now() < end) {
        double time = now();
        while (members[next].next_heartbeat <= time) {
            heartbeat(next);
            send_more(members[next].connection);
            members[next].next_heartbeat += 3;
            next = (next + 1) % member_count;
        }
        turn(1, answered);
    }
    printf("{\"seconds\":%.1f,\"heartbeats\":%ld,\"failures\":%ld}\n", seconds, heartbeats, failures);
}

// ---- a server that knows nothing

static void answer_heartbeat(int connection, int correlation, const unsigned char *body, size_t count) {
    (void)correlation, (void)count;
    struct bytes *b = &connections[connection].out;
    // The frame's own correlation id stands behind its API and version, which was read as one.
    put32(b, 10);
    put(b, body, 4);
    put32(b, 0);
    put16(b, 0);
}

static void answer_all(double seconds) {
    connections = calloc(1 << 16, sizeof *connections);
    if ((poller = epoll_create1(0)) < 0) fail("epoll_create1");
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) fail("bind");
    printf("listening\n");
    fflush(stdout);
    double end = now() + seconds;
    while (now() < end) {
        int fd;
        while (connection_count < 1 << 16 && (fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            connections[connection_count].fd = fd;
            struct epoll_event event = {.events = EPOLLIN, .data.u32 = connection_count++};
            if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
        }
        turn(connection_count ? 100 : 10, answer_heartbeat);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"cpuSeconds\":%.3f}\n", usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

// ---- offsets

static long committed, sent_commits, wanted = -1;
static int per_request = 1, open_limit = 1;
static const char *topic = "t";

static void commit(int connection) {
    char name[64];
    sprintf(name, "commit-%ld", wanted < 0 ? connection : sent_commits);
    struct bytes *b = &connections[connection].out;
    size_t start = begin_request(b, 8, 5, connection);
    put_string(b, name);
    put32(b, -1);
    put_string(b, "");
    put32(b, 1);
    put_string(b, topic);
    put32(b, per_request);
    for (int i = 0; i < per_request; i++) {
        put32(b, i);
        put64(b, sent_commits);
        put_string(b, "");
    }
    end_request(b, start);
    connections[connection].open++;
    sent_commits++;
}

static void commit_answered(int connection, int correlation, const unsigned char *body, size_t count) {
    (void)correlation;
    const unsigned char *end = body + count;
    int code = (int16_t)(end[-2] << 8 | end[-1]);
    if (code) { fprintf(stderr, "OffsetCommit: %d\n", code); exit(1); }
    committed++;
    connections[connection].open--;
    while (connections[connection].open < open_limit && (wanted < 0 || sent_commits < wanted)) commit(connection);
}

static void commit_all(double seconds) {
    find_coordinator();
    double begin = now();
    for (int c = 0; c < connection_count; c++) {
        while (connections[c].open < open_limit && (wanted < 0 || sent_commits < wanted)) commit(c);
        send_more(c);
    }
    while (wanted < 0 ? now() < begin + seconds : committed < wanted) turn(100, commit_answered);
    double took = now() - begin;
    printf("{\"commits\":%ld,\"offsets\":%ld,\"seconds\":%.3f,\"perSecond\":%.0f}\n", committed,
        committed * per_request, took, committed / took);
}

int main(int count, char **arguments) {
    if (count < 5) { fprintf(stderr, "usage: groupload HOST PORT join|idle|beat|answer|commit|fill …\n"); return 2; }
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(arguments[2]));
    if (inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) fail("address");
    const char *mode = arguments[3];
    if (!strcmp(mode, "join")) {
        is_one_group = 1;
        form(atoi(arguments[4]), atoi(arguments[4]));
    } else if (!strcmp(mode, "idle") && count == 7) {
        form(atoi(arguments[4]), atoi(arguments[5]));
        live(atof(arguments[6]));
    } else if (!strcmp(mode, "beat") && count == 7) {
        member_count = atoi(arguments[4]);
        members = calloc(member_count, sizeof *members);
        connect_all(atoi(arguments[5]));
        for (int m = 0; m < member_count; m++) {
            members[m].connection = m % connection_count;
            members[m].phase = LIVING;
            strcpy(members[m].id, "groupload-00000000-0000-0000-0000-000000000000");
        }
        live(atof(arguments[6]));
    } else if (!strcmp(mode, "answer")) {
        answer_all(atof(arguments[4]));
    } else if (!strcmp(mode, "commit") && count == 7) {
        open_limit = atoi(arguments[6]);
        connect_all(atoi(arguments[4]));
        commit_all(atof(arguments[5]));
    } else if (!strcmp(mode, "fill") && count == 7) {
        topic = arguments[5];
        per_request = atoi(arguments[6]);
        wanted = (atol(arguments[4]) + per_request - 1) / per_request;
        open_limit = 4;
        connect_all(4);
        commit_all(0);
    } else {
        return 2;
    }
    return 0;
}
