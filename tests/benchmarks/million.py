# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""The window with a long list: what a row costs, and whether the window answers while more connections arrive.

The list is filled by connections, as many as it says. Then, under a load that goes on, the window is used as by a hand
(window_host.cpp) and pinged (ping.c).
"""

import functools
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass

from programs import Display, Unmeasurable
from rates import loaded
from table import Figure, ratio
from windows import milliseconds

# Rows before memory is measured: buffers that are bounded, as the history of the latest events, are full then, and what
# comes on top is what rows cost.
FIRST = 50_000
SHORT = 10_000  # rows

# What the hand does. Filters that all, some and none of the rows pass; orders by port, by duration, and by address.
USES = {
    "idle": (),
    "scrolling": ("scroll 5",),
    "typing": ("filter 127.", "filter 40", "filter no such", "filter"),
    "sorting": ("sort 3", "sort 7", "sort 7", "sort 2"),
}


def _fill(run, server, count):
    result = run.load(server, count, 64, seconds=300)
    if result["complete"] != count:
        raise Unmeasurable(f"only {result['complete']:,} of {count:,} connections were complete")
    server.rest()


@dataclass
class Use:
    answers: list  # the host's, to each of the hand's commands
    pings: dict
    arrived: int  # connections meanwhile
    seconds: float


def _accepted(host):
    count = host.ask("count")
    return count["listed"] + count["left"]


@functools.cache
def _used(run):
    """Bytes before and with how many rows, what is listed, and each kind of use."""
    rows = run.scaled(1_000_000)
    with ExitStack() as stack:
        display = stack.enter_context(Display(run))
        host = stack.enter_context(run.window_host(environment=display.environment))
        _fill(run, host, FIRST)
        before = host.memory("Anonymous")
        _fill(run, host, rows - FIRST)
        after = host.memory("Anonymous")
        count = host.ask("count")
        stack.enter_context(run.endless_load(host, 64))
        uses = {}
        for use, commands in USES.items():
            arrived, begin = _accepted(host), time.monotonic()
            with run.ping(display, host) as watch:
                answers = []
                for command in commands:
                    answers.append(host.ask(command, seconds=60))
                    time.sleep(1)  # what is shown goes on to change
                if not commands:
                    time.sleep(5)
                pings = watch.result()
            uses[use] = Use(answers, pings, _accepted(host) - arrived, time.monotonic() - begin)
        return (before, after, rows), count, uses


def row_memory(run):
    (before, after, rows), count, _ = _used(run)
    memory = (after - before) / (rows - FIRST)
    return Figure(memory, f"{memory:.0f} B",
                  f"{before / 1e6:.0f} MB with {FIRST:,}, {after / 1e6:.0f} MB with {rows:,}", count == {"listed": rows, "left": 0})


def delay(run, use):
    _, _, uses = _used(run)
    used = uses[use]
    figure = milliseconds(used.pings, "slowest")
    figure.detail += f"; {used.arrived / used.seconds:,.0f}/s arrived"
    figure.whole = figure.whole and used.arrived > 0
    return figure


def result(run, use):
    """How long the slowest of the results took, from the last key or click until it was shown."""
    _, _, uses = _used(run)
    answers = uses[use].answers
    seconds = [answer["seconds"] for answer in answers]
    return Figure(max(seconds), f"{max(seconds):.2f} s",
                  "; ".join(f"{command}: {answer['seconds']:.2f} s, {answer['rows']:,} rows"
                            for command, answer in zip(USES[use], answers)), uses[use].arrived > 0)


def cpu(run):
    """A window with a long list against a new one with a short list, in turn."""
    rows = run.scaled(500_000)
    connections = 10_000
    rounds = []
    with run.window() as long:
        _fill(run, long, rows)
        for _ in range(run.rounds // 2 + 1):
            _, with_many = loaded(run, long, connections, 64)
            with run.window() as short:
                _fill(run, short, SHORT)
                _, with_few = loaded(run, short, connections, 64)
            rounds.append((with_many, with_few))
    middle = [statistics.median(values) for values in zip(*rounds)]
    return ratio(statistics.median(many / few for many, few in rounds),
                 f"{middle[0]:.1f} against {middle[1]:.1f} us; {rows:,} listed against {SHORT:,}")
