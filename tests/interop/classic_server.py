# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""The first server of every socket lesson: classic_server.py PORT [HOST]. Port 0 means any free one."""

import socket
import sys

port = int(sys.argv[1])
host = sys.argv[2] if len(sys.argv) > 2 else socket.gethostname()

listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
listener.bind((host, port))
listener.listen(5)
print(listener.getsockname()[1], flush=True)

while True:
    connection, address = listener.accept()
    print(f"Connection established with {address}", flush=True)
    connection.send("Hello World!".encode("utf-8"))
    connection.close()
