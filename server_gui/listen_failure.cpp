// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/listen_failure.h"

#include "shared/native_socket.h"

#include <QCoreApplication>
#include <QLocale>

#include <cerrno>
#include <netdb.h>

namespace parley
{

namespace
{

QString tr(const char *text)
{
    return QCoreApplication::translate("ListenFailure", text);
}

QString unixFailure(const QString &path, int error)
{
    switch (error) {
    case EADDRINUSE:
        return tr("Cannot listen on %1: another program serves that socket, or a file of another kind is there. "
                  "Choose another path.")
            .arg(path);
    case EACCES:
    case EPERM:
    case EROFS: return tr("Cannot listen on %1: this user may not make files there. Choose another folder.").arg(path);
    case ENOENT:
    case ENOTDIR:
        return tr("Cannot listen on %1: its folder does not exist. Make it, or choose another path.").arg(path);
    default: return tr("Cannot listen on %1: %2.").arg(path, native::errorText(error));
    }
}

} // namespace

QString listenFailure(const Endpoint &endpoint, const Event &end)
{
    const QString where = endpoint.toString();
    if (end.outcome == Outcome::UnknownHost) {
        if (end.error == EAI_AGAIN)
            return tr("Cannot listen on %1: the name server did not answer. Try again, or give an address.").arg(where);
        return tr("Cannot listen on %1: the host is unknown. Check its spelling, or give an address of this computer.")
            .arg(where);
    }
    if (endpoint.transport == Transport::Unix)
        return unixFailure(where, end.error);
    switch (end.error) {
    case EMSGSIZE:
        return tr("Cannot serve %1: the greeting does not fit into a datagram, which holds %2 bytes.")
            .arg(where, QString::number(native::MaxDatagram));
    case EADDRINUSE:
        return tr("Cannot listen on %1: the port is in use by another program. Choose another port, or 0 for any free "
                  "one.")
            .arg(where);
    case EACCES:
        return tr("Cannot listen on %1: ports below 1024 are reserved for the administrator. Choose a higher port.")
            .arg(where);
    case EADDRNOTAVAIL:
        return tr("Cannot listen on %1: that is not an address of this computer. Choose one of its own, or * for every "
                  "interface.")
            .arg(where);
    case EAFNOSUPPORT:
        return tr("Cannot listen on %1: this computer has no such address family. Choose another address.").arg(where);
    default: return tr("Cannot listen on %1: %2.").arg(where, native::errorText(end.error));
    }
}

QString starvedText(int error, native::DescriptorUse descriptors)
{
    const QLocale locale;
    switch (error) {
    case EMFILE:
        return tr("Out of file descriptors: %1 of %2 in use. Waiting for connections to end.")
            .arg(locale.toString(descriptors.used), locale.toString(descriptors.limit));
    case ENFILE: return tr("The whole system is out of file descriptors. Waiting for some to be closed.");
    case ENOBUFS:
    case ENOMEM: return tr("The system is out of memory for sockets. Waiting for connections to end.");
    default: return tr("Accepting connections fails: %1. It is tried again.").arg(native::errorText(error));
    }
}

} // namespace parley
