// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/listen_diagnosis.h"

#include "shared/message/error_reason.h"
#include "shared/socket/local_listeners.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QLocale>
#include <QRegularExpression>

#include <cerrno>
#include <netdb.h>
#include <optional>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(ListenDiagnosis)
};

Endpoint onPort(Endpoint endpoint, std::uint16_t port)
{
    endpoint.port = port;
    if (endpoint.isLiteral())
        endpoint.literal = endpoint.literal.withPort(port);
    return endpoint;
}

Endpoint onAddress(Endpoint endpoint, const Address &address)
{
    endpoint.name.clear();
    endpoint.literal = address.withPort(endpoint.port);
    return endpoint;
}

Endpoint onPath(Endpoint endpoint, const QByteArray &path)
{
    endpoint.path = path;
    return endpoint;
}

/// The next name: `parley-2.sock` after `parley.sock`, and `parley-3.sock` after that.
QByteArray nextPath(const QByteArray &path)
{
    const qsizetype name = path.lastIndexOf('/') + 1;
    qsizetype dot = path.lastIndexOf('.');
    if (dot <= name)
        dot = path.size();
    QByteArray stem = path.first(dot);
    int number = 2;
    if (const qsizetype dash = stem.lastIndexOf('-'); dash > name) {
        bool isNumber = false;
        if (const int last = stem.sliced(dash + 1).toInt(&isNumber); isNumber && last > 1) {
            number = last + 1;
            stem.truncate(dash);
        }
    }
    return stem + '-' + QByteArray::number(number) + path.sliced(dot);
}

QByteArray inTemporaryFolder(const QByteArray &path)
{
    return QFile::encodeName(QDir::tempPath()) + '/' + path.sliced(path.lastIndexOf('/') + 1);
}

ListenDiagnosis otherCause(const Endpoint &endpoint, const ErrorReason &reason)
{
    const QString text = Texts::tr("Cannot listen on %1: %2. %3").arg(endpoint.toString(), reason.cause, reason.remedy);
    return {text.trimmed(), Texts::tr("Try Again"), endpoint};
}

ListenDiagnosis diagnosePath(const Endpoint &endpoint, int error)
{
    const QString where = endpoint.toString();
    const Endpoint temporary = onPath(endpoint, inTemporaryFolder(endpoint.path));
    const auto useTemporary = [&] { return Texts::tr("Use %1").arg(temporary.toString()); };
    switch (error) {
    case EADDRINUSE:
        return {Texts::tr("Cannot listen on %1: another program serves that socket, or may. Choose another path.")
                    .arg(where),
                Texts::tr("Use Another Path"), onPath(endpoint, nextPath(endpoint.path))};
    case ENOTSOCK:
    case EISDIR:
    case ENXIO: {
        const QString what = error == EISDIR     ? Texts::tr("it is a folder")
                             : error == ENOTSOCK ? Texts::tr("it is a regular file")
                                                 : Texts::tr("it is a link, a pipe or a device");
        return {Texts::tr("Cannot listen on %1: %2, not a socket. Choose another path.").arg(where, what),
                Texts::tr("Use Another Path"), onPath(endpoint, nextPath(endpoint.path))};
    }
    case EACCES:
    case EPERM:
    case EROFS:
        return {Texts::tr("Cannot listen on %1: this user may not make files there. Choose another folder.").arg(where),
                useTemporary(), temporary};
    case ENOENT:
        return {
            Texts::tr("Cannot listen on %1: its folder does not exist. Make it, or choose another path.").arg(where),
            useTemporary(), temporary};
    default: return otherCause(endpoint, errorReason(error));
    }
}

/// Nothing where the group or its interface is not the cause.
std::optional<ListenDiagnosis> diagnoseGroup(const Endpoint &endpoint, int error)
{
    const QString where = endpoint.toString();
    const Address &group = endpoint.literal;
    const bool isLost = error == ENETUNREACH || error == ENODEV;
    if (!group.isMulticast() || (!isLost && error != EADDRNOTAVAIL && error != EINVAL))
        return std::nullopt;
    if (group.scope() == 0 && !isLost)
        return otherCause(endpoint, {Texts::tr("this computer has no IPv6, or it is switched off"),
                                     Texts::tr("Switch IPv6 on here, or give a group of IPv4.")});
    if (group.scope() == 0)
        return ListenDiagnosis{
            Texts::tr(
                "Cannot listen on %1: no route tells by which interface the group is reached. Name the interface, "
                "such as %2.")
                .arg(where, endpoint.host() + u"%eth0"_s),
            Texts::tr("Try Again"), endpoint};
    return ListenDiagnosis{
        Texts::tr("Cannot listen on %1: the interface %2 carries no groups of that family (%3). Name another one.")
            .arg(where, QString::fromLocal8Bit(group.interface()),
                 group.family() == Address::Family::IPv6 ? u"IPv6"_s : u"IPv4"_s),
        Texts::tr("Try Again"), endpoint};
}

