# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""What a plain client sees of each behaviour: behaviour_client.py PORT SCENARIO.

The scenarios are the functions below. One that sees something else ends with a traceback. The greeting is
"Hello World!".
"""

import socket
import sys
import time

GREETING = b"Hello World!"
QUIET = 0.3  # seconds in which nothing comes


def receive_all():
    message = b""
    while part := own.recv(65536):
        message += part
    return message


def receive(count):
    message = b""
    while len(message) < count:
        part = own.recv(count - len(message))
        assert part, message
        message += part
    return message


def hears_nothing():
    own.settimeout(QUIET)
    try:
        heard = own.recv(1)
    except socket.timeout:
        own.settimeout(20)
        return True
    raise AssertionError(f"received {heard!r}")


def is_reset():
    try:
        heard = own.recv(1)
    except ConnectionResetError:
        return True
    raise AssertionError(f"received {heard!r}")


def greet_close():
    assert receive_all() == GREETING


def greet_hold():
    assert receive(12) == GREETING
    own.sendall(b"x" * 1_000_000)
    assert hears_nothing()
    own.shutdown(socket.SHUT_WR)
    assert receive_all() == b""


def echo():
    for said in (b"a", b"Gr\xc3\xbc\xc3\x9fe\r\n", bytes(range(256)) * 100):
        own.sendall(said)
        assert receive(len(said)) == said
    own.sendall(b"the last")
    own.shutdown(socket.SHUT_WR)
    assert receive_all() == b"the last"


def echo_flood():
    """A client that does not read has to wait in the end, and misses nothing."""
    own.setblocking(False)
    piece = bytes(range(251)) * 261  # about 64 KiB
    said = 0
    silent_since = time.monotonic()
    while time.monotonic() - silent_since < QUIET:
        try:
            said += own.send(piece[said % 251 :])
            silent_since = time.monotonic()
        except BlockingIOError:
            pass
        assert said < 200_000_000
    own.settimeout(20)
    own.shutdown(socket.SHUT_WR)
    heard = receive_all()
    assert len(heard) == said
    assert heard == (piece * (said // len(piece) + 1))[:said]


def silent():
    own.sendall(b"Who is there?")
    own.shutdown(socket.SHUT_WR)
    assert hears_nothing()


def silent_flood():
    own.settimeout(QUIET)
    said = 0
    try:
        while said < 200_000_000:
            said += own.send(b"x" * 65536)
    except socket.timeout:
        return
    raise AssertionError("somebody reads")


def drip():
    """Told bytes=2,every=50."""
    began = time.monotonic()
    message = b""
    while part := own.recv(65536):
        message += part
        # Never more than what was due; the connection was accepted before the first byte was asked for.
        most = 2 * (int((time.monotonic() - accepted) / 0.05) + 1)
        assert len(message) <= most, (message, most)
    assert message == GREETING
    assert time.monotonic() - began > 0.15


def drip_half_closed():
    own.shutdown(socket.SHUT_WR)
    assert receive_all() == GREETING


def delay():
    """Told after=400."""
    assert hears_nothing()
    assert receive_all() == GREETING
    assert time.monotonic() - accepted > 0.39


def stall():
    assert receive(6) == GREETING[:6]
    own.shutdown(socket.SHUT_WR)
    assert hears_nothing()


def reset():
    assert receive(5) == GREETING[:5]
    assert is_reset()


def reset_at_once():
    assert is_reset()


def reset_after_all():
    assert receive(12) == GREETING
    assert is_reset()


def half_close():
    assert receive_all() == GREETING
    for _ in range(20):
        own.sendall(b"I go on. " * 10_000)
    assert own.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    own.shutdown(socket.SHUT_WR)


def discard():
    for _ in range(100):
        own.sendall(b"x" * 100_000)
    assert hears_nothing()
    own.shutdown(socket.SHUT_WR)
    assert receive_all() == b""


def split_mix_64(seed):
    mask = (1 << 64) - 1
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def random():
    """Told bytes=200001,seed=42."""
    heard = receive_all()
    outputs = split_mix_64(42)
    expected = b"".join(next(outputs).to_bytes(8, "little") for _ in range(25_001))
    assert len(heard) == 200_001
    assert heard == expected[:200_001]


def connected():
    """A connection; on a busy computer a reset may come before connect has returned, and is seen by connect."""
    for _ in range(1000):
        own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        own.settimeout(20)
        try:
            own.connect(("127.0.0.1", int(sys.argv[1])))
            return own
        except ConnectionResetError:
            if sys.argv[2] == "reset_at_once":
                sys.exit()
    raise AssertionError("each connection was reset at once")


accepted = time.monotonic()  # or later
own = connected()
globals()[sys.argv[2]]()
