// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/error_reason.h"

#include "shared/message/error_text.h"

#include <QCoreApplication>

#include <cerrno>
#include <netdb.h>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(ErrorReason)
};

} // namespace

ErrorReason errorReason(int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
        return {Texts::tr("this user may not do that, or a firewall or a sandbox of this computer forbids it"),
                Texts::tr("Ask the administrator, or look at the rules of the firewall here.")};
    case EADDRINUSE:
        return {Texts::tr("another socket has this address"),
                Texts::tr("Choose another one, or wait until it is free.")};
    case EADDRNOTAVAIL:
        return {Texts::tr("this computer has no such address, or no port is free there"),
                Texts::tr("Choose another address, or wait until other connections have ended.")};
    case EAFNOSUPPORT:
        return {Texts::tr("this computer has no such address family"),
                Texts::tr("Choose an address of another family.")};
    case EAGAIN: return {Texts::tr("the system has no room for it at the moment"), Texts::tr("Try again.")};
    case ECONNABORTED: return {Texts::tr("the connection was gone before it was accepted"), Texts::tr("Try again.")};
    case ECONNREFUSED:
        return {Texts::tr("nothing listens there"), Texts::tr("Start a server there, or check host and port.")};
    case ECONNRESET:
    case ENETRESET:
    case EPIPE:
        return {Texts::tr("the peer has reset the connection"), Texts::tr("Look at why the other program ended it.")};
    case ETIMEDOUT:
        return {Texts::tr("the peer did not answer for too long"),
                Texts::tr("Check the network, and the other computer.")};
    case EHOSTUNREACH:
#ifdef EHOSTDOWN
    case EHOSTDOWN:
#endif
        return {Texts::tr("no computer answers at that address, or a router on the way says so"),
                Texts::tr("Check the address, and whether that computer is on.")};
    case ENETUNREACH:
        return {Texts::tr("no route leads from here to that address"),
                Texts::tr("Check the address, and this computer's network connection.")};
    case ENETDOWN:
#ifdef ENONET
    case ENONET:
#endif
        return {Texts::tr("the network interface is down"), Texts::tr("Bring it up, or use another one.")};
    case ENODEV:
    case ENXIO: return {Texts::tr("this computer has no such network interface"), Texts::tr("Name one that it has.")};
    case EINVAL:
        return {Texts::tr("the system does not take this address in that place"),
                Texts::tr("Choose another address; one of a single network needs its interface, such as %eth0.")};
    case EMSGSIZE: return {Texts::tr("it does not fit into a datagram"), Texts::tr("Send less, or use TCP.")};
    case EMFILE:
        return {Texts::tr("this process has no file descriptor left"),
                Texts::tr("Close other connections, or raise the limit (ulimit -n).")};
    case ENFILE: return {Texts::tr("the whole system has no file descriptor left"), Texts::tr("Close other programs.")};
    case ENOBUFS:
    case ENOMEM:
        return {Texts::tr("the system has no memory left for sockets"),
                Texts::tr("Close other connections or programs, and try again.")};
    case ENOPROTOOPT: return {Texts::tr("the system does not have that socket option"), Texts::tr("Go without it.")};
    case EPROTONOSUPPORT:
    case EOPNOTSUPP:
    case EPROTO:
#ifdef ESOCKTNOSUPPORT
    case ESOCKTNOSUPPORT:
#endif
#ifdef ENOPKG
    case ENOPKG:
#endif
        return {Texts::tr("the system has no sockets of that kind"), Texts::tr("Choose another kind.")};
    case EPROTOTYPE:
        return {Texts::tr("the socket there is of another type, and not a stream"),
                Texts::tr("Choose the socket of another program.")};
    case ENOTSOCK: return {Texts::tr("it is a regular file, not a socket"), Texts::tr("Choose another path.")};
    case EISDIR: return {Texts::tr("it is a folder, not a socket"), Texts::tr("Give a path in it.")};
    case ENOENT: return {Texts::tr("there is no such path"), Texts::tr("Check the path.")};
    case ENOTDIR: return {Texts::tr("a part of the path is a file and not a folder"), Texts::tr("Check the path.")};
    case ELOOP:
        return {Texts::tr("its symbolic links lead in a circle, or are too many"), Texts::tr("Check the path.")};
    case ENAMETOOLONG: return {Texts::tr("a name in the path is too long"), Texts::tr("Choose a shorter one.")};
    case EROFS: return {Texts::tr("its file system is read-only"), Texts::tr("Choose another folder.")};
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
        return {Texts::tr("no space is left on its file system"), Texts::tr("Make room, or choose another folder.")};
    case EIO: return {Texts::tr("the disk or its file system fails"), Texts::tr("Check it, or choose another folder.")};
    default: // of no call of ours: the system's words, and the name to look for
        return {Texts::tr("%1 (%2)").arg(errorText(error), QString::fromLatin1(errorName(error))), {}};
    }
}

ErrorReason lookUpReason(int error)
{
    switch (error) {
    case EAI_AGAIN:
        return {Texts::tr("the name server did not answer"),
                Texts::tr("Try again, or give an address such as 127.0.0.1.")};
    case EAI_FAIL:
        return {Texts::tr("the name server says that it cannot answer"),
                Texts::tr("Check the name server, or give an address such as 127.0.0.1.")};
    case EAI_FAMILY:
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
        return {Texts::tr("the name has no IPv4 or IPv6 address"),
                Texts::tr("Check its spelling, or give an address such as 127.0.0.1.")};
    case EAI_MEMORY:
        return {Texts::tr("the system has no memory left for the look-up"),
                Texts::tr("Close other programs, and try again.")};
    case EAI_SYSTEM:
        return {Texts::tr("a call of the system failed"),
                Texts::tr("Perhaps no file descriptor is left: close other programs, and try again.")};
    default: // EAI_NONAME
        return {Texts::tr("no address belongs to that name"),
                Texts::tr("Check its spelling, or give an address such as 127.0.0.1.")};
    }
}

} // namespace parley
