// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/lookup.h"

#include <QUrl>

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace parley
{

namespace
{

int resolve(const QByteArray &host, const Endpoint &endpoint, std::vector<Address> &addresses)
{
    addrinfo hints{};
    hints.ai_socktype = endpoint.transport == Transport::Udp ? SOCK_DGRAM : SOCK_STREAM;
    addrinfo *list = nullptr;
    const int error = ::getaddrinfo(host.constData(), nullptr, &hints, &list);
    if (error != 0)
        return error;
    for (const addrinfo *entry = list; entry; entry = entry->ai_next) {
        const Address address = Address::fromSockaddr(entry->ai_addr, entry->ai_addrlen).withPort(endpoint.port);
        if (!address.isNull() && std::find(addresses.begin(), addresses.end(), address) == addresses.end())
            addresses.push_back(address);
    }
    ::freeaddrinfo(list);
    return addresses.empty() ? EAI_NONAME : 0;
}

} // namespace

Lookup::Lookup(const Endpoint &endpoint, QObject *parent)
    : QObject(parent), work_(
                           [endpoint, name = QUrl::toAce(endpoint.name)](const std::atomic<bool> &) {
                               Found found;
                               // toAce() is empty for names that it finds unfit, such as those with an underscore.
                               const QByteArray host = name.isEmpty() ? endpoint.name.toUtf8() : name;
                               found.error = resolve(host, endpoint, found.addresses);
                               return found;
                           },
                           {EAI_AGAIN, {}}, [this] { tell(); })
{
}

bool Lookup::wait(std::chrono::milliseconds most)
{
    if (!work_.wait(most))
        return false;
    tell();
    return true;
}

/// Called once the look-up is finished.
void Lookup::tell()
{
    if (std::exchange(isTold_, true))
        return;
    const Found found = work_.take(); // a slot may destroy this object
    Q_EMIT finished(found.error, found.addresses);
}

} // namespace parley
