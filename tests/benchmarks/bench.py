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
import select
import shutil
import signal
import socket
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


def await_(what, condition, pause=0.002):
    """What condition() returns once it is true."""
    limit = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > limit:
            raise Unmeasurable(f"{what}: not within {PATIENCE} s")
        time.sleep(pause)
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


class Display(Program):
    """An X server of its own, without a window manager."""

    def __init__(self, run):
        if not shutil.which("Xvfb"):
            raise Unmeasurable("there is no Xvfb")
        reader, writer = os.pipe()
        super().__init__(run, "Xvfb", "-displayfd", writer, "-screen", "0", "1280x1024x24", "-nolisten", "tcp",
                         pass_fds=[writer])
        os.close(writer)
        with open(reader, encoding="ascii") as pipe:
            number = pipe.readline().strip()  # nothing, if it ends
        if not number:
            raise Unmeasurable("Xvfb does not start")
        self.environment = {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}


class Dialogue(Program):
    """A program that works until its stdin ends, and then says in JSON what it found out."""

    def __init__(self, run, *command, **options):
        super().__init__(run, *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)

    def line(self):
        """The next one on stdout, once it is there."""
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise Unmeasurable(f"{self.name} says nothing")
        if not (line := self.process.stdout.readline()):
            self.errors.seek(0)
            raise Unmeasurable(f"{self.name} ended: {self.errors.read().decode().strip()}")
        return line.strip()

    def result(self):
        self.process.stdin.close()
        return json.loads(self.line())


