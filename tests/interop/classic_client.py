# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""The first client of every socket lesson: classic_client.py PORT [HOST]."""

import socket
import sys

port = int(sys.argv[1])
host = sys.argv[2] if len(sys.argv) > 2 else socket.gethostname()

connection = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))
print(connection.recv(1024).decode("utf-8"))
connection.close()
