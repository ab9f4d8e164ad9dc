# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""The other end, for every family and type, made of the socket module alone.

peer.py client FAMILY TYPE ADDRESS: connects or sends an empty datagram, prints what comes, and its own address.
peer.py server FAMILY TYPE ADDRESS: prints its address, then greets whoever comes and prints who that is.
FAMILY and TYPE are the constants' names. ADDRESS is a path, or HOST PORT; a path's @ stands for an abstract name.
"""

import socket
import struct
import sys

role, family, kind = sys.argv[1], getattr(socket, sys.argv[2]), getattr(socket, sys.argv[3])
if family == socket.AF_UNIX:
    address = sys.argv[4].replace("@", "\0", 1) if sys.argv[4].startswith("@") else sys.argv[4]
else:
    address = (sys.argv[4], int(sys.argv[5]))
own = socket.socket(family, kind)
own.settimeout(20)


def peer_of(connection, address):
    if family != socket.AF_UNIX:
        return address
    return struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]


if role == "client":
    own.connect(address)
    if kind == socket.SOCK_DGRAM:
        own.send(b"")
        print(own.recv(65536).decode("utf-8"))
    else:
        message = b""
        while part := own.recv(1024):
            message += part
        print(message.decode("utf-8"))
    print(own.getsockname())
else:
    own.bind(address)
    print(own.getsockname() if family == socket.AF_UNIX else own.getsockname()[1], flush=True)
    if kind == socket.SOCK_STREAM:
        own.listen(5)
    while True:
        if kind == socket.SOCK_DGRAM:
            asked, peer = own.recvfrom(65536)
            own.sendto("Grüße an ".encode("utf-8") + asked, peer)
            print(peer, flush=True)
        else:
            connection, peer = own.accept()
            print(peer_of(connection, peer), flush=True)
            connection.send("Grüße an ".encode("utf-8") + connection.recv(1024))
            connection.close()