class Run:
    """Where the programs are, what they run in, and how much is measured."""

    def __init__(self, programs, quick):
        self.programs = programs
        self.quick = quick
        self.rounds = 3 if quick else 9
        self._folder = tempfile.TemporaryDirectory(prefix="parley-bench-")
        self.folder = self._folder.name
        self.environment = os.environ | {
            "XDG_CONFIG_HOME": self.folder, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            self.environment.pop(name, None)

    def close(self):
        self._folder.cleanup()

    def scaled(self, connections):
        return connections // 5 if self.quick else connections

    def tool(self, name):
        path = self.programs / "benchmarks" / name
        if not path.exists():
            raise Unmeasurable(f"{name} is not built")
        return path

    def bare(self, *options):
        return Server(self, self.tool("bare_server"), *options)

    def window(self, *options, port=0, **more):
        return Server(self, self.programs / "parley-server", *options, "127.0.0.1", port, **more)

    def headless(self, *options, port=0):
        return self.window("--headless", *options, port=port)

    def bare_qt(self, kind, port):
        return Server(self, self.tool("bare_qt"), kind, port)

    def python(self):
        return Server(self, sys.executable, HERE.parent / "interop/classic_server.py", 0, "127.0.0.1")

    def load(self, server, connections, concurrency, *options, seconds=60):
        """What load.c found out."""
        done = subprocess.run(
            [self.tool("load"), "-n", str(connections), "-c", str(concurrency), "-t", str(seconds), *options,
             str(server.port)], stdout=subprocess.PIPE, timeout=seconds + PATIENCE, check=False)
        if not done.stdout:
            raise Unmeasurable("the load failed")
        return json.loads(done.stdout)

    def hold(self, server, connections):
        """Connections that stay, with their greeting, until result() is asked for."""
        return Dialogue(self, self.tool("load"), "-H", "-n", connections, "-c", 64, "-t", 600, server.port)


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


@dataclass
class Held:
    memory: float  # bytes for each
    churn: dict  # Comparison of a server that holds against one that does not, by concurrency
    lost: int  # of those held


@functools.cache
def with_held(run):
    """One window that holds connections, against one that holds none. Those who come and go leave by themselves."""
    count = run.scaled(9_000)
    with ExitStack() as stack:
        holding, free = (stack.enter_context(run.window("--behaviour", "greet-hold")) for _ in range(2))
        for server in (holding, free):
            loaded(run, server, 1_000, 64, "-l")  # what is allocated once is not what a connection costs
        before = holding.memory()["Anonymous"]
        held = stack.enter_context(run.hold(holding, count))
        json.loads(held.line())
        holding.rest()
        memory = (holding.memory()["Anonymous"] - before) / count
        churn = {concurrency: compare(run, holding, free, run.scaled(connections), concurrency, "-l")
                 for concurrency, connections in ((64, 30_000), (1, 15_000))}
        return Held(memory, churn, count - held.result()["complete"])


@functools.cache
def pings(run):
    """What ping.c finds out about a window that lists connections as fast as they can come."""
    with ExitStack() as stack:
        display = stack.enter_context(Display(run))
        server = stack.enter_context(run.window(environment=display.environment))
        speed, *_ = loaded(run, server, 10_000, 64)
        watch = stack.enter_context(Dialogue(run, run.tool("ping"), server.pid, environment=display.environment))
        watch.line()
        load = run.load(server, int(speed * run.scaled(15)), 64)
        return watch.result() | {"load": load}


@dataclass
class Start:
    seconds: float
    memory: int  # bytes, at rest


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def greeting(port):
    """What the server sends; nothing while it does not listen."""
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            return client.recv(1024)
    except ConnectionRefusedError:
        return None


def start(make):
    """From just before fork and exec to the client's having the greeting, which it tries to get all the time."""
    port = free_port()
    begin = time.perf_counter()
    with make(port) as server:
        await_(f"{server.name} greets", lambda: greeting(port), pause=0.0002)
        seconds = time.perf_counter() - begin
        server.rest()
        return Start(seconds, server.memory()["Rss"])


@functools.cache
def starts(run, kind):
    """The medians of the ratios of time and memory, and a sentence on each."""
    ours = run.headless if kind == "headless" else run.window
    pairs = []
    for number in range(-1, run.rounds):
        theirs, our = start(lambda port: run.bare_qt(kind, port)), start(lambda port: ours(port=port))
        if number >= 0:  # the first is for warming up
            pairs.append((our, theirs))
    middle = statistics.median
    time_ratio, memory_ratio = (middle(getattr(our, what) / getattr(their, what) for our, their in pairs)
                                for what in ("seconds", "memory"))
    return (
        ratio(time_ratio, f"{middle(our.seconds for our, _ in pairs) * 1000:.0f} against "
                          f"{middle(their.seconds for _, their in pairs) * 1000:.0f} ms"),
        ratio(memory_ratio, f"{middle(our.memory for our, _ in pairs) / 1e6:.1f} against "
                            f"{middle(their.memory for _, their in pairs) / 1e6:.1f} MB"))


@functools.cache
def against_python(run):
    """At concurrency 4, where its backlog of 5 is enough; and one load of each at 64."""
    with run.window() as ours, run.python() as theirs:
        few = compare(run, ours, theirs, run.scaled(10_000), 4)
        many = [run.load(server, 20_000, 64, seconds=15) for server in (ours, theirs)]
        return few, *many


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


def churn(run, concurrency):
    held = with_held(run)
    result = held.churn[concurrency]
    return ratio(result.rate, f"{result.ours[0]:,.0f} against {result.theirs[0]:,.0f}/s; of those held {held.lost} lost",
                 result.lost == 0 and held.lost == 0)


def held_memory(run):
    held = with_held(run)
    return Figure(held.memory / 1000, f"{held.memory / 1000:.2f} KB", whole=held.lost == 0)


def delay(run, which):
    result = pings(run)
    milliseconds = result[which] / 1000
    load = result["load"]
    return Figure(milliseconds, f"{milliseconds:.1f} ms",
                  f"p50 {result['p50'] / 1000:.2f} ms; {result['answers']} of {result['pings']} answered, "
                  f"at {load['rate']:,.0f}/s", result["answers"] == result["pings"] and load["complete"] > 0)


def python_rate(run):
    few, _, _ = against_python(run)
    return ratio(few.rate, f"{few.ours[0]:,.0f} against {few.theirs[0]:,.0f}/s", few.lost == 0)


def python_slowest(run):
    _, ours, theirs = against_python(run)
    return Figure(theirs["slowest"] / ours["slowest"], f"{theirs['slowest'] / ours['slowest']:.0f} x",
                  f"{ours['slowest'] / 1000:.1f} against {theirs['slowest'] / 1000:,.0f} ms; "
                  f"hung: {ours['hung']} against {theirs['hung']}", ours["complete"] == ours["connections"])


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
    Row("rate: window, 64 at once", lambda run: rate(run, "window", 64), at_least=0.90),
    Row("rate: window, 1 at once", lambda run: rate(run, "window", 1), at_least=0.90),
    Row("CPU: window, 64 at once", lambda run: cpu(run, "window", 64), at_most=1.3),
    Row("CPU: window, 1 at once", lambda run: cpu(run, "window", 1), at_most=1.5),
    Row("rate: headless, 64 at once", lambda run: rate(run, "headless", 64), at_least=0.90),
    Row("rate: headless, 1 at once", lambda run: rate(run, "headless", 1), at_least=0.90),
    Row("CPU: headless, 64 at once", lambda run: cpu(run, "headless", 64), at_most=1.3),
    Row("churn: with 9,000 held, 64 at once", lambda run: churn(run, 64), at_least=0.80),
    Row("churn: with 9,000 held, 1 at once", lambda run: churn(run, 1), at_least=0.80),
    Row("memory: a held connection", held_memory, at_most=1.0, unit="KB"),
    Row("delay: window under full load, p99", lambda run: delay(run, "p99"), at_most=10, unit="ms"),
    Row("delay: window under full load, slowest", lambda run: delay(run, "slowest"), at_most=33, unit="ms"),
    Row("start: headless, to the first greeting", lambda run: starts(run, "headless")[0], at_most=1.3),
    Row("start: headless, memory", lambda run: starts(run, "headless")[1], at_most=1.2),
    Row("start: window, to the first greeting", lambda run: starts(run, "window")[0], at_most=1.25),
    Row("start: window, memory", lambda run: starts(run, "window")[1], at_most=1.4),
    Row("python: rate, 4 at once", python_rate, at_least=0.85),
    Row("python: slowest client, 64 at once", python_slowest, at_least=100, unit="x"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=HERE.parent.parent / "build/release/bin",
                        help="where the programs are")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only rows whose text has one of these words in it")
    arguments = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # which ends what was started
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
