// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT
//
// The least work that moves many bytes: blocking calls with a buffer of 256 KiB.
//
//   bare_stream source BYTES         a server on 127.0.0.1: sends BYTES bytes to every client, then FIN
//   bare_stream echo                 a server: sends back what comes
//   bare_stream send BYTES PORT      a client: sends BYTES bytes, then FIN, and waits for the server's FIN
//   bare_stream trip BYTES PORT      a client: sends BYTES bytes and receives as many
//   bare_stream receive TIMES PORT   a client: connects TIMES times, one after another, and receives until FIN
//
// A client prints how much it moved as a line of JSON; the time counts from connect.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char buffer[256 * 1024];

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int connected(int port)
{
    const struct sockaddr_in address = loopback(port);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        fail("connect");
    return fd;
}

static size_t piece(long long left)
{
    return left < (long long)sizeof buffer ? (size_t)left : sizeof buffer;
}

/* Returns how many were sent before the peer was gone. */
static long long send_all(int fd, long long bytes)
{
    long long sent = 0;
    while (sent < bytes) {
        const ssize_t count = send(fd, buffer, piece(bytes - sent), MSG_NOSIGNAL);
        if (count < 0)
            break;
        sent += count;
    }
    return sent;
}

static long long receive_all(int fd)
{
    long long received = 0;
    ssize_t count = 0;
    while ((count = recv(fd, buffer, sizeof buffer, 0)) > 0)
        received += count;
    return count < 0 ? -1 : received;
}

static void serve(long long bytes, int echoes)
{
    const struct sockaddr_in address = loopback(0);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (const struct sockaddr *)&address, sizeof address) < 0
        || listen(listener, SOMAXCONN) < 0)
        fail("listen");
    for (;;) {
        const int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            fail("accept");
        if (echoes) {
            ssize_t count = 0;
            while ((count = recv(fd, buffer, sizeof buffer, 0)) > 0 && send_all(fd, count) == count)
                ;
        } else {
            send_all(fd, bytes);
        }
        shutdown(fd, SHUT_WR);
        if (!echoes)
            receive_all(fd);
        close(fd);
    }
}

/* Both ways at once: a peer that echoes stops reading while nobody reads what it sends. */
static long long trip(int fd, long long bytes)
{
    long long sent = 0;
    long long received = 0;
    while (received < bytes) {
        struct pollfd ready = {.fd = fd, .events = (short)(POLLIN | (sent < bytes ? POLLOUT : 0))};
        if (poll(&ready, 1, -1) < 0)
            fail("poll");
        if (ready.revents & POLLOUT) {
            const ssize_t count = send(fd, buffer, piece(bytes - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
            sent += count > 0 ? count : 0;
        }
        if (ready.revents & (POLLIN | POLLERR | POLLHUP)) {
            const ssize_t count = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
            if (count == 0 || (count < 0 && errno != EAGAIN))
                break;
            received += count > 0 ? count : 0;
        }
    }
    return received;
}

int main(int argc, char *argv[])
{
    const char *mode = argc > 1 ? argv[1] : "";
    const long long number = argc > 2 ? atoll(argv[2]) : 0;
    if (!strcmp(mode, "source") || !strcmp(mode, "echo"))
        serve(number, !strcmp(mode, "echo"));
    if (argc != 4) {
        fputs("usage: bare_stream source BYTES | echo | send BYTES PORT | trip BYTES PORT | receive TIMES PORT\n",
              stderr);
        return 2;
    }
    const int port = atoi(argv[3]);
    const double begin = now();
    long long bytes = 0;
    if (!strcmp(mode, "receive")) {
        for (long long i = 0; i < number; ++i) {
            const int fd = connected(port);
            bytes += receive_all(fd);
            close(fd);
        }
    } else {
        const int fd = connected(port);
        bytes = !strcmp(mode, "trip") ? trip(fd, number) : send_all(fd, number);
        shutdown(fd, SHUT_WR);
        receive_all(fd);
        close(fd);
    }
    printf("{\"bytes\": %lld, \"seconds\": %.6f}\n", bytes, now() - begin);
    return 0;
}
