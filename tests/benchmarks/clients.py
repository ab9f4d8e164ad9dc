# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""parley-client: as a load, against load.c on the same server in turn; and a single connection, against Python."""

import json
import statistics
import subprocess
import sys
import time

from programs import HERE, PATIENCE, Unmeasurable
from table import Figure, ratio

HELD = 5_000


def _repeat(run, server, connections, concurrency, *options):
    """parley-client's account. Like load.c it checks each greeting, and connects from 16 addresses."""
    done = subprocess.run(
        [run.programs / "parley-client", "--headless", "--json", "--repeat", str(connections), "--concurrency",
         str(concurrency), "--expect", "Hello World!", "--source", "127.9.9.0/28", *options, "127.0.0.1",
         str(server.port)],
        env=run.environment, capture_output=True, timeout=60 + PATIENCE, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise Unmeasurable(f"parley-client: {done.stderr.decode().strip()}") from None


def repeat_rate(run, concurrency):
    connections = run.scaled(30_000 if concurrency > 1 else 10_000)
    rounds = []
    lost = 0
    with run.bare() as server:
        for number in range(-1, run.rounds):  # the first is for warming up
            plain = run.load(server, connections, concurrency)
            account = _repeat(run, server, connections, concurrency)
            lost += connections - account["outcomes"]["complete"]
            if number >= 0:
                rounds.append((account["complete_per_second"], plain["rate"]))
    ours, theirs = (statistics.median(values) for values in zip(*rounds))
    return ratio(statistics.median(our / their for our, their in rounds),
                 f"{ours:,.0f} against {theirs:,.0f}/s; {lost} of {connections * (run.rounds + 1):,} lost", lost == 0)


def held(run):
    with run.bare("hold") as server:
        account = _repeat(run, server, HELD, HELD, "--hold", "2")
    complete = account["outcomes"]["complete"]
    return Figure(account["most_open"], f"{account['most_open']:,}", f"{complete:,} of {HELD:,} complete",
                  complete == HELD)


def _seconds(run, *command):
    begin = time.perf_counter()
    done = subprocess.run([str(part) for part in command], env=run.environment, capture_output=True,
                          timeout=PATIENCE, check=False)
    if done.stdout != b"Hello World!\n":
        raise Unmeasurable(f"{command[0]} printed {done.stdout!r} {done.stderr!r}")
    return time.perf_counter() - begin


def single(run):
    rounds = []
    with run.bare() as server:
        for number in range(-1, 2 * run.rounds):  # the first is for warming up
            measured = (
                _seconds(run, run.programs / "parley-client", "--headless", "127.0.0.1", server.port),
                _seconds(run, sys.executable, HERE.parent / "interop/classic_client.py", server.port, "127.0.0.1"))
            if number >= 0:
                rounds.append(measured)
    ours, theirs = (statistics.median(values) * 1000 for values in zip(*rounds))
    return ratio(statistics.median(our / their for our, their in rounds), f"{ours:.1f} against {theirs:.1f} ms")