ListenDiagnosis diagnoseHost(const Endpoint &endpoint, int error)
{
    const QString where = endpoint.toString();
    if (error != EAI_NONAME)
        return otherCause(endpoint, lookUpReason(error));
    return {
        Texts::tr("Cannot listen on %1: the host is unknown. Check its spelling, or give an address of this computer.")
            .arg(where),
        Texts::tr("Listen on 127.0.0.1"), onAddress(endpoint, Address::ipv4(0x7f000001, 0))}; // INADDR_LOOPBACK
}

} // namespace

ListenDiagnosis diagnoseListen(const Endpoint &endpoint, const Event &end, const LocalListener *holder)
{
    if (end.outcome() == Outcome::UnknownHost)
        return diagnoseHost(endpoint, end.errorNumber());
    if (endpoint.transport == Transport::Unix)
        return diagnosePath(endpoint, end.errorNumber());
    if (const auto group = diagnoseGroup(endpoint, end.errorNumber()))
        return *group;
    const QString where = endpoint.toString();
    switch (end.errorNumber()) {
    case EMSGSIZE: {
        Endpoint stream = endpoint;
        stream.transport = Transport::Tcp;
        return {Texts::tr("Cannot serve %1: the greeting does not fit into a datagram, which holds %2 bytes.")
                    .arg(where, QString::number(native::MaxDatagram)),
                Texts::tr("Use TCP"), stream};
    }
    case EADDRINUSE:
        return {Texts::tr("Cannot listen on %1: the port is in use by %2. Choose another port, or 0 for any free one.")
                    .arg(where, holder ? holder->owner() : LocalListener().owner()),
                Texts::tr("Use Another Port"), onPort(endpoint, 0)};
    case EACCES: {
        constexpr std::uint16_t usual = 1024; // the system may reserve more (ip_unprivileged_port_start), or forbid one
        if (endpoint.port >= usual)
            return {Texts::tr(
                        "Cannot listen on %1: this user may not listen on that port. Choose another one, or 0 for any "
                        "free one.")
                        .arg(where),
                    Texts::tr("Use Another Port"), onPort(endpoint, 0)};
        constexpr std::uint16_t above = 8000; // 8080 for 80, by custom
        const auto port = static_cast<std::uint16_t>(endpoint.port + above);
        return {
            Texts::tr("Cannot listen on %1: ports below 1024 are reserved for the administrator. Choose a higher port.")
                .arg(where),
            Texts::tr("Use Port %1").arg(port), onPort(endpoint, port)};
    }
    case EADDRNOTAVAIL:
        return {
            Texts::tr("Cannot listen on %1: that is not an address of this computer. Choose one of its own, or * for "
                      "every interface.")
                .arg(where),
            Texts::tr("Listen on All Interfaces"), onAddress(endpoint, Address::any(0))};
    case EAFNOSUPPORT:
        return {Texts::tr("Cannot listen on %1: this computer has no such address family. Choose another address.")
                    .arg(where),
                Texts::tr("Listen on 127.0.0.1"), onAddress(endpoint, Address::ipv4(0x7f000001, 0))};
    default: return otherCause(endpoint, errorReason(end.errorNumber()));
    }
}

bool dependsOnListeners(const Endpoint &endpoint, const Event &end)
{
    return end.errorNumber() == EADDRINUSE && endpoint.transport != Transport::Unix;
}

ListenDiagnosis diagnoseListenFully(const Endpoint &endpoint, const Event &end, const Address &tried)
{
    if (!dependsOnListeners(endpoint, end))
        return diagnoseListen(endpoint, end);
    const std::vector<LocalListener> listeners = findListeners(endpoint.transport, tried);
    return diagnoseListen(endpoint, end, listenerAt(listeners, tried));
}

QString starvedText(int error, native::DescriptorUse descriptors)
{
    const QLocale locale;
    switch (error) {
    case EMFILE:
        return Texts::tr("Out of file descriptors: %1 of %2 in use. Waiting for connections to end.")
            .arg(locale.toString(descriptors.used), locale.toString(descriptors.limit));
    case ENFILE: return Texts::tr("The whole system is out of file descriptors. Waiting for some to be closed.");
    case ENOBUFS:
    case ENOMEM: return Texts::tr("The system is out of memory for sockets. Waiting for connections to end.");
    default: return Texts::tr("Accepting connections fails: %1. It is tried again.").arg(errorReason(error).cause);
    }
}

} // namespace parley
