# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""Connections a second, and the CPU time of each, against other servers. Each comparison is made once."""

import functools
import statistics
from contextlib import ExitStack
from dataclasses import dataclass

from table import Figure, ratio


@dataclass
class Comparison:
    rate: float  # ours, theirs being 1
    cpu: float  # likewise, for a connection
    rates: tuple  # ours and theirs, connections/s
    cpus: tuple  # ours and theirs, us for a connection
    made: int  # connections to ours
    lost: int  # of them, those that were not complete


def loaded(run, server, connections, concurrency, *options):
    """The load's account, and the server's CPU time for a connection in microseconds."""
    before = server.cpu()
    result = run.load(server, connections, concurrency, *options)
    server.rest()
    return result, (server.cpu() - before) / 1000 / max(1, result["complete"])


def compare(run, ours, theirs, connections, concurrency, *options):
    """Loads both in turn; the first round is for warming up."""
    rounds = []
    made = lost = 0
    for number in range(-1, run.rounds):
        measured = {}
        for server in (ours, theirs) if number % 2 else (theirs, ours):
            result, cpu = loaded(run, server, connections, concurrency, *options)
            measured[server] = result["rate"], cpu
            if server is ours:
                made += connections
                lost += connections - result["complete"]
        if number >= 0:
            rounds.append((*measured[ours], *measured[theirs]))
    our_rates, our_cpus, their_rates, their_cpus = zip(*rounds)

    def middle_ratio(our, their):
        return statistics.median(a / max(b, 1e-9) for a, b in zip(our, their))

    return Comparison(
        middle_ratio(our_rates, their_rates), middle_ratio(our_cpus, their_cpus),
        (statistics.median(our_rates), statistics.median(their_rates)),
        (statistics.median(our_cpus), statistics.median(their_cpus)), made, lost)


@functools.cache
def _against_c_loop(run, kind, concurrency):
    with getattr(run, kind)() as ours, run.bare() as theirs:
        result = compare(run, ours, theirs, run.scaled(30_000 if concurrency > 1 else 10_000), concurrency)
        printed = ours.lines(b"Connection established with (") if kind == "headless" else None
        return result, printed


def rate(run, kind, concurrency):
    result, printed = _against_c_loop(run, kind, concurrency)
    detail = f"{result.rates[0]:,.0f} against {result.rates[1]:,.0f}/s; {result.lost} of {result.made:,} lost"
    if printed is not None:
        detail += f", {printed:,} printed"
    return ratio(result.rate, detail, result.lost == 0 and printed in (None, result.made))


def cpu(run, kind, concurrency):
    result, _ = _against_c_loop(run, kind, concurrency)
    return ratio(result.cpu, f"{result.cpus[0]:.1f} against {result.cpus[1]:.1f} us")


def listed(run):
    """Whether the window has a row for each connection."""
    made = 0
    with run.window_host() as host:
        for concurrency, connections in ((64, run.scaled(100_000)), (1, run.scaled(10_000))):
            result = run.load(host, connections, concurrency)
            made += result["complete"]
        host.rest()
        count = host.ask("count")
    there = count["listed"] + count["left"]
    return Figure(there / made, f"{there / made:.4f}", f"{there:,} listed of {made:,} made", there == made)


@functools.cache
def _with_held(run):
    """A window that holds connections against one that holds none. The load's own connections leave by themselves."""
    count = run.scaled(9_000)
    with ExitStack() as stack:
        holding, free = (stack.enter_context(run.window("--behaviour", "greet-hold")) for _ in range(2))
        for server in (holding, free):
            loaded(run, server, 500, 64, "-l")  # what is allocated once is not what a connection costs
        before = holding.memory("Anonymous")
        held = stack.enter_context(run.hold(holding, count))
        holding.rest()
        memory = (holding.memory("Anonymous") - before) / count
        churn = {concurrency: compare(run, holding, free, run.scaled(connections), concurrency, "-l")
                 for concurrency, connections in ((64, 20_000), (1, 10_000))}
        return memory, churn, count, count - held.result()["complete"]


def churn_with_held(run, concurrency):
    _, churn, count, lost = _with_held(run)
    result = churn[concurrency]
    return ratio(result.rate, f"{result.rates[0]:,.0f} against {result.rates[1]:,.0f}/s; "
                              f"{lost} of {count:,} held and {result.lost} of {result.made:,} lost",
                 lost == result.lost == 0)


def held_memory(run):
    memory, _, count, lost = _with_held(run)
    return Figure(memory / 1000, f"{memory / 1000:.2f} KB", f"{count:,} held, {lost} lost", lost == 0)


@functools.cache
def _against_python(run):
    """At concurrency 4, for which its backlog is enough, in turn; and one load of each at 64."""
    with run.window() as ours, run.python() as theirs:
        few = compare(run, ours, theirs, run.scaled(10_000), 4)
        many = [run.load(server, 20_000, 64, seconds=15) for server in (ours, theirs)]
        return few, *many


def python_rate(run):
    few, _, _ = _against_python(run)
    return ratio(few.rate, f"{few.rates[0]:,.0f} against {few.rates[1]:,.0f}/s", few.lost == 0)


def python_slowest(run):
    _, ours, theirs = _against_python(run)
    times = theirs["slowest"] / ours["slowest"]
    return Figure(times, f"{times:,.0f} x",
                  f"{ours['slowest'] / 1000:.1f} against {theirs['slowest'] / 1000:,.0f} ms; "
                  f"hung: {ours['hung']} against {theirs['hung']} of 20,000", ours["complete"] == ours["connections"])
