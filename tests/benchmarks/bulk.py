# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""How fast many bytes go through, against socat with a buffer of 256 KiB and against C loops (bare_stream.c)."""

import functools
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import time
from contextlib import ExitStack

from programs import PATIENCE, Display, Program, Unmeasurable
from table import ratio
from windows import milliseconds

BUFFER = 256 * 1024
GREETING = 16 * 1024 * 1024
MESSAGE = 250_000_000  # bytes: nearly the longest that a client takes


def _socat():
    if not shutil.which("socat"):
        raise Unmeasurable("there is no socat")
    return "socat", "-u", "-b", str(BUFFER)


def _compared(run, ours, theirs, whole):
    """Bytes a second of both, measured in turn. Each returns (bytes, seconds); the first round is for warming up."""
    rounds = []
    complete = True
    for number in range(-1, run.rounds):
        rates = {}
        for measure in (ours, theirs) if number % 2 else (theirs, ours):
            count, seconds = measure()
            complete = complete and count == whole
            rates[measure] = count / seconds
        if number >= 0:
            rounds.append((rates[ours], rates[theirs]))
    our, their = (statistics.median(values) for values in zip(*rounds))
    return ratio(statistics.median(a / b for a, b in rounds),
                 f"{our / 1e9:.2f} against {their / 1e9:.2f} GB/s" + ("" if complete else "; not all arrived"), complete)


def _client(run, mode, number, server):
    """What bare_stream measured as a client of the server."""
    done = subprocess.run([run.tool("bare_stream"), mode, str(number), str(server.port)], capture_output=True,
                          timeout=60 + PATIENCE, check=False)
    if not done.stdout:
        raise Unmeasurable(f"bare_stream {mode}: {done.stderr.decode().strip()}")
    told = json.loads(done.stdout)
    return told["bytes"], told["seconds"]


def _piped(run, *command):
    """How many bytes the command writes to a pipe, and how long that takes from its start."""
    begin = time.perf_counter()
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=run.environment) as process:
        count = 0
        with open(process.stdout.fileno(), "rb", buffering=0, closefd=False) as pipe:
            room = bytearray(BUFFER)
            while size := pipe.readinto(room):
                count += size
    return count, time.perf_counter() - begin


def receive(run):
    """`parley-client --raw`, from its start, to a pipe."""
    with Program(run, run.tool("bare_stream"), "source", MESSAGE) as source:
        return _compared(
            run,
            lambda: _piped(run, run.programs / "parley-client", "--headless", "--raw", "--max-bytes", MESSAGE,
                           "127.0.0.1", source.port),
            lambda: _piped(run, *_socat(), f"TCP4:127.0.0.1:{source.port}", "STDOUT"), MESSAGE)


def discard(run):
    size = run.scaled(4_000_000_000)
    with run.headless("--behaviour", "discard") as ours, Program(
            run, *_socat(), "TCP4-LISTEN:0,bind=127.0.0.1,fork", f"OPEN:{os.devnull},wronly") as theirs:
        return _compared(run, lambda: _client(run, "send", size, ours), lambda: _client(run, "send", size, theirs), size)


def echo(run):
    size = run.scaled(2_000_000_000)
    with run.headless("--behaviour", "echo") as ours, Program(run, run.tool("bare_stream"), "echo") as theirs:
        return _compared(run, lambda: _client(run, "trip", size, ours), lambda: _client(run, "trip", size, theirs), size)


def greeting(run):
    times = run.scaled(50)
    file = os.path.join(run.folder, "greeting")
    with open(file, "wb") as greeting_file:
        greeting_file.truncate(GREETING)
    with run.headless("--greeting-file", file) as ours, Program(
            run, run.tool("bare_stream"), "source", GREETING) as theirs:
        return _compared(run, lambda: _client(run, "receive", times, ours),
                         lambda: _client(run, "receive", times, theirs), times * GREETING)


def _pings_of_server(run):
    with ExitStack() as stack:
        display = stack.enter_context(Display(run))
        window = stack.enter_context(run.window("--behaviour", "discard", environment=display.environment))
        window.rest()
        watch = stack.enter_context(run.ping(display, window))
        count, seconds = _client(run, "send", run.scaled(20_000_000_000), window)
        return watch.result(), count / seconds


def _pings_of_client(run):
    settings = pathlib.Path(run.folder, "staying")
    (settings / "Parley").mkdir(parents=True)
    (settings / "Parley/parley-client.ini").write_text("[General]\nstay=yes\n")  # no message is too long then
    with ExitStack() as stack:
        display = stack.enter_context(Display(run))
        size = run.scaled(10_000_000_000)
        source = stack.enter_context(Program(run, run.tool("bare_stream"), "source", size))
        window = stack.enter_context(Program(
            run, run.programs / "parley-client", "--connect", "127.0.0.1", source.port,
            environment=display.environment | {"XDG_CONFIG_HOME": str(settings)}))
        watch = stack.enter_context(run.ping(display, window))
        begin = time.perf_counter()
        source.rest()  # the window itself is kept busy by the pings
        rate = size / (time.perf_counter() - begin)
        return watch.result(), rate


@functools.cache
def delay(run, program):
    """Pings of a window that receives as fast as it can: the server's as discard, the client's while it stays connected."""
    pings, rate = _pings_of_server(run) if program == "server" else _pings_of_client(run)
    figure = milliseconds(pings, "p99")
    figure.detail += f"; {rate / 1e9:.2f} GB/s"
    return figure
