# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""The other end in a text encoding of Python's, made of the socket module alone.

encoded_peer.py server CODEC TEXT: prints its port, takes as many bytes as TEXT has, prints them as text, and sends TEXT
a byte at a time.
encoded_peer.py client CODEC PORT: connects and prints what comes as text.
"""

import socket
import sys

role, codec = sys.argv[1:3]
sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)


def take(connection, most):
    taken = b""
    while len(taken) < most and (part := connection.recv(most - len(taken))):
        taken += part
    return taken.decode(codec)


if role == "client":
    print(take(socket.create_connection(("127.0.0.1", int(sys.argv[3])), 20), 65536))
else:
    text = sys.argv[3].encode(codec)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)
    print(listener.getsockname()[1])
    connection = listener.accept()[0]
    connection.settimeout(20)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(take(connection, len(text)))
    for byte in text:
        connection.send(bytes([byte]))
