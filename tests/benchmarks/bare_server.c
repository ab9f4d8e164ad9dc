/* SPDX-FileCopyrightText: 2026 The Parley developers
 * SPDX-License-Identifier: MIT
 *
 * bare_server [hold]: what parley-server is measured against, the plain loop with nothing besides. It accepts, sends
 * the greeting, ends its side, reads until the peer has ended its own, and closes; with "hold" it leaves the ending
 * to the peer. It listens on a free port of 127.0.0.1, which its first line on stderr tells, and runs until killed.
 */

#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char Greeting[] = "Hello World!";
enum { Backlog = 4096, EventsPerTurn = 256 };

static _Noreturn void fail(const char *call)
{
    perror(call);
    exit(1);
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int listen_on_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    if (bind(fd, (struct sockaddr *)&address, length) < 0)
        fail("bind");
    if (listen(fd, Backlog) < 0)
        fail("listen");
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        fail("getsockname");
    fprintf(stderr, "Listening on ('127.0.0.1', %d)\n", ntohs(address.sin_port));
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        fail("epoll_ctl");
}

static void accept_all(int listener, int epoll, bool hold)
{
    for (;;) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        const int fd = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN)
                return;
            fail("accept4");
        }
        /* The greeting fits into a new connection's buffer; a peer that is gone already fails the reading too. */
        (void)!send(fd, Greeting, sizeof Greeting - 1, MSG_NOSIGNAL);
        if (!hold)
            shutdown(fd, SHUT_WR);
        watch(epoll, fd);
    }
}

static void drain(int fd)
{
    char buffer[64 * 1024];
    const ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    if (size == 0 || (size < 0 && errno != EAGAIN))
        close(fd); /* which ends the watching too */
}

int main(int argc, char *argv[])
{
    const bool hold = argc > 1 && strcmp(argv[1], "hold") == 0;
    raise_descriptor_limit();
    const int listener = listen_on_free_port();
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        fail("epoll_create1");
    watch(epoll, listener);
    for (;;) {
        struct epoll_event events[EventsPerTurn];
        const int count = epoll_wait(epoll, events, EventsPerTurn, -1);
        for (int i = 0; i < count; ++i) {
            if (events[i].data.fd == listener)
                accept_all(listener, epoll, hold);
            else
                drain(events[i].data.fd);
        }
    }
}
