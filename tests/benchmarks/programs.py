# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""The measured programs, the measuring ones, and what the system tells of each."""

import functools
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 20  # seconds; a guard against what never comes, not a measure


class Unmeasurable(Exception):
    """Why there is no figure."""


def wait_until(what, condition, pause=0.002):
    """Waits until condition() is true, and returns its result."""
    limit = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > limit:
            raise Unmeasurable(f"{what}: not within {PATIENCE} s")
        time.sleep(pause)
    return value


class Program:
    """A process that ends with this object. Its output goes to files; or it is talked with, line by line."""

    def __init__(self, run, *command, environment=None, talk=False, **options):
        self.name = pathlib.Path(command[0]).name
        self.output = tempfile.TemporaryFile(dir=run.folder)
        self.errors = tempfile.TemporaryFile(dir=run.folder)
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE} if talk else {
            "stdin": subprocess.DEVNULL, "stdout": self.output}
        self.process = subprocess.Popen([str(part) for part in command], env=run.environment | (environment or {}),
                                        stderr=self.errors, bufsize=0, **streams, **options)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for stream in (self.output, self.errors, self.process.stdin, self.process.stdout):
            if stream:
                stream.close()

    def line(self, seconds=PATIENCE):
        """The next line on stdout, once it is there."""
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise Unmeasurable(f"{self.name} says nothing for {seconds} s")
        if not (line := self.process.stdout.readline()):
            raise Unmeasurable(f"{self.name} ended: {self.error()}")
        return line.decode().strip()

    def ask(self, command, seconds=PATIENCE):
        self.process.stdin.write(command.encode() + b"\n")
        answer = json.loads(self.line(seconds))
        if "error" in answer:
            raise Unmeasurable(f"{self.name}: {command}: {answer['error']}")
        return answer

    def result(self):
        """Ends its stdin, and returns what it then says."""
        self.process.stdin.close()
        return json.loads(self.line())

    def lines(self, beginning):
        """How many lines on stdout begin so."""
        self.output.seek(0)
        return sum(line.startswith(beginning) for line in self.output)

    def error(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace").strip()

    def cpu(self):
        """Nanoseconds that its threads have run, those that have ended included (clock_getcpuclockid(3))."""
        return time.clock_gettime_ns(~self.pid << 3 | 2)

    def memory(self, kind):
        """Bytes, as smaps_rollup has them: Rss is all memory that is mapped and there, Anonymous the allocated part."""
        for line in pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(kind + ":"):
                return int(line.split()[1]) * 1024
        raise Unmeasurable(f"smaps_rollup has no {kind}")

    def rest(self):
        """Waits until it has run for less than 1 % of a tenth of a second: windows work every 33 ms."""
        limit = time.monotonic() + PATIENCE
        before = self.cpu()
        while time.monotonic() < limit:
            time.sleep(0.1)
            after = self.cpu()
            if after - before < 1_000_000:
                return
            before = after
        raise Unmeasurable(f"{self.name} does not come to rest")

    @functools.cached_property
    def port(self):
        """The TCP port that it listens on, once it does."""
        return wait_until(f"{self.name} listens", self._listening_port)

    def _listening_port(self):
        if self.process.poll() is not None:
            raise Unmeasurable(f"{self.name} ended: {self.error()}")
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
            raise Unmeasurable(f"Xvfb does not start: {self.error()}")
        self.environment = {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}


class Run:
    """Where the programs are, what they run in, and how much is measured."""

    def __init__(self, programs, quick):
        self.programs = programs
        self.quick = quick
        self.rounds = 5 if quick else 15
        self._folder = tempfile.TemporaryDirectory(prefix="parley-bench-")
        self.folder = self._folder.name
        self.environment = os.environ | {
            "XDG_CONFIG_HOME": self.folder, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            self.environment.pop(name, None)

    def close(self):
        self._folder.cleanup()

    def scaled(self, count):
        return count // 5 if self.quick else count

    def tool(self, name):
        path = self.programs / "benchmarks" / name
        if not path.exists():
            raise Unmeasurable(f"{name} is not built")
        return path

    # Servers; each listens on 127.0.0.1

    def window(self, *options, port=0, **more):
        return Program(self, self.programs / "parley-server", *options, "127.0.0.1", port, **more)

    def headless(self, *options, port=0):
        return self.window("--headless", *options, port=port)

    def window_host(self, *options, **more):
        return Program(self, self.tool("window_host"), *options, "127.0.0.1", 0, talk=True, **more)

    def bare(self, *options):
        return Program(self, self.tool("bare_server"), *options)

    def bare_qt(self, kind, port):
        """Of a window or headless."""
        return Program(self, self.tool({"window": "bare_qt_window", "headless": "bare_qt"}[kind]), port)

    def python(self):
        return Program(self, sys.executable, HERE.parent / "interop/classic_server.py", 0, "127.0.0.1")

    # Their clients

    def _load(self, server, connections, concurrency, *options):
        return [str(part) for part in (self.tool("load"), "-n", connections, "-c", concurrency, *options, server.port)]

    def load(self, server, connections, concurrency, *options, seconds=60):
        """What load.c found out."""
        done = subprocess.run(self._load(server, connections, concurrency, "-t", seconds, *options),
                              capture_output=True, timeout=seconds + PATIENCE, check=False)
        if not done.stdout:
            raise Unmeasurable(f"the load failed: {done.stderr.decode().strip()}")
        return json.loads(done.stdout)

    def endless_load(self, server, concurrency):
        return Program(self, *self._load(server, 100_000_000, concurrency, "-t", 600))

    def hold(self, server, connections):
        """Connections that have their greeting and stay, until result() is asked for."""
        holder = Program(self, *self._load(server, connections, 64, "-t", 600, "-H"), talk=True)
        holder.line(60)
        return holder

    def ping(self, display, server):
        """Pings its window until result() is asked for."""
        watch = Program(self, self.tool("ping"), server.pid, environment=display.environment, talk=True)
        watch.line()
        return watch
