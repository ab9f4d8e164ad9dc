// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/native_socket.h"
#include "shared/reactor.h"

#include <QSocketNotifier>

#include <cerrno>
#include <sys/epoll.h>

#include <array>

namespace parley
{

namespace
{

epoll_event request(Reactor::Watcher *watcher, Reactor::Interest interest)
{
    using Interest = Reactor::Interest;
    epoll_event event{};
    if (interest == Interest::Read || interest == Interest::ReadWrite)
        event.events |= EPOLLIN;
    if (interest == Interest::Write || interest == Interest::ReadWrite)
        event.events |= EPOLLOUT;
    if (interest == Interest::Change)
        event.events |= EPOLLET;
    if (interest == Interest::Edges)
        event.events |= EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = watcher;
    return event;
}

} // namespace

// Qt's dispatchers call poll(2) with every socket they know: O(idle sockets) for each event. Here they know
// one, the epoll instance, which is itself readable while one of its sockets is ready (epoll(7)).
struct Reactor::Private
{
    native::Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
    std::array<epoll_event, 256> events;
    int next = 0; // the part of the batch that is still to be dispatched
    int end = 0;
};

Reactor::Reactor(QObject *parent) : QObject(parent), d_(std::make_unique<Private>())
{
    if (!d_->epoll.isOpen())
        qFatal("epoll_create1: %s", native::errorName(errno).constData());
    auto *notifier = new QSocketNotifier(d_->epoll.get(), QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        d_->next = 0;
        d_->end = ::epoll_wait(d_->epoll.get(), d_->events.data(), static_cast<int>(d_->events.size()), 0);
        while (d_->next < d_->end) {
            const epoll_event event = d_->events[static_cast<std::size_t>(d_->next++)];
            if (auto *watcher = static_cast<Watcher *>(event.data.ptr)) {
                watcher->ready({(event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                                (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
                                (event.events & (EPOLLHUP | EPOLLERR)) != 0,
                                (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0});
            }
        }
    });
}

Reactor::~Reactor() = default;

int Reactor::watch(int fd, Watcher *watcher, Interest interest)
{
    epoll_event event = request(watcher, interest);
    return ::epoll_ctl(d_->epoll.get(), EPOLL_CTL_ADD, fd, &event) < 0 ? errno : 0;
}

void Reactor::rewatch(int fd, Watcher *watcher, Interest interest)
{
    epoll_event event = request(watcher, interest);
    ::epoll_ctl(d_->epoll.get(), EPOLL_CTL_MOD, fd, &event); // cannot fail for a watched descriptor
}

void Reactor::unwatch(int fd, Watcher *watcher)
{
    epoll_event ignored{}; // must not be null before Linux 2.6.9
    ::epoll_ctl(d_->epoll.get(), EPOLL_CTL_DEL, fd, &ignored);
    forget(watcher);
}

void Reactor::forget(Watcher *watcher)
{
    for (int i = d_->next; i < d_->end; ++i) {
        if (d_->events[static_cast<std::size_t>(i)].data.ptr == watcher)
            d_->events[static_cast<std::size_t>(i)].data.ptr = nullptr;
    }
}

} // namespace parley
