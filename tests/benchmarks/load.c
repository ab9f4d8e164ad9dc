/* SPDX-FileCopyrightText: 2026 The Parley developers
 * SPDX-License-Identifier: MIT
 *
 * load [-n CONNECTIONS] [-c CONCURRENCY] [-t SECONDS] [-g GREETING] [-l | -H] PORT
 *
 * Connects to 127.0.0.1 again and again, so many at once, on one thread. Each connection has to bring exactly the
 * greeting and then the server's FIN. By default the server ends first; with -l this side does, once it has the
 * greeting (a server that holds connections waits for that). With -H all are opened and kept: a line of JSON says when
 * each has its greeting, and they end when stdin does.
 *
 * Each connection is counted under exactly one outcome. What is still open after SECONDS is counted as hung, and
 * stderr says which. The last line on stdout is JSON: the outcomes, the rate, and how long a connection took from
 * connect to the server's FIN (in microseconds).
 *
 * The sources are 16 addresses of 127.0.0.0/8, because one has only some 28,000 ports.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24 /* linux/in.h */
#endif

enum { SourceAddresses = 16, EventsPerTurn = 256, HungShown = 5 };

enum Outcome { Complete, Incomplete, Wrong, Reset, Refused, Failed, Hung, Outcomes };
static const char *const OutcomeNames[Outcomes] = {"complete", "incomplete", "wrong", "reset",
                                                   "refused",  "failed",     "hung"};

struct Client
{
    int fd; /* -1: none */
    bool left;
    size_t received;
    int64_t started; /* ns */
};

static struct
{
    long connections;
    long concurrency;
    double seconds;
    const char *greeting;
    size_t greeting_size;
    bool leave;
    bool hold;
    struct sockaddr_in server;
} options = {.connections = 10000, .concurrency = 64, .seconds = 60, .greeting = "Hello World!"};

static struct Client *clients;
static uint32_t *latencies; /* us */
static int epoll;
static long started;   /* connections */
static long ended;     /* likewise */
static long greeted;   /* likewise; they may have ended since */
static bool releasing; /* those that were held */
static long outcomes[Outcomes];

static _Noreturn void fail(const char *call)
{
    perror(call);
    exit(1);
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void end(struct Client *client, enum Outcome outcome)
{
    close(client->fd);
    client->fd = -1;
    latencies[ended++] = (uint32_t)((now() - client->started) / 1000);
    ++outcomes[outcome];
}

static void start(struct Client *client)
{
    const int on = 1;
    /* The process's number keeps several of these programs apart; neither 127.0.0.0 nor 127.255.255.255 is used. */
    const uint32_t source = 0x7f000000u + ((uint32_t)getpid() % 0xffffeu + 1) * SourceAddresses;
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_addr.s_addr = htonl(source + (uint32_t)(started++ % SourceAddresses))};
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->fd < 0)
        fail("socket");
    client->left = false;
    client->received = 0;
    client->started = now();
    /* The port is chosen when the other end is known: only both ends together have to be unique (ip(7)). */
    if (setsockopt(client->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) < 0)
        fail("IP_BIND_ADDRESS_NO_PORT");
    if (bind(client->fd, (const struct sockaddr *)&address, sizeof address) < 0)
        fail("bind");
    if (connect(client->fd, (const struct sockaddr *)&options.server, sizeof options.server) < 0
        && errno != EINPROGRESS) {
        end(client, errno == ECONNREFUSED ? Refused : Failed);
        return;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) < 0)
        fail("epoll_ctl");
}

/* Ends this side. */
static void leave(struct Client *client)
{
    client->left = true;
    shutdown(client->fd, SHUT_WR);
}

static void receive(struct Client *client)
{
    char buffer[64 * 1024];
    while (client->fd >= 0) {
        const ssize_t size = recv(client->fd, buffer, sizeof buffer, 0);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size < 0) {
            end(client, errno == ECONNREFUSED ? Refused : errno == ECONNRESET ? Reset : Failed);
        } else if (size == 0) {
            /* A server that ends what it should hold loses it. */
            const bool early = (options.leave || options.hold) && !client->left;
            end(client, client->received == options.greeting_size && !early ? Complete : Incomplete);
        } else if ((size_t)size > options.greeting_size - client->received
                   || memcmp(buffer, options.greeting + client->received, (size_t)size) != 0) {
            end(client, Wrong);
        } else {
            client->received += (size_t)size;
            if (client->received == options.greeting_size) {
                ++greeted;
                if (options.leave || releasing)
                    leave(client);
            }
        }
    }
}

