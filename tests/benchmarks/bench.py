#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""Measures Parley against bare programs that do the same, and prints a row for each goal.

A comparison has both servers running, and loads them in turn, several rounds long, so that whatever else the computer
does meets both. A figure is the median of the rounds' ratios. Nothing is pinned to a processor.

  rate    complete connections a second of a load (load.c) that checks each one's greeting and FIN
  CPU     of the server's whole process, from before a load until it is at rest after it
  memory  of /proc/PID/smaps_rollup: at rest all that is mapped (Rss), for a connection what was allocated (Anonymous)
  delay   round trips of a window manager's pings (ping.c), one each 2 ms, on an X server of its own (Xvfb)
  window  the real parley-server on Qt's offscreen platform (for delays on that X server), with empty settings

The exit status is 1 if a row is short of its goal, has lost a connection, or could not be measured.
"""

import argparse
import os
import pathlib
import signal
import sys

import bulk
import clients
import million
import rates
import windows
from programs import Run
from table import Row, print_table

ROWS = [
    Row("rate: window, 64 at once", lambda run: rates.rate(run, "window", 64), at_least=0.90),
    Row("rate: window, 1 at once", lambda run: rates.rate(run, "window", 1), at_least=0.90),
    Row("rate: window, connections that it lists", rates.listed, at_least=1),
    Row("CPU: window, 64 at once", lambda run: rates.cpu(run, "window", 64), at_most=1.3),
    Row("CPU: window, 1 at once", lambda run: rates.cpu(run, "window", 1), at_most=1.5),
    Row("rate: headless, 64 at once", lambda run: rates.rate(run, "headless", 64), at_least=0.90),
    Row("rate: headless, 1 at once", lambda run: rates.rate(run, "headless", 1), at_least=0.90),
    Row("CPU: headless, 64 at once", lambda run: rates.cpu(run, "headless", 64), at_most=1.3),
    Row("held: rate with 9,000, 64 at once", lambda run: rates.churn_with_held(run, 64), at_least=0.80),
    Row("held: rate with 9,000, 1 at once", lambda run: rates.churn_with_held(run, 1), at_least=0.80),
    Row("held: memory of a connection", rates.held_memory, at_most=1.0, unit="KB"),
    Row("delay: full load, p99", lambda run: windows.delay(run, "p99"), at_most=10, unit="ms"),
    Row("delay: full load, slowest", lambda run: windows.delay(run, "slowest"), at_most=33, unit="ms"),
    Row("start: headless, to the first greeting", lambda run: windows.start_time(run, "headless"), at_most=1.25),
    Row("start: headless, memory at rest", lambda run: windows.start_memory(run, "headless"), at_most=1.25),
    Row("start: window, to the first greeting", lambda run: windows.start_time(run, "window"), at_most=1.25),
    Row("start: window, memory at rest", lambda run: windows.start_memory(run, "window"), at_most=1.4),
    Row("million: memory of a row", million.row_memory, at_most=80, unit="B"),
    Row("million: CPU of a connection, 500,000 listed", million.cpu, at_most=1.15),
    Row("million: delay, idle", lambda run: million.delay(run, "idle"), at_most=50, unit="ms"),
    Row("million: delay, scrolling", lambda run: million.delay(run, "scrolling"), at_most=50, unit="ms"),
    Row("million: delay, typing into the filter", lambda run: million.delay(run, "typing"), at_most=50, unit="ms"),
    Row("million: delay, sorting", lambda run: million.delay(run, "sorting"), at_most=50, unit="ms"),
    Row("million: a filter's result", lambda run: million.result(run, "typing"), at_most=1, unit="s"),
    Row("million: a sort's result", lambda run: million.result(run, "sorting"), at_most=1, unit="s"),
    Row("Python: rate, 4 at once", rates.python_rate, at_least=0.85),
    Row("Python: slowest client, 64 at once", rates.python_slowest, at_least=100, unit="x"),
    Row("client: rate as a load, 64 at once", lambda run: clients.repeat_rate(run, 64), at_least=0.80),
    Row("client: rate as a load, 1 at once", lambda run: clients.repeat_rate(run, 1), at_least=0.85),
    Row("client: connections that it holds", clients.held, at_least=clients.HELD),
    Row("client: a single connection", clients.single, at_most=0.8),
    Row("bulk: client, --raw to a pipe", bulk.receive, at_least=0.8),
    Row("bulk: server, discard", bulk.discard, at_least=0.8),
    Row("bulk: server, echo", bulk.echo, at_least=0.8),
    Row("bulk: server, a greeting of 16 MiB", bulk.greeting, at_least=0.8),
    Row("bulk: delay, server's window, p99", lambda run: bulk.delay(run, "server"), at_most=10, unit="ms"),
    Row("bulk: delay, client's window, p99", lambda run: bulk.delay(run, "client"), at_most=10, unit="ms"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, help="where the programs are (build/release/bin)",
                        default=pathlib.Path(__file__).resolve().parents[2] / "build/release/bin")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("rows", nargs="*", metavar="WORDS", help="only rows whose text these are part of")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # which ends what was started

    wanted = [words.lower() for words in arguments.rows] or [""]
    rows = [row for row in ROWS if any(words in row.what.lower() for words in wanted)]
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the start\n")
    run = Run(arguments.bin.resolve(), arguments.quick)
    try:
        short = print_table(rows, run)
    finally:
        run.close()
    print(f"\n{len(rows) - short} of {len(rows)} rows reach their goal")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
