// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/local_listeners.h"

#include "shared/address/local_addresses.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <tuple>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

bool isHere(const Address &address)
{
    if (address.isLoopback() || address.isAny())
        return true;
    const std::vector<LocalAddress> local = localAddresses();
    return std::any_of(local.begin(), local.end(),
                       [&](const LocalAddress &own) { return own.address == address.withPort(0); });
}

bool accepts(const LocalListener &listener, const Address &address)
{
    if (address.isAny()) // it conflicts with a listener at any address
        return listener.address.family() == address.family() || address.family() == Address::Family::IPv6;
    if (!listener.address.isAny())
        return listener.address.withPort(0) == address.withPort(0);
    // `::` takes IPv4 too, unless its socket is IPv6 only; the tables do not say whether it is.
    return listener.address.family() == Address::Family::IPv6 || address.family() == Address::Family::IPv4;
}

DetachedWork<std::vector<LocalListener>>::Work search(Transport transport, const Address &address)
{
    return [transport, address](const std::atomic<bool> &cancelled) {
        return isHere(address) ? native::localListeners(transport, cancelled) : std::vector<LocalListener>();
    };
}

} // namespace

QString LocalListener::owner() const
{
    if (process == 0)
        return QCoreApplication::translate("LocalListener", "another program");
    return QCoreApplication::translate("LocalListener", "%1 (process %2)").arg(program, QString::number(process));
}

std::vector<LocalListener> findListeners(Transport transport, const Address &address)
{
    DetachedWork<std::vector<LocalListener>> work(search(transport, address), {}, [] {});
    return work.wait(SearchPatience) ? work.take() : std::vector<LocalListener>();
}

ListenerSearch::ListenerSearch(Transport transport, const Address &address, QObject *parent)
    : QObject(parent), work_(search(transport, address), {}, [this] { Q_EMIT finished(work_.take()); })
{
}

WaitingSearch::WaitingSearch(const Address &listener, QObject *parent)
    : QObject(parent),
      work_([listener](const std::atomic<bool> &cancelled) { return native::waitingPeers(listener, cancelled); }, {},
            [this] { Q_EMIT finished(work_.take()); })
{
}

const LocalListener *listenerAt(const std::vector<LocalListener> &listeners, const Address &address)
{
    const auto at = [&](bool (*isIt)(const LocalListener &, const Address &)) -> const LocalListener * {
        for (const LocalListener &listener : listeners) {
            if (listener.address.port() == address.port() && isIt(listener, address))
                return &listener;
        }
        return nullptr;
    };
    const LocalListener *exact =
        at([](const LocalListener &listener, const Address &wanted) { return listener.address == wanted; });
    return exact ? exact : at(accepts);
}

std::vector<LocalListener> listenersMeantBy(const std::vector<LocalListener> &listeners, const Address &address)
{
    std::vector<LocalListener> meant;
    const auto addThose = [&](auto isMeant) {
        std::copy_if(listeners.begin(), listeners.end(), std::back_inserter(meant), isMeant);
    };
    addThose([&](const LocalListener &listener) { return listener.address.port() == address.port(); });
    if (meant.empty())
        addThose([](const LocalListener &listener) { return listener.program == u"parley-server"_s; });
    std::stable_sort(meant.begin(), meant.end(), [&](const LocalListener &a, const LocalListener &b) {
        const auto distance = [&](const LocalListener &listener) {
            return std::abs(int(listener.address.port()) - int(address.port()));
        };
        return std::tuple(!a.isOwn, distance(a)) < std::tuple(!b.isOwn, distance(b));
    });
    return meant;
}

Address reachableAddress(const LocalListener &listener, const Address &address)
{
    const std::uint16_t port = listener.address.port();
    if (!listener.address.isAny())
        return listener.address;
    if (accepts(listener, address) && !address.isAny())
        return address.withPort(port);
    return listener.address.family() == Address::Family::IPv4 ? Address::ipv4(0x7f000001, port) // INADDR_LOOPBACK
                                                              : Address::parseIPv6("::1", port);
}

} // namespace parley