static int compare(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static uint32_t percentile(double part)
{
    return ended > 0 ? latencies[(long)((double)(ended - 1) * part)] : 0;
}

static void report_hung(void)
{
    long shown = 0;
    for (long i = 0; i < options.concurrency; ++i) {
        struct Client *client = &clients[i];
        if (client->fd < 0)
            continue;
        if (++shown <= HungShown) {
            struct sockaddr_in local = {0};
            socklen_t length = sizeof local;
            char text[INET_ADDRSTRLEN] = "";
            getsockname(client->fd, (struct sockaddr *)&local, &length);
            inet_ntop(AF_INET, &local.sin_addr, text, sizeof text);
            fprintf(stderr, "hung: %s:%d has %zu bytes after %.3f s\n", text, ntohs(local.sin_port), client->received,
                    (double)(now() - client->started) / 1e9);
        }
        end(client, Hung);
    }
}

static void print_result(double seconds)
{
    qsort(latencies, (size_t)ended, sizeof *latencies, compare);
    printf("{\"connections\": %ld", started);
    for (int i = 0; i < Outcomes; ++i)
        printf(", \"%s\": %ld", OutcomeNames[i], outcomes[i]);
    printf(", \"unstarted\": %ld, \"seconds\": %.6f, \"rate\": %.1f", options.connections - started, seconds,
           (double)outcomes[Complete] / seconds);
    printf(", \"p50\": %" PRIu32 ", \"p90\": %" PRIu32 ", \"p99\": %" PRIu32 ", \"slowest\": %" PRIu32 "}\n",
           percentile(0.5), percentile(0.9), percentile(0.99), percentile(1));
}

static void read_options(int argc, char *argv[])
{
    int option;
    while ((option = getopt(argc, argv, "n:c:t:g:lH")) >= 0) {
        switch (option) {
        case 'n': options.connections = strtol(optarg, NULL, 10); break;
        case 'c': options.concurrency = strtol(optarg, NULL, 10); break;
        case 't': options.seconds = strtod(optarg, NULL); break;
        case 'g': options.greeting = optarg; break;
        case 'l': options.leave = true; break;
        case 'H': options.hold = true; break;
        default: exit(2);
        }
    }
    const long port = optind == argc - 1 ? strtol(argv[optind], NULL, 10) : 0;
    if (port < 1 || port > 65535 || options.connections < 1 || options.concurrency < 1) {
        fprintf(stderr, "usage: %s [-n CONNECTIONS] [-c CONCURRENCY] [-t SECONDS] [-g GREETING] [-l | -H] PORT\n",
                argv[0]);
        exit(2);
    }
    options.server.sin_family = AF_INET;
    options.server.sin_port = htons((uint16_t)port);
    options.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    options.greeting_size = strlen(options.greeting);
}

int main(int argc, char *argv[])
{
    read_options(argc, argv);
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    /* How many have not got their greeting at a time is bounded by the concurrency even where all are kept. */
    const long window = options.concurrency;
    if (options.hold || options.concurrency > options.connections)
        options.concurrency = options.connections;
    clients = calloc((size_t)options.concurrency, sizeof *clients);
    latencies = calloc((size_t)options.connections, sizeof *latencies);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!clients || !latencies || epoll < 0)
        fail("start");
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL}; /* stdin, which has no client */
    if (options.hold && epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input) < 0)
        fail("stdin");

    const int64_t begin = now();
    const int64_t deadline = begin + (int64_t)(options.seconds * 1e9);
    bool told = false;
    for (long i = 0; i < options.concurrency && !options.hold; ++i)
        start(&clients[i]);
    while (ended < options.connections) {
        while (options.hold && started < options.connections && started - greeted - ended < window)
            start(&clients[started]);
        if (options.hold && !told && greeted == options.connections) {
            printf("{\"held\": %ld, \"seconds\": %.6f}\n", greeted - ended, (double)(now() - begin) / 1e9);
            fflush(stdout);
            told = true;
        }
        const int64_t left = deadline - now();
        if (left <= 0)
            break;
        struct epoll_event events[EventsPerTurn];
        const int count = epoll_wait(epoll, events, EventsPerTurn, (int)(left / 1000000) + 1);
        for (int i = 0; i < count; ++i) {
            struct Client *client = events[i].data.ptr;
            if (!client) {
                epoll_ctl(epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
                releasing = true;
                for (long k = 0; k < started; ++k) {
                    if (clients[k].fd >= 0 && clients[k].received == options.greeting_size)
                        leave(&clients[k]);
                }
                continue;
            }
            receive(client);
            while (!options.hold && client->fd < 0 && started < options.connections)
                start(client);
        }
    }
    const int64_t finish = now();
    report_hung();
    print_result((double)(finish - begin) / 1e9);
    return outcomes[Complete] == options.connections ? 0 : 1;
}
