/* SPDX-FileCopyrightText: 2026 The Parley developers
 * SPDX-License-Identifier: MIT
 *
 * ping PID [MILLISECONDS]: how long a window's event loop keeps others waiting, seen from outside. Acts as a window
 * manager that asks the top-level window of process PID whether it is alive (_NET_WM_PING, Extended Window Manager
 * Hints), every MILLISECONDS (2), whether or not it has answered the last one: a stall counts for each of those that
 * wait for it.
 *
 * Says "pinging" on stdout once the first answer is there, and goes on until stdin ends. The last line is JSON: how
 * many, how long the answers took, and how late this program itself was at most (in microseconds). DISPLAY says which X
 * server; one that has a window manager keeps the answers for that.
 */

#define _GNU_SOURCE /* ppoll */
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MostPings = 1000000, Patience = 10 /* s, for the window to be there and for the last answers */ };

static Display *display;
static Atom protocols, ping, pid_property;
static int64_t sent[MostPings]; /* ns */
static uint32_t delays[MostPings];
static long pings, answers;
static int64_t latest; /* ns that this program itself was late for a ping: how busy the computer is */

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static _Noreturn void fail(const char *text)
{
    fprintf(stderr, "%s\n", text);
    exit(1);
}

static int ignore_error(Display *of, XErrorEvent *error)
{
    (void)of, (void)error; /* windows come and go */
    return 0;
}

static bool belongs_to(Window window, unsigned long pid)
{
    Atom type;
    int format;
    unsigned long count = 0, rest;
    unsigned char *value = NULL;
    bool found = false;
    if (XGetWindowProperty(display, window, pid_property, 0, 1, False, XA_CARDINAL, &type, &format, &count, &rest,
                           &value)
            == Success
        && count == 1 && format == 32)
        found = *(unsigned long *)value == pid; /* Xlib gives 32 bits as a long */
    if (value)
        XFree(value);
    return found;
}

static bool understands_ping(Window window)
{
    Atom *atoms = NULL;
    int count = 0;
    bool found = false;
    if (XGetWMProtocols(display, window, &atoms, &count)) {
        for (int i = 0; i < count; ++i)
            found = found || atoms[i] == ping;
        XFree(atoms);
    }
    return found;
}

/* The visible top-level window of the process; 0 while there is none. */
static Window find_window(unsigned long pid)
{
    Window root, parent, *windows = NULL, found = 0;
    unsigned count = 0;
    XQueryTree(display, DefaultRootWindow(display), &root, &parent, &windows, &count);
    for (unsigned i = 0; i < count && !found; ++i) {
        XWindowAttributes attributes;
        if (XGetWindowAttributes(display, windows[i], &attributes) && attributes.map_state == IsViewable
            && belongs_to(windows[i], pid) && understands_ping(windows[i]))
            found = windows[i];
    }
    if (windows)
        XFree(windows);
    return found;
}

static void send_ping(Window window)
{
    XEvent event = {.xclient = {.type = ClientMessage, .window = window, .message_type = protocols, .format = 32}};
    event.xclient.data.l[0] = (long)ping;
    event.xclient.data.l[1] = CurrentTime;
    event.xclient.data.l[2] = (long)window;
    event.xclient.data.l[3] = pings; /* comes back as it is */
    sent[pings++] = now();
    XSendEvent(display, window, False, NoEventMask, &event);
    XFlush(display);
}

static void read_answers(void)
{
    while (XPending(display)) {
        XEvent event;
        XNextEvent(display, &event);
        const XClientMessageEvent *message = &event.xclient;
        if (event.type != ClientMessage || message->message_type != protocols || (Atom)message->data.l[0] != ping)
            continue;
        const long number = message->data.l[3];
        if (number >= 0 && number < pings)
            delays[answers++] = (uint32_t)((now() - sent[number]) / 1000);
        if (answers == 1) {
            puts("pinging");
            fflush(stdout);
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
    return answers > 0 ? delays[(long)((double)(answers - 1) * part)] : 0;
}

int main(int argc, char *argv[])
{
    if (argc < 2)
        fail("usage: ping PID [MILLISECONDS]");
    const unsigned long pid = strtoul(argv[1], NULL, 10);
    const int64_t interval = (int64_t)((argc > 2 ? strtod(argv[2], NULL) : 2) * 1e6);
    display = XOpenDisplay(NULL);
    if (!display)
        fail("There is no X server");
    XSetErrorHandler(ignore_error);
    protocols = XInternAtom(display, "WM_PROTOCOLS", False);
    ping = XInternAtom(display, "_NET_WM_PING", False);
    pid_property = XInternAtom(display, "_NET_WM_PID", False);
    /* Answers are sent to the root window, to those who select one of a mask; toolkits differ in which. */
    XSelectInput(display, DefaultRootWindow(display), StructureNotifyMask | SubstructureNotifyMask);

    const int64_t patience = Patience * INT64_C(1000000000);
    int64_t limit = now() + patience;
    Window window;
    while (!(window = find_window(pid))) {
        if (now() > limit)
            fail("The window does not show");
        poll(NULL, 0, 10);
    }

    struct pollfd inputs[] = {{.fd = ConnectionNumber(display), .events = POLLIN},
                              {.fd = STDIN_FILENO, .events = POLLIN}};
    bool ending = false;
    int64_t next = now();
    while (!ending || answers < pings) {
        const int64_t time = now();
        if (ending && time > limit)
            break;
        if (!ending && time >= next) {
            if (pings == MostPings)
                fail("Too many pings");
            if (time - next > latest)
                latest = time - next;
            send_ping(window);
            next = time - next > interval ? time + interval : next + interval; /* after a pause of our own */
        }
        read_answers();
        const int64_t wait = ending ? limit - now() : next - now();
        const struct timespec timeout = {.tv_sec = wait > 0 ? wait / 1000000000 : 0,
                                         .tv_nsec = wait > 0 ? wait % 1000000000 : 0};
        ppoll(inputs, ending ? 1 : 2, &timeout, NULL);
        if (!ending && inputs[1].revents != 0) {
            ending = true;
            limit = now() + patience;
        }
    }
    qsort(delays, (size_t)answers, sizeof *delays, compare);
    printf("{\"pings\": %ld, \"answers\": %ld, \"p50\": %" PRIu32 ", \"p99\": %" PRIu32 ", \"slowest\": %" PRIu32
           ", \"late\": %" PRId64 "}\n",
           pings, answers, percentile(0.5), percentile(0.99), percentile(1), latest / 1000);
    return answers == pings ? 0 : 1;
}
