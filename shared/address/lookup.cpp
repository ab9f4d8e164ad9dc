// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/lookup.h"

#include <QUrl>

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace parley
{

namespace
{

std::atomic<int> underWay = 0;

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

/// Outlives the Lookup if that is destroyed first.
struct Lookup::Shared
{
    std::mutex mutex;
    std::condition_variable finished;
    // Guarded by mutex.
    Lookup *lookup = nullptr; // null once the look-up is cancelled
    bool isFinished = false;
    int error = 0;
    std::vector<Address> addresses;
};

Lookup::Lookup(const Endpoint &endpoint, QObject *parent) : QObject(parent), shared_(std::make_shared<Shared>())
{
    shared_->lookup = this;
    const auto deliver = [](const std::shared_ptr<Shared> &shared, int error, std::vector<Address> addresses) {
        const std::lock_guard lock(shared->mutex);
        shared->isFinished = true;
        shared->error = error;
        shared->addresses = std::move(addresses);
        shared->finished.notify_all();
        if (Lookup *lookup = shared->lookup)
            QMetaObject::invokeMethod(lookup, &Lookup::tell, Qt::QueuedConnection);
    };
    if (underWay.fetch_add(1) >= MaxUnderWay) {
        --underWay;
        deliver(shared_, EAI_AGAIN, {});
        return;
    }
    const auto work = [shared = shared_, deliver, endpoint, name = QUrl::toAce(endpoint.name)] {
        std::vector<Address> addresses;
        // toAce() is empty for names that it finds unfit, such as those with an underscore.
        const int error = resolve(name.isEmpty() ? endpoint.name.toUtf8() : name, endpoint, addresses);
        deliver(shared, error, std::move(addresses));
        --underWay;
    };
    try {
        std::thread(work).detach();
    } catch (const std::system_error &) { // no more threads
        --underWay;
        deliver(shared_, EAI_AGAIN, {});
    }
}

Lookup::~Lookup()
{
    const std::lock_guard lock(shared_->mutex);
    shared_->lookup = nullptr;
}

bool Lookup::wait(std::chrono::milliseconds most)
{
    {
        std::unique_lock lock(shared_->mutex);
        const auto isFinished = [this] { return shared_->isFinished; };
        if (most.count() < 0)
            shared_->finished.wait(lock, isFinished);
        else if (!shared_->finished.wait_for(lock, most, isFinished))
            return false;
    }
    tell();
    return true;
}

/// Once it is finished.
void Lookup::tell()
{
    if (std::exchange(isTold_, true))
        return;
    const std::shared_ptr<Shared> shared = shared_; // the object may be destroyed meanwhile; what it tells is not
    Q_EMIT finished(shared->error, shared->addresses);
}

} // namespace parley
