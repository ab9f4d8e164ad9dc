#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""Measures Parley against bare programs that do the same, side by side, and prints a row for each goal.

A comparison starts both servers, and loads them in turn, several rounds long, so that whatever else the computer does
meets both. A figure is the median of the rounds' ratios. Servers and load run wherever the system puts them.

  rate    complete connections a second, of a load (load.c) that checks each one's greeting and FIN
  CPU     the process's own clock (clock_getcpuclockid(3)) from before a load until the process is at rest after it
  memory  /proc/PID/smaps_rollup
  window  the real parley-server on Qt's offscreen platform, with empty settings

The exit status is 1 if a row is short of its goal, or could not be measured.
"""

import argparse
import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Callable

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 20  # seconds; a guard against what never comes, not a measure


class Unmeasurable(Exception):
    """Why a row has no figure."""


# What is measured: programs and what the system tells of them


def await_(what, condition, seconds=PATIENCE):
    """What condition() returns once it is true."""
    limit = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > limit:
            raise Unmeasurable(f"{what}: not within {seconds} s")
        time.sleep(0.002)
    return value


class Program:
    """A process of this run, which ends with it. Its stdout goes to a file."""

    def __init__(self, run, *command, environment=None, **options):
        self.name = pathlib.Path(command[0]).name
        self.output = tempfile.TemporaryFile(dir=run.folder)
        self.errors = tempfile.TemporaryFile(dir=run.folder)
        options = {"stdin": subprocess.DEVNULL, "stdout": self.output, "stderr": self.errors} | options
        self.process = subprocess.Popen([str(part) for part in command], env=run.environment | (environment or {}),
                                        **options)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for stream in (self.output, self.errors, self.process.stdin, self.process.stdout):
            if stream:
                stream.close()

    def cpu(self):
        """Nanoseconds that all its threads have run, those that have ended included."""
        return time.clock_gettime_ns(~self.pid << 3 | 2)

    def memory(self):
        """Bytes, by the kind that smaps_rollup gives."""
        lines = pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:]
        return {line.split()[0].rstrip(":"): int(line.split()[1]) * 1024 for line in lines}

    def rest(self):
        """Waits until it has run for less than 1 % of a fifth of a second."""
        limit = time.monotonic() + PATIENCE
        before = self.cpu()
        while time.monotonic() < limit:
            time.sleep(0.2)
            after = self.cpu()
            if after - before < 2_000_000:
                return
            before = after
        raise Unmeasurable(f"{self.name} does not come to rest")


class Server(Program):
    @functools.cached_property
    def port(self):
        return await_(f"{self.name} listens", self._listening_port)

    def _listening_port(self):
        if self.process.poll() is not None:
            self.errors.seek(0)
            raise Unmeasurable(f"{self.name} ended: {self.errors.read().decode().strip()}")
        sockets = set()
        for link in pathlib.Path(f"/proc/{self.pid}/fd").iterdir():
            try:
                sockets.add(os.readlink(link))
            except FileNotFoundError:
                pass  # closed meanwhile
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            listens = fields[3] == "0A"  # TCP_LISTEN
            if listens and f"socket:[{fields[9]}]" in sockets:
                return int(fields[1].rpartition(":")[2], 16)
        return None


class Run:
    """Where the programs are, what they run in, and how much is measured."""

    def __init__(self, build, quick):
        self.build = build
        self.quick = quick
        self.rounds = 3 if quick else 7
        self._folder = tempfile.TemporaryDirectory(prefix="parley-bench-")
        self.folder = self._folder.name
        self.environment = os.environ | {
            "XDG_CONFIG_HOME": self.folder, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}

    def close(self):
        self._folder.cleanup()

    def scaled(self, connections):
        return connections // 5 if self.quick else connections

    def bare(self, *options):
        return Server(self, self.build / "benchmarks/bare_server", *options)

    def window(self, *options, **more):
        return Server(self, self.build / "parley-server", *options, "127.0.0.1", 0, **more)

    def headless(self, *options):
        return self.window("--headless", *options)

    def python(self):
        return Server(self, sys.executable, HERE.parent / "interop/classic_server.py", 0, "127.0.0.1")

    def load(self, server, connections, concurrency, *options, seconds=60):
        """What load.c found out."""
        done = subprocess.run(
            [self.build / "benchmarks/load", "-n", str(connections), "-c", str(concurrency), "-t", str(seconds),
             *options, str(server.port)], stdout=subprocess.PIPE, timeout=seconds + PATIENCE, check=False)
        if not done.stdout:
            raise Unmeasurable("the load failed")
        return json.loads(done.stdout)


# Comparisons: each is made once, however many rows are about it


@dataclass
class Comparison:
    rate: float  # of the rates, theirs being 1
    cpu: float  # likewise, of the CPU time for a connection
    ours: tuple  # connections/s, us of CPU for each
    theirs: tuple
    lost: int  # of the connections to us, those that were not complete
    made: int
    listed: int | None  # of them, those for which there is a line on stdout


def loaded(run, server, connections, concurrency, *options, seconds=60):
    """Rate, CPU time of a connection, and what the load says."""
    before = server.cpu()
    result = run.load(server, connections, concurrency, *options, seconds=seconds)
    server.rest()
    return result["rate"], (server.cpu() - before) / 1000 / max(1, result["complete"]), result


def compare(run, ours, theirs, connections, concurrency, *options):
    """Loads both in turn. The rounds before the first are for warming up."""
    figures = []
    lost = made = 0
    for number in range(-1, run.rounds):
        pair = {}
        for server in (ours, theirs) if number % 2 else (theirs, ours):
            rate, cpu, result = loaded(run, server, connections, concurrency, *options)
            pair[server] = rate, cpu
            if server is ours:
                made += connections
                lost += connections - result["complete"]
        if number >= 0:
            figures.append((pair[ours], pair[theirs]))
    middle = statistics.median
    return Comparison(
        rate=middle(our[0] / their[0] for our, their in figures),
        cpu=middle(our[1] / their[1] for our, their in figures),
        ours=tuple(middle(our[i] for our, _ in figures) for i in (0, 1)),
        theirs=tuple(middle(their[i] for _, their in figures) for i in (0, 1)),
        lost=lost, made=made, listed=None)


@functools.cache
def against_c_loop(run, kind, concurrency):
    with ExitStack() as stack:
        ours = stack.enter_context(run.headless() if kind == "headless" else run.window())
        theirs = stack.enter_context(run.bare())
        result = compare(run, ours, theirs, run.scaled(60_000 if concurrency > 1 else 30_000), concurrency)
        if kind == "headless":
            ours.output.seek(0)
            result.listed = sum(line.startswith(b"Connection established with (") for line in ours.output)
        return result


# Rows


@dataclass
class Figure:
    value: float
    text: str
    detail: str = ""
    whole: bool = True  # nothing was lost


def ratio(value, detail, whole=True):
    return Figure(value, f"{value:.2f}", detail, whole)


def rate(run, kind, concurrency):
    result = against_c_loop(run, kind, concurrency)
    detail = f"{result.ours[0]:,.0f} against {result.theirs[0]:,.0f}/s; {result.lost} of {result.made:,} lost"
    if result.listed is not None:
        detail += f", {result.listed:,} listed"
    return ratio(result.rate, detail, result.lost == 0 and result.listed in (None, result.made))


def cpu(run, kind, concurrency):
    result = against_c_loop(run, kind, concurrency)
    return ratio(result.cpu, f"{result.ours[1]:.1f} against {result.theirs[1]:.1f} us")


@dataclass
class Row:
    what: str
    measure: Callable[[Run], Figure]
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""

    def goal(self):
        bound, value = (">=", self.at_least) if self.at_most is None else ("<=", self.at_most)
        return f"{bound} {value:,.2f}" if not self.unit else f"{bound} {value:g} {self.unit}"

    def met(self, figure):
        return (figure.whole and (self.at_least is None or figure.value >= self.at_least)
                and (self.at_most is None or figure.value <= self.at_most))


ROWS = [
    Row("rate: window, 64 at once / C loop", lambda run: rate(run, "window", 64), at_least=0.90),
    Row("rate: window, 1 at once / C loop", lambda run: rate(run, "window", 1), at_least=0.90),
    Row("CPU: window, 64 at once / C loop", lambda run: cpu(run, "window", 64), at_most=1.3),
    Row("CPU: window, 1 at once / C loop", lambda run: cpu(run, "window", 1), at_most=1.5),
    Row("rate: headless, 64 at once / C loop", lambda run: rate(run, "headless", 64), at_least=0.90),
    Row("rate: headless, 1 at once / C loop", lambda run: rate(run, "headless", 1), at_least=0.90),
    Row("CPU: headless, 64 at once / C loop", lambda run: cpu(run, "headless", 64), at_most=1.3),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=HERE.parent.parent / "build/release/bin",
                        help="where the programs are")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only rows whose text has one of these words in it")
    arguments = parser.parse_args()

    rows = [row for row in ROWS
            if not arguments.rows or any(word.lower() in row.what.lower() for word in arguments.rows)]
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the start\n")
    print(f"{'What':44} {'Figure':>10} {'Goal':>12}  {'':5}  Detail")
    short = 0
    run = Run(arguments.bin.resolve(), arguments.quick)
    try:
        for row in rows:
            try:
                figure = row.measure(run)
                met, text, detail = row.met(figure), figure.text, figure.detail
            except Unmeasurable as reason:
                met, text, detail = False, "none", str(reason)
            short += not met
            print(f"{row.what:44} {text:>10} {row.goal():>12}  {'pass' if met else 'SHORT':5}  {detail}", flush=True)
    finally:
        run.close()
    print(f"\n{len(rows) - short} of {len(rows)} rows reach their goal")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
