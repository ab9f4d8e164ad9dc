# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""How fast a program starts, and whether its window answers while it lists connections."""

import functools
import socket
import statistics
import time
from contextlib import ExitStack

from programs import PATIENCE, Display, wait_until
from rates import loaded
from table import Figure, ratio


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _greeting(port):
    """The bytes that the server sends; nothing while it does not listen."""
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            return client.recv(1024)
    except ConnectionRefusedError:
        return None


def _start(make):
    """Seconds from just before fork and exec until a client that tries all the time has its greeting; bytes at rest."""
    port = _free_port()
    begin = time.perf_counter()
    with make(port) as server:
        wait_until(f"{server.name} greets", lambda: _greeting(port), pause=0.0002)
        seconds = time.perf_counter() - begin
        server.rest()
        return seconds, server.memory("Rss")


@functools.cache
def _starts(run, kind):
    """Figures for the time and the memory."""
    ours = getattr(run, kind)
    rounds = []
    for number in range(-1, run.rounds):
        theirs = _start(lambda port: run.bare_qt(kind, port))
        measured = *_start(lambda port: ours(port=port)), *theirs
        if number >= 0:  # the first is for warming up
            rounds.append(measured)
    middle = [statistics.median(values) for values in zip(*rounds)]
    return (ratio(statistics.median(our / their for our, _, their, _ in rounds),
                  f"{middle[0] * 1000:.1f} against {middle[2] * 1000:.1f} ms"),
            ratio(statistics.median(our / their for _, our, _, their in rounds),
                  f"{middle[1] / 1e6:.1f} against {middle[3] / 1e6:.1f} MB"))


def start_time(run, kind):
    return _starts(run, kind)[0]


def start_memory(run, kind):
    return _starts(run, kind)[1]


@functools.cache
def _pings_under_load(run):
    with ExitStack() as stack:
        display = stack.enter_context(Display(run))
        server = stack.enter_context(run.window(environment=display.environment))
        warm, _ = loaded(run, server, 10_000, 64)
        watch = stack.enter_context(run.ping(display, server))
        load = run.load(server, int(warm["rate"] * run.scaled(15)), 64)
        return watch.result(), load


def milliseconds(pings, which):
    """A figure of ping.c's account."""
    return Figure(pings[which] / 1000, f"{pings[which] / 1000:.1f} ms",
                  f"p50 {pings['p50'] / 1000:.2f}, p99 {pings['p99'] / 1000:.1f} ms; {pings['answers']} of "
                  f"{pings['pings']} answered; the pinging itself up to {pings['late'] / 1000:.1f} ms late",
                  pings["answers"] == pings["pings"])


def delay(run, which):
    pings, load = _pings_under_load(run)
    figure = milliseconds(pings, which)
    figure.detail += f"; {load['rate']:,.0f}/s"
    figure.whole = figure.whole and load["complete"] == load["connections"]
    return figure
